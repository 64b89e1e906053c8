package io.rioreactive.kernel.windows;

import io.rioreactive.kernel.KernelException;

/**
 * How a pump learns that its completion queue has results: by a packet, by an event, or by looking.
 *
 * <p>The queue's thread, but for {@link #wake}, which any thread may call. Arming is part of {@link
 * #await} and of nothing else, so it comes after the turn's work and after every commit.
 */
sealed interface RioNotification permits RioPortNotification, RioEventNotification, RioPolling {

  /**
   * Address of the {@code RIO_NOTIFICATION_COMPLETION} for {@code RIOCreateCompletionQueue}, or
   * NULL. What it points to lives until {@link #close}.
   */
  long descriptor();

  /**
   * Waits until the queue has told that it has results, or {@link #wake} was called since the last
   * return. May return for neither reason.
   */
  void await(RioFunctions rio, long cq) throws KernelException;

  /** Ends a wait in progress, or the next one. Any thread; nothing happens once closed. */
  void wake();

  /** Gives everything back. Only after the completion queue has been closed. */
  void close();
}
