package io.rioreactive;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullMarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A slot's cycle of states, a batch at a time, as a turn of the pump goes through it. */
@NullMarked
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class SlotsBenchmark {

  private static final int BATCH = 64;

  /** How many slots the socket has. */
  @Param({"64", "1024", "100000"})
  public int count;

  private Slots slots = new Slots(1);
  private final int[] taken = new int[BATCH];

  /** All are free. */
  @Setup
  public void make() {
    slots = new Slots(count);
  }

  /** Posted, completed, free again. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int receive() {
    for (int i = 0; i < BATCH; i++) {
      taken[i] = slots.nextFree();
      slots.postNext();
    }
    for (int slot : taken) {
      slots.complete(slot);
      slots.release(slot);
    }
    return slots.posted();
  }

  /** Filled, posted, completed, free again. */
  @Benchmark
  @OperationsPerInvocation(BATCH)
  public int send() {
    for (int i = 0; i < BATCH; i++) {
      taken[i] = slots.fillNext();
      slots.post(taken[i]);
    }
    for (int slot : taken) {
      slots.complete(slot);
      slots.release(slot);
    }
    return slots.posted();
  }
}
