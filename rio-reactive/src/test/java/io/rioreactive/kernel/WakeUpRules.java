package io.rioreactive.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@link CompletionQueue#wake} promises, on every kernel. */
@Timeout(30)
public interface WakeUpRules {

  /** Longer than a wake-up takes on any machine. */
  long MOST_NANOS = TimeUnit.SECONDS.toNanos(15);

  /** How often a wake-up is tried that nothing but itself announces. */
  default int wakeUps() {
    return 20_000;
  }

  /** A queue of the kernel under test, owned by the calling thread. */
  KernelHarness open(WaitMode waitMode) throws IOException;

  @Test
  default void aWakeBeforeTheAwaitEndsIt() throws IOException {
    try (KernelHarness harness = open(WaitMode.COMPLETION_PORT)) {
      harness.queue.wake();
      harness.await("though woken");
    }
  }

  @Test
  default void aDequeueDoesNotSwallowAWake() throws IOException {
    try (KernelHarness harness = open(WaitMode.COMPLETION_PORT)) {
      RequestQueue socket = harness.open(1, 1, 64);
      socket.postReceive(0);
      harness.queue.wake();
      for (int i = 0; i < 40; i++) {
        harness.dequeue();
      }
      harness.await("though woken");
    }
  }

  @Test
  default void aPolledQueueNeverSleeps() throws IOException {
    try (KernelHarness harness = open(WaitMode.POLLED)) {
      harness.await("though polled");
      harness.queue.wake();
      harness.open(1, 1, 64).postReceive(0);
      harness.await("though polled");
    }
  }

  @Test
  default void noWakeIsLost() throws Exception {
    int rounds = wakeUps();
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger answered = new AtomicInteger();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    CountDownLatch isOpen = new CountDownLatch(1);
    CompletionQueue[] shared = new CompletionQueue[1];
    Thread pump =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try (KernelHarness harness = open(WaitMode.COMPLETION_PORT)) {
                    shared[0] = harness.queue;
                    isOpen.countDown();
                    while (answered.get() < rounds) {
                      harness.queue.await();
                      answered.set(asked.get());
                    }
                  } catch (Throwable e) {
                    failure.set(e);
                    isOpen.countDown();
                  }
                });
    isOpen.await();
    assertThat(failure).hasValue(null);
    for (int i = 1; i <= rounds; i++) {
      asked.set(i);
      shared[0].wake();
      long start = System.nanoTime();
      while (answered.get() < i) {
        if (System.nanoTime() - start > MOST_NANOS) {
          throw new AssertionError("wake no. " + i + " is lost");
        }
        Thread.onSpinWait();
      }
    }
    pump.join();
    assertThat(failure).hasValue(null);
    assertThat(answered).hasValue(rounds);

    shared[0].wake(); // after close: nothing happens
  }
}
