package io.rioreactive.test;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** A datagram that left a {@link SimulatedSocket}. Immutable; any thread. */
public final class SentDatagram {

  private final byte[] bytes;
  private final InetSocketAddress target;

  SentDatagram(byte[] bytes, InetSocketAddress target) {
    this.bytes = bytes;
    this.target = target;
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

  /** Target and length. */
  @Override
  public String toString() {
    return "SentDatagram[" + bytes.length + " bytes to " + target + "]";
  }
}
