package io.rioreactive.test.endurance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
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
 * @param kilobytes mapped on Linux, committed besides the heap on Windows
 */
record Held(long threads, long handles, long mappings, long kilobytes) {

  /**
   * What the JVM may open or map by itself meanwhile: a jar, more heap, compiled code; on Windows
   * also the events of each thread, which it keeps for later ones.
   */
  private static final int HANDLES_OF_THE_JVM = OS.current() == OS.WINDOWS ? 100 : 10;

  private static final int MAPPINGS_OF_THE_JVM = 200;

  /**
   * On Linux what it maps and never uses is most of it. Wine counts what has been touched, and so
   * the Java heap bit by bit as it comes to use; a slab that leaks is 200 KB a cycle.
   */
  private static final long KILOBYTES_OF_THE_JVM = OS.current() == OS.WINDOWS ? 48 << 10 : 1 << 18;

  static Held now() throws IOException {
    if (OS.current() == OS.WINDOWS) {
      HeldByProcess held = HeldByProcess.now();
      return new Held(pumps(), held.handles(), 0, held.bytes() >> 10);
    }
    return new Held(pumps(), Linux.descriptors(), Linux.mappings(), Linux.mappedKilobytes());
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
}
