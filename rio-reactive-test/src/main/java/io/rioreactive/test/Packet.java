package io.rioreactive.test;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** A datagram as a link sees it, for {@link Link#lose}. Immutable; any thread. */
public final class Packet {

  private final InetSocketAddress from;
  private final InetSocketAddress to;
  private final long number;
  private final byte[] payload;

  Packet(InetSocketAddress from, InetSocketAddress to, long number, byte[] payload) {
    this.from = from;
    this.to = to;
    this.number = number;
    this.payload = payload;
  }

  /** The sender's address. */
  public InetSocketAddress from() {
    return from;
  }

  /** The address it is sent to; of one sent to a group, that of the member. */
  public InetSocketAddress to() {
    return to;
  }

  /** Which it is of those sent this way since the link was set: 1 for the first. */
  public long number() {
    return number;
  }

  /** Bytes of payload. */
  public int length() {
    return payload.length;
  }

  /** The payload, copied for each call. */
  public byte[] bytes() {
    return payload.clone();
  }

  /** The payload as UTF-8. */
  public String asString() {
    return new String(payload, StandardCharsets.UTF_8);
  }

  /** Number, addresses and length. */
  @Override
  public String toString() {
    return "Packet[" + number + ": " + from + " to " + to + ", " + payload.length + " bytes]";
  }
}
