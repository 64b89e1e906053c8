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

  Occupancy(Sanitizer sanitizer) {
    this.sanitizer = sanitizer;
  }

  /** Enters for one call, until {@link #close}. */
  Occupancy enter(String call) {
    Thread me = Thread.currentThread();
    Thread other = inside.compareAndExchange(null, me);
    if (other != null) {
      sanitizer.violated(
          call, "called by thread " + me.getName() + " while " + other.getName() + " is inside");
    }
    return this;
  }

  @Override
  public void close() {
    inside.set(null);
  }
}
