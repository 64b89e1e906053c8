package io.rioreactive.benchmarks.load;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The CPU time of another process, all its threads together, those of the kernel that work for it
 * (io_uring's) among them. Read from outside, so it is the same measure for all and costs them
 * nothing.
 */
public final class CpuClock {

  /** A process that uses less than this within {@link #WINDOW} is idle. */
  private static final long IDLE = 20_000;

  private static final long WINDOW = 500_000;

  private final int clock;
  private final MemorySegment timespec = Arena.ofAuto().allocate(16, 8);

  /** The clock of a process that runs. */
  public CpuClock(long pid) {
    clock = (int) (~pid << 3 | 2); // clock_getcpuclockid(3)
  }

  /** Nanoseconds since the process began. */
  public long nanos() throws IOException {
    Libc.check("clock_gettime of the contender", Libc.clock_gettime(clock, timespec.address()));
    return timespec.get(JAVA_LONG, 0) * 1_000_000_000 + timespec.get(JAVA_LONG, 8);
  }

  /** Waits until the process has nothing more to do, five seconds at most. */
  public void awaitIdle() throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
    long before = nanos();
    while (System.nanoTime() - end < 0) {
      LockSupport.parkNanos(WINDOW); // a machine of one core needs it for the contender
      long now = nanos();
      if (now - before < IDLE) {
        return;
      }
      before = now;
    }
    throw new IOException("the contender does not come to rest");
  }
}
