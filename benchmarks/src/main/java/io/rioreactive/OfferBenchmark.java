package io.rioreactive;

import io.rioreactive.benchmarks.jmh.EndlessKernel;
import io.rioreactive.benchmarks.jmh.HandTurned;
import io.rioreactive.kernel.WaitMode;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A task handed to the pump's queue, and run by the pump. */
@NullMarked
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class OfferBenchmark {

  private static final int TASKS = 64;

  private final HandTurned driver = new HandTurned();
  private final Pump pump =
      new Pump(new EndlessKernel(64), WaitMode.COMPLETION_PORT, driver, false);
  private long ran;
  private final PumpTask task = () -> ran++;

  /** It is never parked, so nobody wakes it. */
  @Setup
  public void start() {
    pump.start();
  }

  /** As many as a turn runs, by the thread that then turns. */
  @Benchmark
  @OperationsPerInvocation(TASKS)
  public long offer() {
    for (int i = 0; i < TASKS; i++) {
      pump.offer(task);
    }
    driver.turn();
    return ran;
  }
}
