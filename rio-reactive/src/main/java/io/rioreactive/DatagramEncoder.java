package io.rioreactive;

/**
 * Writes a value as a datagram into the send slot it leaves from: no copy in between.
 *
 * <pre>{@code
 * connection.send(readings, (reading, out) -> out.remoteAddress(sink).putLong(reading.time()))
 * }</pre>
 *
 * <p>Called on the pump, so it must not block. What it throws fails that one element ({@link
 * DropReason#ENCODER}); the others go on. The value is not used after the call: a pooled one may go
 * back to its pool (and in {@code doOnDiscard}, for those that are never encoded).
 *
 * @param <T> what is sent
 */
@FunctionalInterface
public interface DatagramEncoder<T> {

  /**
   * Encodes one datagram: its target and its payload.
   *
   * @param value what to send
   * @param writer the slot; usable until this call returns, on this thread. The same object serves
   *     the next call
   * @throws Exception to fail the element
   */
  void encode(T value, DatagramWriter writer) throws Exception;
}
