package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.rioreactive.kernel.KernelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Which of the sockets on one port gets a datagram: the one for the CPU that has received it. A
 * program of classic BPF, which the system asks for the socket's place among them, without any
 * privilege:
 *
 * <pre>
 * A = the CPU
 * A == cpus[0] ? return 0
 * A == cpus[1] ? return 1  …
 * return no place, which stands for the system's hash
 * </pre>
 *
 * <p>When a socket closes, the system moves the last one to its place: then that one gets what is
 * for another's CPU, which costs time and loses nothing. The queue's thread.
 */
final class CpuSteering {

  private static final int LOAD_CPU = Constants.BPF_LD | Constants.BPF_W | Constants.BPF_ABS;
  private static final int IF_EQUAL = Constants.BPF_JMP | Constants.BPF_JEQ | Constants.BPF_K;
  private static final int NO_PLACE = -1;

  private final MemorySegment instructions;
  private int count;

  private CpuSteering(Arena arena, int most) {
    instructions = arena.allocate(Layouts.SOCK_FILTER.size() * most, Long.BYTES);
  }

  /**
   * Attaches the program to all sockets that share the port with this one.
   *
   * @param cpus that of each, in the order they were bound
   */
  static void attach(LibC libc, int fd, List<Integer> cpus) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      CpuSteering steering = new CpuSteering(arena, 2 + 2 * cpus.size());
      steering.add(LOAD_CPU, 0, Constants.SKF_AD_OFF + Constants.SKF_AD_CPU);
      for (int place = 0; place < cpus.size(); place++) {
        steering.add(IF_EQUAL, 1, cpus.get(place));
        steering.add(Constants.BPF_RET, 0, place);
      }
      steering.add(Constants.BPF_RET, 0, NO_PLACE);
      int result =
          libc.setsockopt(
              fd,
              Constants.SOL_SOCKET,
              Constants.SO_ATTACH_REUSEPORT_CBPF,
              steering.program(arena).address(),
              (int) Layouts.SOCK_FPROG.size());
      if (result < 0) {
        throw Errno.exception("setsockopt SO_ATTACH_REUSEPORT_CBPF", -result);
      }
    }
  }

  /** Adds an instruction; {@code skip} of those behind it are left out if it does not hold. */
  private void add(int code, int skip, int k) {
    long at = count++ * Layouts.SOCK_FILTER.size();
    instructions.set(JAVA_SHORT, at + Layouts.SOCK_FILTER.offset("code"), (short) code);
    instructions.set(JAVA_BYTE, at + Layouts.SOCK_FILTER.offset("jf"), (byte) skip);
    instructions.set(JAVA_INT, at + Layouts.SOCK_FILTER.offset("k"), k);
  }

  private MemorySegment program(Arena arena) {
    MemorySegment program = arena.allocate(Layouts.SOCK_FPROG.layout());
    program.set(JAVA_SHORT, Layouts.SOCK_FPROG.offset("len"), (short) count);
    program.set(JAVA_LONG, Layouts.SOCK_FPROG.offset("filter"), instructions.address());
    return program;
  }
}
