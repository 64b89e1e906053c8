package io.rioreactive.kernel.linux;

import io.rioreactive.ffm.NativeLibrary;
import io.rioreactive.kernel.KernelException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.StringJoiner;

/**
 * On which CPUs the calling thread may run. The system takes that over for threads which this one
 * starts from then on.
 *
 * <p>One call's; the calling thread alone.
 */
final class CpuAffinity {

  /** Of the mask: room for 8,192 CPUs, the most a Linux can be built for. */
  private static final int BYTES = 1_024;

  private static final int THIS_THREAD = 0;

  private final LibC libc;
  private final MemorySegment mask;

  CpuAffinity(LibC libc, Arena arena) {
    this.libc = libc;
    this.mask = arena.allocate(BYTES, Long.BYTES);
  }

  /**
   * Keeps the calling thread on one CPU.
   *
   * @param provider whose failure it is where native access is missing
   */
  static void pin(String provider, int cpu) throws IOException {
    NativeLibrary.open(
            provider,
            "Linux's C library",
            arena -> {
              new CpuAffinity(new LibC(arena), arena).pin(cpu);
              return arena;
            })
        .close();
  }

  void pin(int cpu) throws KernelException {
    mask.fill((byte) 0);
    mask.set(ValueLayout.JAVA_BYTE, cpu / 8, (byte) (1 << cpu % 8));
    int result = libc.sched_setaffinity(THIS_THREAD, BYTES, mask.address());
    if (result == -Errno.EINVAL.code()) {
      throw new KernelException(
          KernelException.Kind.OTHER,
          "sched_setaffinity to CPU " + cpu,
          "EINVAL",
          -result,
          "this machine has no such CPU, or the system (a cpuset, a container) keeps it from this"
              + " process, whose threads run on "
              + allowed()
              + ": give cpuAffinity some of those");
    }
    if (result < 0) {
      throw Errno.exception("sched_setaffinity to CPU " + cpu, -result);
    }
  }

  /** Those of the calling thread, as the system writes such lists: {@code 0-3,8}. */
  private String allowed() {
    int result = libc.sched_getaffinity(THIS_THREAD, BYTES, mask.address());
    if (result < 0) {
      return "unknown ones";
    }
    BitSet cpus = BitSet.valueOf(mask.asByteBuffer());
    StringJoiner ranges = new StringJoiner(",");
    for (int first = cpus.nextSetBit(0); first >= 0; ) {
      int last = cpus.nextClearBit(first) - 1;
      ranges.add(first == last ? "" + first : first + "-" + last);
      first = cpus.nextSetBit(last + 1);
    }
    return ranges.toString();
  }
}
