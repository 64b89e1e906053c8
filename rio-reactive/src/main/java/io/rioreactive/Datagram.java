package io.rioreactive;

import io.rioreactive.kernel.PacketInfo;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A UDP datagram: a peer and a payload. An immutable value that owns its bytes: it can be kept,
 * buffered and handed to other threads, and there is nothing to release.
 *
 * <pre>{@code
 * Datagram hello = Datagram.to(new InetSocketAddress("127.0.0.1", 5050), "hello");
 * Datagram answer = hello.reply("hello to you");
 * }</pre>
 */
public final class Datagram {

  /** In place of a target: whoever the connection has as its peer. */
  static final InetSocketAddress PEER = InetSocketAddress.createUnresolved("connected-peer", 0);

  private final InetSocketAddress remoteAddress;
  private final byte[] payload;

  /** Null for most: what is to be said of few shall not make each one larger. */
  private final @Nullable Reception reception;

  /**
   * What else is known of how a datagram was received; of one to send, of where it is to leave.
   *
   * @param origin {@link PacketInfo#origin}
   * @param originalLength bytes of payload as it was sent, if it was truncated and the kernel tells
   */
  private record Reception(
      int origin,
      @Nullable InetSocketAddress localAddress,
      int interfaceIndex,
      int hopLimit,
      int trafficClass,
      boolean truncated,
      OptionalInt originalLength) {

    static Reception of(DatagramView view) {
      boolean truncated = view.truncated();
      return new Reception(
          view.origin(),
          view.localAddress(),
          view.interfaceIndex(),
          view.hopLimit(),
          view.trafficClass(),
          truncated,
          truncated ? view.originalLength() : OptionalInt.empty());
    }

    /** Where an answer leaves. */
    Reception turned() {
      return new Reception(
          origin,
          localAddress,
          interfaceIndex,
          PacketInfo.NOT_TOLD,
          PacketInfo.NOT_TOLD,
          false,
          OptionalInt.empty());
    }
  }

  /** Takes the array as it is: the caller gives it up. */
  private Datagram(InetSocketAddress remoteAddress, @Nullable Reception reception, byte[] payload) {
    this.remoteAddress = remoteAddress;
    this.reception = reception;
    this.payload = payload;
  }

  /** A received datagram: the bytes leave their slot here, and nowhere else on the value path. */
  static Datagram copyOf(DatagramView view) {
    return new Datagram(view.remoteAddress(), receptionOf(view), view.toByteArray());
  }

  private static @Nullable Reception receptionOf(DatagramView view) {
    boolean isPlain = view.origin() == PacketInfo.UNKNOWN && !view.truncated();
    return isPlain ? null : Reception.of(view);
  }

  /**
   * A datagram to send, with a copy of the bytes.
   *
   * @param remoteAddress the target. An unresolved address or port 0 fails when it is sent ({@link
   *     DropReason#BAD_ADDRESS})
   * @param payload 0 to 65,507 bytes; what is longer than the connection's datagram size fails when
   *     it is sent ({@link DropReason#TOO_LARGE})
   */
  public static Datagram to(InetSocketAddress remoteAddress, byte[] payload) {
    return new Datagram(
        Objects.requireNonNull(remoteAddress, "remoteAddress"), null, payload.clone());
  }

  /**
   * A datagram to send, with a copy of the buffer's remaining bytes. The buffer's position stays.
   *
   * @param remoteAddress as in {@link #to(InetSocketAddress, byte[])}
   * @param payload as in {@link #to(InetSocketAddress, byte[])}
   */
  public static Datagram to(InetSocketAddress remoteAddress, ByteBuffer payload) {
    byte[] bytes = new byte[payload.remaining()];
    payload.get(payload.position(), bytes);
    return new Datagram(Objects.requireNonNull(remoteAddress, "remoteAddress"), null, bytes);
  }

  /**
   * A datagram to send, with the text in UTF-8.
   *
   * @param remoteAddress as in {@link #to(InetSocketAddress, byte[])}
   * @param payload as in {@link #to(InetSocketAddress, byte[])}
   */
  public static Datagram to(InetSocketAddress remoteAddress, String payload) {
    return new Datagram(
        Objects.requireNonNull(remoteAddress, "remoteAddress"),
        null,
        payload.getBytes(StandardCharsets.UTF_8));
  }

  /** A datagram for the peer of a connected client, with a copy of the bytes. */
  public static Datagram of(byte[] payload) {
    return to(PEER, payload);
  }

  /** A datagram for the peer of a connected client, with a copy of the buffer's remaining bytes. */
  public static Datagram of(ByteBuffer payload) {
    return to(PEER, payload);
  }

  /** A datagram for the peer of a connected client, with the text in UTF-8. */
  public static Datagram of(String payload) {
    return to(PEER, payload);
  }

