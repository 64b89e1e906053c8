package io.rioreactive.test.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What await and wake of {@link CompletionQueue} promise. */
interface WakeUpRules extends OnKernel {

  /** How often a wake-up is tried that nothing but itself announces. */
  default int wakeUps() {
    return 20_000;
  }

  private TestPump open(WaitMode waitMode) throws IOException {
    return new TestPump(kernel(), waitMode);
  }

  @ParameterizedTest
  @EnumSource(WaitMode.class)
  default void aWakeBeforeTheAwaitEndsIt(WaitMode waitMode) throws IOException {
    try (TestPump pump = open(waitMode)) {
      pump.queue.wake();
      pump.await("though woken");
      pump.open(1, 1, 64).post(0).commit();
      pump.queue.wake();
      pump.queue.wake();
      pump.await("though woken twice");
    }
  }

  @ParameterizedTest
  @EnumSource(WaitMode.class)
  default void aDequeueDoesNotSwallowAWake(WaitMode waitMode) throws IOException {
    try (TestPump pump = open(waitMode)) {
      TestSocket socket = pump.open(1, 1, 64);
      socket.post(0).commit();
      pump.queue.wake();
      for (int i = 0; i < 40; i++) {
        pump.dequeue(8);
      }
      pump.await("though woken");
    }
  }

  @Test
  default void aPolledQueueNeverSleeps() throws IOException {
    try (TestPump pump = open(WaitMode.POLLED)) {
      pump.await("though polled");
      pump.queue.wake();
      pump.open(1, 1, 64).post(0).commit();
      pump.await("though polled");
      pump.await("though polled");
    }
  }

  /** Whether the datagram comes before the wait or in it. */
  @ParameterizedTest
  @EnumSource(WaitMode.class)
  default void noDatagramIsSleptThrough(WaitMode waitMode) throws Exception {
    int rounds = wakeUps() / 50;
    AtomicInteger heard = new AtomicInteger();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    try (TestPump pump = open(waitMode)) {
      TestSocket socket = pump.open(1, 1, 64);
      InetSocketAddress address = socket.address();
      socket.post(0).commit();
      Thread sender =
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    try (TestPump other = open(waitMode)) {
                      TestSocket peer = other.open(1, 1, 64);
                      for (int round = 0; round < rounds; round++) {
                        peer.send(0, address, "" + round).commit();
                        peer.takeSend();
                        spinUntil(heard, round + 1, "datagram no. " + round + " was not heard");
                      }
                    } catch (Throwable e) {
                      failure.set(e);
                    }
                  });
      for (int round = 0; round < rounds; round++) {
        assertThat(socket.takeReceive().text()).isEqualTo("" + round);
        socket.post(0).commit();
        heard.incrementAndGet();
      }
      sender.join();
    }
    assertThat(failure).hasValue(null);
  }

  private static void spinUntil(AtomicInteger value, int wanted, String complaint) {
    long start = System.nanoTime();
    while (value.get() < wanted) {
      if (System.nanoTime() - start > TestPump.MOST_NANOS) {
        throw new AssertionError(complaint);
      }
      Thread.onSpinWait();
    }
  }

  @ParameterizedTest
  @EnumSource(names = "POLLED", mode = EnumSource.Mode.EXCLUDE)
  default void noWakeIsLost(WaitMode waitMode) throws Exception {
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
                  try (TestPump opened = open(waitMode)) {
                    shared[0] = opened.queue;
                    isOpen.countDown();
                    while (answered.get() < rounds) {
                      opened.queue.await();
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
      spinUntil(answered, i, "wake no. " + i + " is lost");
    }
    pump.join();
    assertThat(failure).hasValue(null);
    assertThat(answered).hasValue(rounds);
  }

  @ParameterizedTest
  @EnumSource(WaitMode.class)
  default void aWakeAfterTheCloseDoesNothing(WaitMode waitMode) throws IOException {
    TestPump pump = open(waitMode);
    pump.queue.wake();
    pump.close();
    for (int i = 0; i < 10; i++) {
      pump.queue.wake();
    }
    try (TestPump next = open(waitMode)) { // which may have what the closed one had
      pump.queue.wake();
      next.queue.wake();
      next.await("though woken");
    }
  }

  @ParameterizedTest
  @EnumSource(WaitMode.class)
  default void aWakeMayMeetTheClose(WaitMode waitMode) throws Exception {
    for (int round = 0; round < 20; round++) {
      AtomicBoolean isOver = new AtomicBoolean();
      AtomicReference<Throwable> failure = new AtomicReference<>();
      CountDownLatch isWaking = new CountDownLatch(1);
      TestPump pump = open(waitMode);
      Thread waker =
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    try {
                      while (!isOver.get()) {
                        pump.queue.wake();
                        isWaking.countDown();
                      }
                    } catch (Throwable e) {
                      failure.set(e);
                      isWaking.countDown();
                    }
                  });
      isWaking.await();
      pump.close();
      isOver.set(true);
      waker.join();
      assertThat(failure).hasValue(null);
    }
  }
}
