package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Virtual time is the whole JVM's: where JUnit runs tests in parallel, one test has it alone. */
class RioTestParallelTest {

  private static final Duration SOON = Duration.ofSeconds(20);
  private static final Duration LONG_ENOUGH_TO_MEET = Duration.ofMillis(50);

  private static final AtomicInteger VIRTUAL = new AtomicInteger();
  private static final AtomicInteger WALL = new AtomicInteger();
  private static final AtomicInteger MOST_ON_THE_WALL = new AtomicInteger();

  @BeforeEach
  void begin() {
    VIRTUAL.set(0);
    WALL.set(0);
    MOST_ON_THE_WALL.set(0);
  }

  @Test
  void oneTestHasVirtualTimeAlone() {
    List<JupiterRun.Outcome> outcomes =
        JupiterRun.of(
                Mixed.class,
                Map.of(
                    "junit.jupiter.execution.parallel.enabled", "true",
                    "junit.jupiter.execution.parallel.mode.default", "concurrent",
                    "junit.jupiter.execution.parallel.config.strategy", "fixed",
                    "junit.jupiter.execution.parallel.config.fixed.parallelism", "4"))
            .outcomes();

    assertThat(outcomes).hasSize(15).allMatch(JupiterRun.Outcome::isSuccessful);
    assertThat(MOST_ON_THE_WALL.get()).as("tests on the wall at the same time").isGreaterThan(1);
  }

  static class Mixed {

    @Nested
    @RioTest(virtualTime = true)
    class Virtual {

      @Seeds(3)
      void alone(SimulatedNetwork network) {
        inVirtualTime();
      }

      @RepeatedTest(3)
      void aloneToo(SimulatedNetwork network) {
        inVirtualTime();
      }

      @Test
      @RioTest
      void notThisOne(SimulatedNetwork network) {
        onTheWall();
      }
    }

    @Nested
    @RioTest
    class Wall {

      @Seeds(3)
      void together(SimulatedNetwork network) {
        onTheWall();
      }

      @Test
      @RioTest(virtualTime = true)
      void butThisOne(SimulatedNetwork network) {
        inVirtualTime();
      }
    }

    @Nested
    class Plain {

      @Seeds(4)
      void withTheDefaults() {
        onTheWall();
      }
    }
  }

  private static void inVirtualTime() {
    VIRTUAL.incrementAndGet();
    try {
      await(() -> VIRTUAL.get() > 1 || WALL.get() > 0, LONG_ENOUGH_TO_MEET);
      assertThat(VIRTUAL.get()).as("tests in virtual time at the same time").isOne();
      assertThat(WALL.get()).as("tests on the wall meanwhile").isZero();
      assertThat(VirtualTimeScheduler.isFactoryEnabled()).isTrue();
    } finally {
      VIRTUAL.decrementAndGet();
    }
  }

  private static void onTheWall() {
    int now = WALL.incrementAndGet();
    MOST_ON_THE_WALL.accumulateAndGet(now, Math::max);
    try {
      await(() -> VIRTUAL.get() > 0, LONG_ENOUGH_TO_MEET);
      await(() -> MOST_ON_THE_WALL.get() > 1, SOON);
      assertThat(VIRTUAL.get()).as("tests in virtual time meanwhile").isZero();
      assertThat(VirtualTimeScheduler.isFactoryEnabled()).isFalse();
    } finally {
      WALL.decrementAndGet();
    }
  }

  private static void await(BooleanSupplier condition, Duration longest) {
    long started = System.nanoTime();
    while (!condition.getAsBoolean() && System.nanoTime() - started < longest.toNanos()) {
      LockSupport.parkNanos(1_000_000);
    }
  }
}
