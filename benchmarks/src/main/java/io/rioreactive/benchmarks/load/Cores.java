package io.rioreactive.benchmarks.load;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Which core measures and which is measured.
 *
 * @param server where the contenders run
 * @param load where the driver and its load run; the same one if there is no other
 */
public record Cores(int server, int load) {

  private static final int MASK_BYTES = 1_024; // 8,192 cores

  /** The last core that this process may use, and the first one that shares nothing with it. */
  public static Cores choose() throws IOException {
    List<Integer> allowed = allowed();
    int server = allowed.getLast();
    List<Integer> siblings = siblings(server);
    int load =
        allowed.stream()
            .filter(core -> !siblings.contains(core))
            .findFirst()
            .orElse(allowed.getFirst());
    return new Cores(server, load);
  }

  /** The cores that this process may use. */
  public static List<Integer> allowed() throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mask = arena.allocate(MASK_BYTES, 8);
      Libc.check("sched_getaffinity", Libc.sched_getaffinity(0, MASK_BYTES, mask.address()));
      List<Integer> cores = new ArrayList<>();
      for (int core = 0; core < MASK_BYTES * 8; core++) {
        if ((mask.get(JAVA_BYTE, core / 8) >> (core % 8) & 1) != 0) {
          cores.add(core);
        }
      }
      return cores;
    }
  }

  /** The hardware threads of one core, itself among them. */
  private static List<Integer> siblings(int core) {
    Path list = Path.of("/sys/devices/system/cpu/cpu" + core + "/topology/thread_siblings_list");
    List<Integer> siblings = new ArrayList<>(List.of(core));
    try {
      for (String range : Files.readString(list).strip().split(",", -1)) {
        String[] ends = range.split("-", -1);
        for (int i = Integer.parseInt(ends[0]); i <= Integer.parseInt(ends[ends.length - 1]); i++) {
          siblings.add(i);
        }
      }
    } catch (IOException | NumberFormatException e) {
      return siblings; // a container without /sys
    }
    return siblings;
  }

  /** Whether there are two. */
  public boolean areTwo() {
    return server != load;
  }

  /** Keeps every thread of this process on the core of the load; new ones inherit that. */
  public void pinDriver() throws IOException {
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path thread : threads) {
        pin(Integer.parseInt(thread.getFileName().toString()), load);
      }
    }
  }

  /** Something that starts a process. */
  @FunctionalInterface
  public interface Start {
    /** Starts it. */
    Process run() throws IOException;
  }

  /**
   * Starts a process that stays on the core of the contenders: it inherits that from this thread.
   */
  public Process onServerCore(Start start) throws IOException {
    pin(0, server);
    try {
      return start.run();
    } finally {
      pin(0, load);
    }
  }

  private static void pin(int thread, int core) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mask = arena.allocate(MASK_BYTES, 8);
      mask.set(JAVA_BYTE, core / 8, (byte) (1 << core % 8));
      Libc.check("sched_setaffinity", Libc.sched_setaffinity(thread, MASK_BYTES, mask.address()));
    }
  }
}
