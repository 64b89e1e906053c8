package io.rioreactive.kernel.linux;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The sockets that wait for time to pass before they send on, the one whose pause ends first at the
 * head.
 *
 * <p>Owned by a completion queue, its thread alone.
 */
final class Pauses {

  private static final long NANOS_PER_MILLI = 1_000_000;

  // On the clock of System.nanoTime only differences mean anything.
  private final PriorityQueue<MmsgRequestQueue> sockets =
      new PriorityQueue<>((a, b) -> Long.signum(a.pausedUntil() - b.pausedUntil()));

  boolean isEmpty() {
    return sockets.isEmpty();
  }

  void add(MmsgRequestQueue socket) {
    sockets.add(socket);
  }

  void remove(MmsgRequestQueue socket) {
    sockets.remove(socket);
  }

  /** Takes out a socket whose pause is over; null if there is none. */
  @Nullable MmsgRequestQueue pollEnded(long now) {
    MmsgRequestQueue first = sockets.peek();
    return first != null && first.pausedUntil() - now <= 0 ? sockets.poll() : null;
  }

  /**
   * Milliseconds until the first pause ends, rounded up; {@link Epoll#FOR_EVER} if there is none.
   */
  int millisLeft(long now) {
    MmsgRequestQueue first = sockets.peek();
    if (first == null) {
      return Epoll.FOR_EVER;
    }
    long nanos = Math.max(0, first.pausedUntil() - now);
    return (int) ((nanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
  }
}
