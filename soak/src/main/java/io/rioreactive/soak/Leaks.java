package io.rioreactive.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a server holds of each kind that could leak, while nothing is sent to it: by {@code /proc},
 * which also tells of a process under Wine.
 *
 * @param pumps threads of the library's, by its own word
 * @param threads all
 * @param posted receives of the connection {@code echo}: all its slots, but for those that leaked
 * @param megabytes mapped
 * @param resident megabytes of memory in use
 */
record Leaks(
    long pumps,
    long threads,
    long descriptors,
    long mappings,
    long posted,
    long megabytes,
    long resident) {

  // What the JVM itself comes to have: a jar, a compiler thread, compiled code.
  private static final int THREADS_OF_THE_JVM = 4;
  private static final int DESCRIPTORS_OF_THE_JVM = 4;
  private static final int MAPPINGS_OF_THE_JVM = 100;
  private static final int MEGABYTES_OF_THE_JVM = 128;
  private static final int RESIDENT_OF_THE_JVM = 48;

  static Leaks of(Server server) throws IOException, InterruptedException {
    Path process = Path.of("/proc", Long.toString(server.pid()));
    return new Leaks(
        Long.parseLong(server.tell("pumps")),
        count(process.resolve("task")),
        count(process.resolve("fd")),
        lines(process.resolve("maps")),
        server.counts("echo").posted(),
        megabytes(process, "VmSize:"),
        megabytes(process, "VmRSS:"));
  }

  private static long count(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.count();
    }
  }

  private static long lines(Path file) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.count();
    }
  }

  private static long megabytes(Path process, String field) throws IOException {
    List<String> status = Files.readAllLines(process.resolve("status"));
    String line = status.stream().filter(each -> each.startsWith(field)).findFirst().orElseThrow();
    return Long.parseLong(line.replaceAll("\\D", "")) >> 10;
  }

  /** Requires that the server holds no more than this, but for what a JVM comes to have. */
  void requireNoMore(Server server) throws InterruptedException {
    Eventually.none(
        "a leak",
        () -> {
          Leaks now = of(server);
          return isAsLittle(now) ? null : this + " has become " + now;
        });
  }

  private boolean isAsLittle(Leaks now) {
    return now.pumps <= pumps
        && now.threads <= threads + THREADS_OF_THE_JVM
        && now.descriptors <= descriptors + DESCRIPTORS_OF_THE_JVM
        && now.mappings <= mappings + MAPPINGS_OF_THE_JVM
        && now.posted == Served.RECEIVE_SLOTS
        && now.megabytes <= megabytes + MEGABYTES_OF_THE_JVM
        && now.resident <= resident + RESIDENT_OF_THE_JVM;
  }

  @Override
  public String toString() {
    return "%d pumps, %d threads, %d descriptors, %d mappings, %d slots posted, %d MiB mapped, %d MiB resident"
        .formatted(pumps, threads, descriptors, mappings, posted, megabytes, resident);
  }
}
