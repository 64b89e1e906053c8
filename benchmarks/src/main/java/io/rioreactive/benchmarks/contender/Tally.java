package io.rioreactive.benchmarks.contender;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * The counters of a contender. Written by the thread that handles its datagrams, one thread alone;
 * read by the one that answers the driver.
 */
final class Tally {

  private static final VarHandle RECEIVED = field("received");
  private static final VarHandle SENT = field("sent");

  private static final long SLOW = 100_000;
  private static final long LONGEST_HOLD = 1_000_000_000;

  private long received;
  private long sent;

  private static VarHandle field(String name) {
    try {
      return MethodHandles.lookup().findVarHandle(Tally.class, name, long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * A datagram has been handed to the contender's handler.
   *
   * @param first its first 8 bytes. A negative number, down to a second, is an order to hold this
   *     thread for so many nanoseconds: what arrives meanwhile waits in the sockets
   */
  void onDatagram(long first) {
    RECEIVED.setOpaque(this, received + 1);
    if (first < 0 && first >= -LONGEST_HOLD) {
      hold(-first);
    }
  }

  /** A datagram has been handed to a handler that does all by itself. */
  void on(Task task, long first) {
    if (task.isSlow()) {
      onSlowDatagram(first);
    } else {
      onDatagram(first);
    }
  }

  /** Takes its time for a datagram. */
  void onSlowDatagram(long first) {
    hold(SLOW);
    onDatagram(first);
  }

  private static void hold(long nanos) {
    long end = System.nanoTime() + nanos;
    for (long left = nanos; left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** A reply has been handed to the library. */
  void onReply() {
    onSent(1);
  }

  /** So many datagrams have been taken by the system. */
  void onSent(int count) {
    SENT.setOpaque(this, sent + count);
  }

  long received() {
    return (long) RECEIVED.getOpaque(this);
  }

  long sent() {
    return (long) SENT.getOpaque(this);
  }
}
