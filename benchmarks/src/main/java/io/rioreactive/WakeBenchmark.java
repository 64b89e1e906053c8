package io.rioreactive;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** From a thread with work for a parked pump until that work has run, on the best provider here. */
@NullMarked
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class WakeBenchmark {

  /** How the pump waits. */
  @Param({"COMPLETION_PORT", "POLLED"})
  @SuppressWarnings("NullAway.Init") // by JMH
  public Notification notification;

  @SuppressWarnings("NullAway.Init") // by bind
  private PumpGroup group;

  @SuppressWarnings("NullAway.Init") // by bind
  private Pump pump;

  private volatile long ran;

  @SuppressWarnings("NonAtomicVolatileUpdate") // by the pump alone
  private final PumpTask task = () -> ran++;

  /** A pump waits in the kernel once it has a socket. */
  @Setup
  public void bind() throws IOException {
    group = PumpGroup.create().notification(notification);
    RioUdpServer.create().runOn(group).bindNow();
    pump = group.next();
  }

  /** There and back. */
  @Benchmark
  public long wake() {
    long before = ran;
    pump.later(task);
    while (ran == before) {
      Thread.onSpinWait();
    }
    return before;
  }

  /** Ends the pump. */
  @TearDown
  public void end() {
    group.dispose();
  }
}
