package io.rioreactive.kernel.windows;

import static io.rioreactive.kernel.KernelHarness.postReceives;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.net.DatagramPacket;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nobody sleeps through a datagram or a wake-up. A lost one is a test that runs into its end. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
class RioWaitTest {

  private static final int ROUNDS = 200;

  @AfterEach
  void reset() {
    if (RioDouble.isThere()) {
      RioDouble.control("reset");
    }
    System.clearProperty(RioPolling.YIELD_PROPERTY);
  }

  @ParameterizedTest
  @EnumSource(WaitMode.class)
  void noDatagramIsSleptThrough(WaitMode waitMode) throws Exception {
    try (RioHarness harness = new RioHarness(waitMode)) {
      roundTrips(harness);
    }
  }

  @Test
  void noDatagramIsSleptThroughWherePumpsYield() throws Exception {
    System.setProperty(RioPolling.YIELD_PROPERTY, "true");
    try (RioHarness harness = new RioHarness(WaitMode.POLLED)) {
      roundTrips(harness);
    }
  }

  @ParameterizedTest
  @EnumSource(WaitMode.class)
  void norWhereDequeuesAreEmptyOrPartial(WaitMode waitMode) throws Exception {
    RioDouble.need();
    RioDouble.control("spurious on");
    RioDouble.control("partial on");
    try (RioHarness harness = new RioHarness(waitMode)) {
      roundTrips(harness);
    }
  }

  /** The peer sends the next one when the last one has been seen: each wait has to end. */
  private static void roundTrips(RioHarness harness) throws Exception {
    RequestQueue socket = harness.open(4, 1, 64);
    postReceives(socket, 4);
    socket.commit();
    Semaphore seen = new Semaphore(1);
    Thread sender = Thread.ofPlatform().start(() -> sendOneByOne(harness, socket, seen));
    for (int i = 0; i < ROUNDS; i++) {
      for (Done done : harness.take(1)) {
        assertThat(socket.postReceive(done.slot())).isZero();
        socket.commit();
      }
      seen.release();
    }
    sender.join(TimeUnit.SECONDS.toMillis(10));
    assertThat(sender.isAlive()).isFalse();
  }

  private static void sendOneByOne(RioHarness harness, RequestQueue socket, Semaphore seen) {
    try {
      DatagramPacket packet = new DatagramPacket(new byte[1], 1, socket.localAddress());
      for (int i = 0; i < ROUNDS; i++) {
        if (seen.tryAcquire(10, TimeUnit.SECONDS)) {
          harness.peer.send(packet);
        }
      }
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = WaitMode.class,
      names = {"COMPLETION_PORT", "EVENT"})
  void aWaitIsArmedOnceAndAfterTheWork(WaitMode waitMode) throws IOException {
    RioDouble.need();
    try (RioHarness harness = new RioHarness(waitMode)) {
      RequestQueue socket = harness.open(2, 1, 64);
      postReceives(socket, 2);
      socket.commit();
      long calls = RioDouble.count("RIONotify");

      harness.queue.wake();
      harness.await("though woken");
      harness.queue.wake();
      harness.await("though woken");
      assertThat(RioDouble.count("RIONotify")).as("armed is armed").isEqualTo(calls + 1);

      harness.sendTo(socket, new byte[1]);
      harness.await("though a datagram came");
      assertThat(harness.dequeue()).hasSize(1);
      assertThat(RioDouble.count("RIONotify")).as("a dequeue arms nothing").isEqualTo(calls + 1);
    }
  }

  @Test
  void aPollingQueueIsNeverArmed() throws IOException {
    RioDouble.need();
    try (RioHarness harness = new RioHarness(WaitMode.POLLED)) {
      long calls = RioDouble.count("RIONotify");
      harness.await("though polled");
      harness.await("though polled");
      assertThat(RioDouble.count("RIONotify")).isEqualTo(calls);
    }
  }
}
