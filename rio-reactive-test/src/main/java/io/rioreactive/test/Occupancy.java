package io.rioreactive.test;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Finds two threads inside one completion queue, or one of its sockets, at the same time.
 *
 * <p>Any thread. It does not order the threads: it only reports that nothing else did.
 */
final class Occupancy implements AutoCloseable {

  private final AtomicReference<@Nullable Thread> inside = new AtomicReference<>();
  private final Sanitizer sanitizer;

  /** Whether it looks at all: where one driver turns all pumps there is nothing to find. */
  private final boolean looks;

  Occupancy(Sanitizer sanitizer, boolean looks) {
    this.sanitizer = sanitizer;
    this.looks = looks;
  }

  /** Enters for one call of a queue or a socket, until {@link #close}. */
  Occupancy enter(Object subject, String call) {
    if (!looks) {
      return this;
    }
    Thread me = Thread.currentThread();
    Thread other = inside.compareAndExchange(null, me);
    if (other != null) {
      sanitizer.violated(
          subject + " " + call,
          "called by thread " + me.getName() + " while " + other.getName() + " is inside");
    }
    return this;
  }

  @Override
  public void close() {
    if (looks) {
      inside.set(null);
    }
  }
}
