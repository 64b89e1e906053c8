package io.rioreactive.samples.dns;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real program on the other side, run to its end. */
final class Program {

  private static final long LONGEST = 60; // seconds

  private Program() {}

  /**
   * That such a program is here: else the test is skipped, and where {@code CI} is set, to anything
   * but {@code false}, it fails.
   */
  static void need(String name) {
    if (isOnThePath(name)) {
      return;
    }
    String ci = System.getenv("CI");
    if (ci == null || ci.isEmpty() || ci.equals("false")) {
      abort("this machine does not have " + name + ": .ci/install installs it");
    }
    fail("CI=" + ci + ", and this machine does not have " + name);
  }

  private static boolean isOnThePath(String name) {
    String path = System.getenv("PATH");
    return path != null
        && Arrays.stream(path.split(File.pathSeparator, -1))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
  }

  /**
   * Runs one.
   *
   * @return what it has printed on both of its outputs
   * @throws AssertionError if it fails, or does not end
   */
  static String run(Path folder, List<String> command) throws IOException, InterruptedException {
    Path printed = Files.createTempFile(folder, "printed", ".txt");
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile())
            .start();
    try {
      process.getOutputStream().close();
      boolean ended = process.waitFor(LONGEST, TimeUnit.SECONDS);
      String output = Files.readString(printed, UTF_8);
      if (!ended || process.exitValue() != 0) {
        throw new AssertionError(command + (ended ? " failed: " : " does not end: ") + output);
      }
      return output;
    } finally {
      process.destroyForcibly().waitFor();
    }
  }
}
