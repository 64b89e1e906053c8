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

  /** Whoever pauses. */
  interface Pausing {

    /** When its pause ends, on the clock of {@link System#nanoTime}. */
    long pausedUntil();

    void onPauseEnded();
  }

  private static final long NANOS_PER_MILLI = 1_000_000;

  // On the clock of System.nanoTime only differences mean anything.
  private final PriorityQueue<Pausing> sockets =
      new PriorityQueue<>((a, b) -> Long.signum(a.pausedUntil() - b.pausedUntil()));

  boolean isEmpty() {
    return sockets.isEmpty();
  }

  void add(Pausing socket) {
    sockets.add(socket);
  }

  void remove(Pausing socket) {
    sockets.remove(socket);
  }

  /** Takes out a socket whose pause is over; null if there is none. */
  @Nullable Pausing pollEnded(long now) {
    Pausing first = sockets.peek();
    return first != null && first.pausedUntil() - now <= 0 ? sockets.poll() : null;
  }

  /**
   * Milliseconds until the first pause ends, rounded up; {@link Epoll#FOR_EVER} if there is none.
   */
  int millisLeft(long now) {
    if (sockets.isEmpty()) {
      return Epoll.FOR_EVER;
    }
    return (int) ((nanosLeft(now) + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
  }

  /** Nanoseconds until the first pause ends; there must be one. */
  long nanosLeft(long now) {
    return Math.max(0, sockets.element().pausedUntil() - now);
  }
}
