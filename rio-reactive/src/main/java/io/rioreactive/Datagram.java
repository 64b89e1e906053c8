package io.rioreactive;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;
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

  private final InetSocketAddress remoteAddress;
  private final @Nullable InetSocketAddress localAddress;
  private final byte[] payload;

  /** Takes the array as it is: the caller gives it up. */
  private Datagram(
      InetSocketAddress remoteAddress, @Nullable InetSocketAddress localAddress, byte[] payload) {
    this.remoteAddress = remoteAddress;
    this.localAddress = localAddress;
    this.payload = payload;
  }

  /** A received datagram: the bytes leave their slot here, and nowhere else on the value path. */
  static Datagram copyOf(DatagramView view) {
    return new Datagram(view.remoteAddress(), view.localAddress(), view.toByteArray());
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

  /** The peer: who sent a received datagram, to whom one to send is to go. */
  public InetSocketAddress remoteAddress() {
    return remoteAddress;
  }

  /** The local address it was received on; null where that is not known. */
  public @Nullable InetSocketAddress localAddress() {
    return localAddress;
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
   * the connection is bound to; of a wildcard address, from the one that the system picks.
   */
  public Datagram reply(byte[] payload) {
    return new Datagram(remoteAddress, localAddress, payload.clone());
  }

  /** {@link #reply(byte[])} with the buffer's remaining bytes; its position stays. */
  public Datagram reply(ByteBuffer payload) {
    return new Datagram(remoteAddress, localAddress, to(remoteAddress, payload).payload);
  }

  /** {@link #reply(byte[])} with the text in UTF-8. */
  public Datagram reply(String payload) {
    return new Datagram(remoteAddress, localAddress, payload.getBytes(StandardCharsets.UTF_8));
  }

  void writeTo(DatagramWriter writer) {
    writer.remoteAddress(remoteAddress).put(payload);
  }

  /** Equal addresses and equal payload. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Datagram that
        && remoteAddress.equals(that.remoteAddress)
        && Objects.equals(localAddress, that.localAddress)
        && Arrays.equals(payload, that.payload);
  }

  @Override
  public int hashCode() {
    return 31 * remoteAddress.hashCode() + Arrays.hashCode(payload);
  }

  /** Peer and length; never the payload, which may be private or unprintable. */
  @Override
  public String toString() {
    return "Datagram[" + remoteAddress + ", " + payload.length + " bytes]";
  }
}
