package io.rioreactive.test;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A datagram that left a {@link SimulatedSocket}. Immutable; any thread. */
public final class SentDatagram {

  private final byte[] bytes;
  private final InetSocketAddress target;
  private final @Nullable InetSocketAddress source;
  private final int interfaceIndex;

  SentDatagram(
      byte[] bytes,
      InetSocketAddress target,
      @Nullable InetSocketAddress source,
      int interfaceIndex) {
    this.bytes = bytes;
    this.target = target;
    this.source = source;
    this.interfaceIndex = interfaceIndex;
  }

  /** The payload, copied for each call. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** The payload as UTF-8. */
  public String asString() {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /** Where it was sent. */
  public InetSocketAddress target() {
    return target;
  }

  /**
   * The address it is to leave from, with packet info; null if the system is to pick. The port
   * means nothing.
   */
  public @Nullable InetSocketAddress source() {
    return source;
  }

  /** The number of the interface it is to leave by, with packet info; 0 for whichever. */
  public int interfaceIndex() {
    return interfaceIndex;
  }

  /** Target and length. */
  @Override
  public String toString() {
    return "SentDatagram[" + bytes.length + " bytes to " + target + "]";
  }
}
