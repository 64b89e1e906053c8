package io.rioreactive;

/**
 * What becomes of a received datagram that is longer than {@link RioUdpServer#datagramSize}.
 *
 * <p>Example: {@code RioUdpServer.create().datagramSize(512).truncation(Truncation.DELIVER)} gives
 * the first 512 bytes of each datagram.
 */
public enum Truncation {
  /** It is dropped and counted, {@link DropReason#TRUNCATED}. */
  DROP,

  /**
   * Its first {@code datagramSize} bytes are delivered, and {@link Datagram#truncated} says so. For
   * protocols that can do with the beginning of a datagram; to most, half a message is none.
   */
  DELIVER
}