  /**
   * The peer: who sent a received datagram, to whom one to send is to go. For those made by {@link
   * #of(byte[])} an unresolved address that stands for the connection's peer.
   */
  public InetSocketAddress remoteAddress() {
    return remoteAddress;
  }

  /**
   * The local address it came to, which may be a multicast or broadcast address; null without
   * {@link RioUdpTransport#packetInfo}. Of a reply: that of the datagram it answers.
   */
  public @Nullable InetSocketAddress localAddress() {
    return reception == null ? null : reception.localAddress();
  }

  /**
   * Whether {@link #localAddress} is an address of this machine, from which an answer can leave:
   * false of a multicast group or a broadcast address, and without {@link
   * RioUdpTransport#packetInfo}.
   */
  public boolean isUnicast() {
    return reception != null && reception.origin() == PacketInfo.ADDRESS;
  }

  /** The system's number of the interface it came by; 0 where that is not known. */
  public int interfaceIndex() {
    return reception == null ? 0 : reception.interfaceIndex();
  }

  /** Its hop limit (TTL) on arrival, 0 to 255; -1 where that is not known. */
  public int hopLimit() {
    return reception == null ? PacketInfo.NOT_TOLD : reception.hopLimit();
  }

  /** Its traffic class: DSCP in six bits, ECN in the lower two; -1 where that is not known. */
  public int trafficClass() {
    return reception == null ? PacketInfo.NOT_TOLD : reception.trafficClass();
  }

  /**
   * Whether it was longer than {@link RioUdpServer#datagramSize}, and the payload is its beginning.
   * With {@link Truncation#DELIVER} only; else such a datagram is dropped.
   */
  public boolean truncated() {
    return reception != null && reception.truncated();
  }

  /** Bytes of payload as it was sent; empty if it was truncated and the kernel does not tell. */
  public OptionalInt originalLength() {
    return reception != null && reception.truncated()
        ? reception.originalLength()
        : OptionalInt.of(payload.length);
  }

  /** Bytes of payload; 0 is a datagram like any other. */
  public int length() {
    return payload.length;
  }

  /** The payload: a read-only buffer of its own position and limit, big-endian. */
  public ByteBuffer payload() {
    return ByteBuffer.wrap(payload).asReadOnlyBuffer();
  }

  /** A copy of the payload. */
  public byte[] asByteArray() {
    return payload.clone();
  }

  /** The payload as UTF-8 text; malformed bytes become U+FFFD. */
  public String asString() {
    return new String(payload, StandardCharsets.UTF_8);
  }

  /**
   * A datagram to the peer of this one, with a copy of the bytes. It leaves from the address that
   * the connection is bound to; of a wildcard address, from the one that the system picks or, with
   * {@link RioUdpTransport#packetInfo}, from the one that this datagram came to.
   */
  public Datagram reply(byte[] payload) {
    return answer(payload.clone());
  }

  /** {@link #reply(byte[])} with the buffer's remaining bytes; its position stays. */
  public Datagram reply(ByteBuffer payload) {
    return answer(to(remoteAddress, payload).payload);
  }

  /** {@link #reply(byte[])} with the text in UTF-8. */
  public Datagram reply(String payload) {
    return answer(payload.getBytes(StandardCharsets.UTF_8));
  }

  private Datagram answer(byte[] payload) {
    Reception from =
        reception == null || reception.origin() == PacketInfo.UNKNOWN ? null : reception.turned();
    return new Datagram(remoteAddress, from, payload);
  }

  void writeTo(DatagramWriter writer) {
    writer.remoteAddress(remoteAddress).put(payload);
    Reception from = reception;
    if (from != null && from.origin() != PacketInfo.UNKNOWN && writer.hasPacketInfo()) {
      InetSocketAddress source = from.origin() == PacketInfo.ADDRESS ? from.localAddress() : null;
      // The way back need not be the way it came: the routes say, unless the address alone does not
      // tell the link.
      boolean isByInterface = source == null || source.getAddress().isLinkLocalAddress();
      writer.from(source, isByInterface ? from.interfaceIndex() : 0);
    }
  }

  /** Equal addresses and equal payload. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Datagram that
        && remoteAddress.equals(that.remoteAddress)
        && Objects.equals(localAddress(), that.localAddress())
        && Arrays.equals(payload, that.payload);
  }

  @Override
  public int hashCode() {
    return 31 * remoteAddress.hashCode() + Arrays.hashCode(payload);
  }

  /** Peer and length; never the payload, which may be private or unprintable. */
  @Override
  public String toString() {
    return "Datagram["
        + remoteAddress
        + ", "
        + payload.length
        + (truncated() ? " bytes, truncated]" : " bytes]");
  }
}
