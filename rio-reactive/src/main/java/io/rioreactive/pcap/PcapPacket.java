package io.rioreactive.pcap;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * A datagram as a packet of a pcap file. A socket shows no headers, so those of IP and UDP are made
 * up: addresses, ports and lengths are the datagram's, hop limit and traffic class where the system
 * told them, and the checksums are those that follow.
 *
 * <pre>
 * record  { u32 seconds; u32 microseconds; u32 captured; u32 length; }
 * IPv4    { u8 0x45; u8 traffic class; u16 length; u16 id; u16 flags; u8 hops; u8 17; u16 checksum;
 *           u8 source[4]; u8 target[4]; }
 * or IPv6 { u32 version, traffic class, flow; u16 length; u8 17; u8 hops;
 *           u8 source[16]; u8 target[16]; }
 * UDP     { u16 source; u16 target; u16 length; u16 checksum; }
 * payload
 * </pre>
 */
public final class PcapPacket {

  /** For a hop limit or a traffic class: the system did not tell it. */
  public static final int NOT_TOLD = -1;

  private static final int RECORD_HEADER = 16;
  private static final int IPV4_HEADER = 20;
  private static final int IPV4_CHECKSUM = 10;
  private static final int IPV6_HEADER = 40;
  private static final int UDP_HEADER = 8;
  private static final int UDP_CHECKSUM = 6;

  private static final int UDP = 17;
  private static final int DONT_FRAGMENT = 0x4000;
  private static final int USUAL_HOP_LIMIT = 64;
  private static final int LARGEST_LENGTH = 65_535;

  private final Instant time = Instant.now();
  private final InetSocketAddress source;
  private final InetSocketAddress target;
  private final int hopLimit;
  private final int trafficClass;
  private final byte[] payload;
  private final int length;

  /**
   * A datagram of now.
   *
   * @param source resolved; a wildcard address where no other is known
   * @param target as the source
   * @param hopLimit 0 to 255, or {@link #NOT_TOLD}
   * @param trafficClass 0 to 255, or {@link #NOT_TOLD}
   * @param payload as far as it is there; not copied
   * @param length bytes of payload as it was sent: more than are there if it was cut off
   */
  public PcapPacket(
      InetSocketAddress source,
      InetSocketAddress target,
      int hopLimit,
      int trafficClass,
      byte[] payload,
      int length) {
    this.source = source;
    this.target = target;
    this.hopLimit = hopLimit == NOT_TOLD ? USUAL_HOP_LIMIT : hopLimit;
    this.trafficClass = trafficClass == NOT_TOLD ? 0 : trafficClass;
    this.payload = payload;
    this.length = length;
  }

  /** Bytes that it takes in the file. */
  int size() {
    return RECORD_HEADER + headers() + payload.length;
  }

  private int headers() {
    return (isIpv4() ? IPV4_HEADER : IPV6_HEADER) + UDP_HEADER;
  }

  /**
   * An IPv6 socket that has peers of both kinds is bound to a wildcard address, which is either.
   */
  private boolean isIpv4() {
    return source.getAddress() instanceof Inet4Address
        || target.getAddress() instanceof Inet4Address;
  }

  /** Appends it to a big-endian buffer. */
  void writeTo(ByteBuffer out) {
    out.putInt((int) time.getEpochSecond());
    out.putInt((int) TimeUnit.NANOSECONDS.toMicros(time.getNano()));
    out.putInt(headers() + payload.length);
    out.putInt(headers() + length);
    if (isIpv4()) {
      putIpv4(out);
    } else {
      putIpv6(out);
    }
    putUdp(out);
  }

  private void putIpv4(ByteBuffer out) {
    int start = out.position();
    out.putShort((short) (0x4500 | trafficClass));
    putLength(out, IPV4_HEADER + UDP_HEADER + length);
    out.putShort((short) 0); // an identification is for fragments
    out.putShort((short) DONT_FRAGMENT);
    out.put((byte) hopLimit);
    out.put((byte) UDP);
    out.putShort((short) 0);
    out.put(address(source));
    out.put(address(target));
    out.putShort(start + IPV4_CHECKSUM, (short) checksum(sum(out, start, out.position())));
  }

  private void putIpv6(ByteBuffer out) {
    out.putInt(6 << 28 | trafficClass << 20);
    putLength(out, UDP_HEADER + length);
    out.put((byte) UDP);
    out.put((byte) hopLimit);
    out.put(address(source));
    out.put(address(target));
  }

  /** Its checksum covers the two addresses too, which stand right before it. */
  private void putUdp(ByteBuffer out) {
    int start = out.position();
    out.putShort((short) source.getPort());
    out.putShort((short) target.getPort());
    putLength(out, UDP_HEADER + length);
    out.putShort((short) 0);
    out.put(payload);
    int addresses = 2 * (isIpv4() ? 4 : 16);
    int lengthAndProtocol = Math.min(UDP_HEADER + length, LARGEST_LENGTH) + UDP;
    // Of a datagram that was cut off it is wrong, and nobody can check it.
    int checksum = checksum(sum(out, start - addresses, out.position()) + lengthAndProtocol);
    out.putShort(start + UDP_CHECKSUM, (short) (checksum == 0 ? 0xFFFF : checksum)); // 0 is "none"
  }

  private static void putLength(ByteBuffer out, int bytes) {
    out.putShort((short) Math.min(bytes, LARGEST_LENGTH));
  }

  private byte[] address(InetSocketAddress end) {
    InetAddress address = end.getAddress();
    return isIpv4() && !(address instanceof Inet4Address) ? new byte[4] : address.getAddress();
  }

  /** Of 16-bit numbers, the last one filled up with a zero. */
  private static long sum(ByteBuffer bytes, int from, int to) {
    long sum = 0;
    int at = from;
    for (; at + 1 < to; at += 2) {
      sum += bytes.getShort(at) & 0xFFFF;
    }
    return at < to ? sum + ((bytes.get(at) & 0xFF) << 8) : sum;
  }

  /** RFC 1071: the complement of the sum, its carries added in. */
  private static int checksum(long sum) {
    long folded = sum;
    while (folded >>> 16 != 0) {
      folded = (folded & 0xFFFF) + (folded >>> 16);
    }
    return (int) ~folded & 0xFFFF;
  }
}
