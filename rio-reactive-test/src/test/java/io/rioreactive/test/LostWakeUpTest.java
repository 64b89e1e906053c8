package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import io.rioreactive.hook.PumpHook;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/**
 * A pump on a thread of its own, and another thread that requests one by one, so that requests meet
 * the pump at every point of its turn, and of its way into the park.
 */
@DisplayName("No wake-up is lost")
@Tag("once")
class LostWakeUpTest {

  private static final int ROUNDS = 20_000;
  private static final int SLOTS = 32;
  private static final long PATIENCE = Duration.ofSeconds(20).toNanos();

  private final SimulatedKernel kernel = SimulatedKernel.withdrawingPosts();
  private final AtomicLong delivered = new AtomicLong();
  private final Random random = new Random(42);

  @Test
  @DisplayName("whatever is requested is delivered, though few requests wake the pump")
  void everyRequestIsServed() throws InterruptedException {
    ThreadedPump driver = new ThreadedPump();
    PumpGroup group = PumpHook.newGroup(PumpGroup.class, kernel, driver);
    RioConnection connection =
        RioUdpServer.create().runOn(group).receiveSlots(SLOTS).datagramSize(16).bindNow();
    kernel.lastSocket().receiveBuffer(2 * SLOTS);
    Counting subscriber = new Counting();
    connection.receive(view -> view.length()).subscribe(subscriber);

    long requested = 0;
    for (int round = 0; round < ROUNDS; round++) {
      requested += requestOneByOne(subscriber);
      awaitDelivered(requested, round, connection);
    }

    LawAssert.assertThatLawHolds(connection.stats());
    group.dispose();
    driver.join();
    assertThat(kernel.violations()).isEmpty();
  }

  private int requestOneByOne(Subscription subscription) {
    int count = 1 + random.nextInt(SLOTS);
    for (int i = 0; i < count; i++) {
      kernel.lastSocket().deliver(new byte[1], Rig.PEER);
      subscription.request(1);
      spin(random.nextInt(200));
    }
    return count;
  }

  private static void spin(int times) {
    for (int i = 0; i < times; i++) {
      Thread.onSpinWait();
    }
  }

  private void awaitDelivered(long requested, int round, RioConnection connection) {
    long began = System.nanoTime();
    while (delivered.get() < requested) {
      assertThat(System.nanoTime() - began)
          .as("round %d: %d requested, %s", round, requested, connection.stats())
          .isLessThan(PATIENCE);
      Thread.onSpinWait();
    }
  }

  private final class Counting extends BaseSubscriber<Integer> {
    @Override
    protected void hookOnSubscribe(Subscription subscription) {}

    @Override
    protected void hookOnNext(Integer value) {
      delivered.incrementAndGet();
    }
  }
}
