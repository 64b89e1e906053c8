package io.rioreactive.kernel.windows;

/**
 * No notification: the pump dequeues again and again, and nobody has to wake it.
 *
 * <p>Between two looks it tells the processor that it spins; with the system property {@value
 * #YIELD_PROPERTY} set to {@code true} it offers the core to another thread that is ready, which
 * costs a system call and helps where there are fewer cores than busy threads.
 *
 * <p>The queue's thread.
 */
final class RioPolling implements RioNotification {

  /** Whether polling pumps yield. Read when a pump opens its queue; false unless set. */
  static final String YIELD_PROPERTY = "io.rioreactive.polled.yield";

  private final Kernel32 kernel32;
  private final boolean isYielding = Boolean.getBoolean(YIELD_PROPERTY);

  RioPolling(Kernel32 kernel32) {
    this.kernel32 = kernel32;
  }

  @Override
  public long descriptor() {
    return Constants.NULL;
  }

  @Override
  public void await(RioFunctions rio, long cq) {
    if (isYielding) {
      kernel32.SwitchToThread();
    } else {
      Thread.onSpinWait();
    }
  }

  @Override
  public void wake() {}

  @Override
  public void close() {}
}
