package io.rioreactive;

import org.jspecify.annotations.Nullable;

/**
 * Turns a received datagram into a value while it still stands in its slot: no copy.
 *
 * <pre>{@code
 * connection.receive(view -> new Reading(view.remoteAddress(), view.getLong(0), view.getInt(8)))
 * }</pre>
 *
 * <p>Called on the pump, so it must not block. What it throws drops that one datagram ({@link
 * DropReason#DECODER}); the stream goes on.
 *
 * @param <T> what a datagram is turned into
 */
@FunctionalInterface
public interface DatagramDecoder<T> {

  /**
   * Decodes one datagram.
   *
   * @param view the datagram; usable until this call returns, on this thread. The same object
   *     serves the next call
   * @return the value, or null to skip the datagram: it is counted as skipped and uses no demand
   * @throws Exception to drop the datagram
   */
  @Nullable T decode(DatagramView view) throws Exception;
}
