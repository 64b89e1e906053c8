package io.rioreactive.test.endurance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.OS;

/**
 * What this process holds of each kind that could leak.
 *
 * @param threads pumps
 * @param handles descriptors on Linux, handles on Windows
 * @param mappings on Linux; Windows does not tell, so 0
 * @param kilobytes mapped on Linux, committed on Windows
 */
record Held(long threads, long handles, long mappings, long kilobytes) {

  /**
   * What the JVM may open or map by itself meanwhile: a jar, more heap, compiled code; on Windows
   * also the events of each thread, which it keeps for later ones.
   */
  private static final int HANDLES_OF_THE_JVM = OS.current() == OS.WINDOWS ? 100 : 10;

  private static final int MAPPINGS_OF_THE_JVM = 200;
  private static final long KILOBYTES_OF_THE_JVM = 1 << 20;

  static Held now() throws IOException {
    return OS.current() == OS.WINDOWS
        ? new Held(pumps(), Windows.handles(), 0, Windows.committedKilobytes())
        : new Held(pumps(), Linux.descriptors(), Linux.mappings(), Linux.mappedKilobytes());
  }

  private static long pumps() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("rio-"))
        .count();
  }

  void assertHasNotGrown(Held before) {
    assertThat(threads).as("threads").isLessThanOrEqualTo(before.threads());
    assertThat(handles).as("handles").isLessThanOrEqualTo(before.handles() + HANDLES_OF_THE_JVM);
    assertThat(mappings)
        .as("mappings")
        .isLessThanOrEqualTo(before.mappings() + MAPPINGS_OF_THE_JVM);
    assertThat(kilobytes)
        .as("kilobytes")
        .isLessThanOrEqualTo(before.kilobytes() + KILOBYTES_OF_THE_JVM);
  }

  private static final class Linux {

    static long descriptors() throws IOException {
      try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
        return descriptors.count();
      }
    }

    static long mappings() throws IOException {
      try (Stream<String> mappings = Files.lines(Path.of("/proc/self/maps"))) {
        return mappings.count();
      }
    }

    /** Mappings side by side become one, so their size is looked at as well. */
    static long mappedKilobytes() throws IOException {
      try (Stream<String> status = Files.lines(Path.of("/proc/self/status"))) {
        String size = status.filter(line -> line.startsWith("VmSize:")).findFirst().orElseThrow();
        return Long.parseLong(size.replaceAll("\\D", ""));
      }
    }
  }

  @SuppressWarnings("restricted")
  private static final class Windows {

    private static final AddressLayout POINTER = ValueLayout.ADDRESS;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
    private static final SymbolLookup KERNEL32 =
        SymbolLookup.libraryLookup("kernel32", Arena.global());

    /** GetCurrentProcess, which is a constant. */
    private static final MemorySegment THIS_PROCESS = MemorySegment.ofAddress(-1);

    /** PROCESS_MEMORY_COUNTERS, and in it PagefileUsage. */
    private static final int COUNTERS_SIZE = 72;

    private static final int PAGEFILE_USAGE = 56;

    /** Handles are multiples of this. */
    private static final int HANDLE_STEP = 4;

    static long handles() {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment count = arena.allocate(INT);
        ask("GetProcessHandleCount", count);
        int told = count.get(INT, 0);
        return told != 0 ? told : numberOfANewHandle();
      }
    }

    /** Wine does not count, but gives the lowest number that is free. */
    private static long numberOfANewHandle() {
      try {
        MemorySegment event =
            (MemorySegment)
                function("CreateEventW", POINTER, POINTER, INT, INT, POINTER)
                    .invokeExact(MemorySegment.NULL, 0, 0, MemorySegment.NULL);
        int closed = (int) function("CloseHandle", INT, POINTER).invokeExact(event);
        assertThat(closed).as("CloseHandle").isNotZero();
        return event.address() / HANDLE_STEP;
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }

    static long committedKilobytes() {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment counters = arena.allocate(COUNTERS_SIZE, Long.BYTES);
        ask("K32GetProcessMemoryInfo", counters);
        return counters.get(ValueLayout.JAVA_LONG, PAGEFILE_USAGE) / 1_024;
      }
    }

    /** BOOL name(HANDLE process, void *result, DWORD size); one without a size ignores it. */
    private static void ask(String name, MemorySegment result) {
      try {
        int done =
            (int)
                function(name, INT, POINTER, POINTER, INT)
                    .invokeExact(THIS_PROCESS, result, (int) result.byteSize());
        assertThat(done).as(name).isNotZero();
      } catch (Throwable e) {
        throw new AssertionError(e);
      }
    }

    private static MethodHandle function(
        String name, MemoryLayout result, MemoryLayout... arguments) {
      return Linker.nativeLinker()
          .downcallHandle(KERNEL32.findOrThrow(name), FunctionDescriptor.of(result, arguments));
    }
  }
}
