package io.rioreactive.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads a pcap file byte by byte, and holds each header to its length and its checksum. */
final class PcapReader {

  /** What a packet says. */
  record Packet(
      InetSocketAddress source,
      InetSocketAddress target,
      int hopLimit,
      int trafficClass,
      String payload,
      int length) {}

  private static final int UDP = 17;

  private final ByteBuffer file;

  private PcapReader(byte[] bytes) {
    file = ByteBuffer.wrap(bytes);
  }

  /** All packets of a file that is complete. */
  static List<Packet> read(Path path) throws IOException {
    PcapReader reader = new PcapReader(Files.readAllBytes(path));
    reader.readHeader();
    List<Packet> packets = new ArrayList<>();
    while (reader.file.hasRemaining()) {
      packets.add(reader.readPacket());
    }
    return packets;
  }

  private void readHeader() {
    assertThat(file.getInt()).as("magic").isEqualTo(0xA1B2C3D4);
    assertThat(file.getShort()).as("major version").isEqualTo((short) 2);
    assertThat(file.getShort()).as("minor version").isEqualTo((short) 4);
    assertThat(file.getLong()).as("zone and accuracy").isZero();
    assertThat(file.getInt()).as("the longest packet").isGreaterThan(65_535);
    assertThat(file.getInt()).as("raw IP").isEqualTo(101);
  }

  private Packet readPacket() {
    assertThat(file.getInt()).as("seconds").isPositive();
    assertThat(file.getInt()).as("microseconds").isBetween(0, 999_999);
    int captured = file.getInt();
    int original = file.getInt();
    assertThat(original).isGreaterThanOrEqualTo(captured);
    ByteBuffer packet = file.slice(file.position(), captured);
    file.position(file.position() + captured);
    return packet.get(0) >> 4 == 4 ? readIpv4(packet, original) : readIpv6(packet, original);
  }

  private static Packet readIpv4(ByteBuffer packet, int original) {
    assertThat(packet.get(0)).as("version and length of the header").isEqualTo((byte) 0x45);
    assertThat(packet.getShort(2) & 0xFFFF).as("total length").isEqualTo(original);
    assertThat(packet.get(9)).as("protocol").isEqualTo((byte) UDP);
    assertThat(fold(sum(packet, 0, 20))).as("checksum of IP").isEqualTo(0xFFFF);
    return readUdp(packet, 12, 4, packet.get(8) & 0xFF, packet.get(1) & 0xFF, original);
  }

  private static Packet readIpv6(ByteBuffer packet, int original) {
    assertThat(packet.get(0) >> 4).as("version").isEqualTo(6);
    assertThat(packet.getShort(4) & 0xFFFF).as("length after the header").isEqualTo(original - 40);
    assertThat(packet.get(6)).as("next header").isEqualTo((byte) UDP);
    int trafficClass = packet.getInt(0) >>> 20 & 0xFF;
    return readUdp(packet, 8, 16, packet.get(7) & 0xFF, trafficClass, original);
  }

  private static Packet readUdp(
      ByteBuffer packet,
      int addresses,
      int addressSize,
      int hopLimit,
      int trafficClass,
      int original) {
    int udp = addresses + 2 * addressSize;
    int length = packet.getShort(udp + 4) & 0xFFFF;
    assertThat(length).as("length of UDP").isEqualTo(original - udp);
    assertThat(packet.getShort(udp + 6)).as("there is a checksum").isNotZero();
    if (original == packet.limit()) {
      long sum = sum(packet, addresses, packet.limit()) + UDP + length;
      assertThat(fold(sum)).as("checksum of UDP").isEqualTo(0xFFFF);
    }
    byte[] payload = new byte[packet.limit() - udp - 8];
    packet.get(udp + 8, payload);
    return new Packet(
        end(packet, addresses, addressSize, udp),
        end(packet, addresses + addressSize, addressSize, udp + 2),
        hopLimit,
        trafficClass,
        new String(payload, UTF_8),
        original - udp - 8);
  }

  private static InetSocketAddress end(ByteBuffer packet, int address, int size, int port) {
    byte[] bytes = new byte[size];
    packet.get(address, bytes);
    try {
      return new InetSocketAddress(InetAddress.getByAddress(bytes), packet.getShort(port) & 0xFFFF);
    } catch (IOException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private static long sum(ByteBuffer bytes, int from, int to) {
    long sum = 0;
    for (int at = from; at < to; at++) {
      sum += (long) (bytes.get(at) & 0xFF) << ((at - from) % 2 == 0 ? 8 : 0);
    }
    return sum;
  }

  private static int fold(long sum) {
    long folded = sum;
    while (folded > 0xFFFF) {
      folded = (folded & 0xFFFF) + (folded >> 16);
    }
    return (int) folded;
  }
}
