package io.rioreactive;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * One datagram that was not delivered or not sent. The stream it belonged to goes on.
 *
 * <pre>{@code
 * RioUdpServer.create().doOnDrop(drop -> log.debug("lost {}", drop))
 * }</pre>
 *
 * @param reason why
 * @param peer who sent it, or to whom it was to go; null where that is not known
 * @param length its length in bytes: the true one where the kernel tells it, else as much as is
 *     known; 0 where nothing is
 * @param cause what was thrown; null where nothing was
 */
public record Drop(
    DropReason reason, @Nullable InetSocketAddress peer, int length, @Nullable Throwable cause) {

  /** Which way a datagram was going. */
  public enum Direction {
    /** From the network to the application. */
    INBOUND,
    /** From the application to the network. */
    OUTBOUND
  }

  /** Which way it was going. */
  public Direction direction() {
    return reason.direction();
  }
}
