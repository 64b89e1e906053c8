package io.rioreactive.test.windows;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A program that ran to its end in a JVM of its own, over a double of its own: for what a JVM
 * decides only once, and for what leaves objects behind on purpose.
 *
 * <p>Programs tell what they see in lines of {@code name: value}.
 *
 * @param out what it printed
 * @param log what was logged, stack traces included
 * @param report the double's, written at its end
 */
record JvmRun(String out, String log, String report) {

  private static final long SECONDS = 50;

  /**
   * Runs a program.
   *
   * @param program whose {@code main} it is
   * @param logLevel from which on it logs: {@code info}
   * @param fault a command for the double before anything else happens, or empty
   * @param arguments of {@code main}
   */
  static JvmRun of(Class<?> program, String logLevel, String fault, String... arguments)
      throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("rio-double");
    try {
      return run(folder, program, logLevel, fault, arguments);
    } finally {
      delete(folder);
    }
  }

  private static JvmRun run(
      Path folder, Class<?> program, String logLevel, String fault, String[] arguments)
      throws IOException, InterruptedException {
    Path options = folder.resolve("options.txt");
    Files.writeString(options, options(logLevel));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("@" + options);
    command.add(program.getName());
    command.addAll(List.of(arguments));
    Path out = folder.resolve("out.txt");
    Path log = folder.resolve("log.txt");
    Path report = folder.resolve("report.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(log.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("RIO_DOUBLE_"));
    builder.environment().put("RIO_DOUBLE_REPORT", report.toString());
    if (!fault.isEmpty()) {
      builder.environment().put("RIO_DOUBLE_FAULT", fault);
    }
    Process process = builder.start();
    boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
    process.destroyForcibly();
    JvmRun run = new JvmRun(read(out), read(log), read(report));
    assertThat(ended).as("ended within %d s: %s", SECONDS, run).isTrue();
    assertThat(process.exitValue()).as("exit status: %s", run).isZero();
    return run;
  }

  private static String options(String logLevel) {
    return String.join(
        "\n",
        "-XX:-PrintWarnings", // the JVM's own, about what Wine lacks
        "-XX:TieredStopAtLevel=1", // it is over before more would pay
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        quoted(
            "-D"
                + RioDouble.LIBRARY_PROPERTY
                + "="
                + System.getProperty(RioDouble.LIBRARY_PROPERTY)),
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=" + logLevel,
        "-cp " + quoted(System.getProperty("java.class.path")));
  }

  /** As the launcher reads it in a file of options. */
  private static String quoted(String option) {
    return '"' + option.replace("\\", "\\\\") + '"';
  }

  private static String read(Path file) throws IOException {
    return Files.exists(file) ? Files.readString(file, UTF_8) : "";
  }

  /** As far as it goes: Windows does not delete what another process has not quite let go of. */
  private static void delete(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.toList();
    }
    for (Path file : files) {
      if (!file.toFile().delete()) {
        file.toFile().deleteOnExit();
      }
    }
    folder.toFile().deleteOnExit();
  }

  /** The values of all lines of this name. */
  List<String> values(String name) {
    String start = name + ": ";
    return out.lines()
        .filter(line -> line.startsWith(start))
        .map(line -> line.substring(start.length()))
        .toList();
  }

  /** The value of the one line of this name. */
  String value(String name) {
    assertThat(values(name)).as("\"%s\" in %s", name, this).hasSize(1);
    return values(name).getFirst();
  }

  /** The numbers of all lines of this name. */
  List<Long> numbers(String name) {
    return values(name).stream().map(Long::valueOf).toList();
  }

  /** What was logged at this level, without stack traces. */
  List<String> logged(String level) {
    return log.lines().filter(line -> line.contains("] " + level + " ")).toList();
  }

  /** Lines of the double's report: {@code live} objects, or each {@code violation}. */
  List<String> reported(String kind) {
    return report.lines().filter(line -> line.startsWith(kind + ": ")).toList();
  }
}
