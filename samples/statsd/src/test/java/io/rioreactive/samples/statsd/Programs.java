package io.rioreactive.samples.statsd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Real programs that tests need and a machine may not have. */
final class Programs {

  private Programs() {}

  /** The first of these names that is on the PATH; else the test is skipped, and fails in CI. */
  static Path onPath(String what, List<String> names) {
    for (String name : names) {
      Path found = find(name);
      if (found != null) {
        return found;
      }
    }
    return missing(what);
  }

  private static @Nullable Path find(String name) {
    String path = System.getenv("PATH");
    for (String folder : path == null ? new String[0] : path.split(File.pathSeparator, -1)) {
      Path program = Path.of(folder, name);
      if (Files.isExecutable(program)) {
        return program;
      }
    }
    return null;
  }

  /** The Python that has a module; else the test is skipped, and fails in CI. */
  static Path pythonWith(String module) throws IOException, InterruptedException {
    Path python = Path.of("..", "..", "target", "quic", "bin", "python").toAbsolutePath();
    if (Files.isExecutable(python)) {
      Process process =
          new ProcessBuilder(python.toString(), "-c", "import " + module)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      try {
        if (process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0) {
          return python;
        }
      } finally {
        process.destroyForcibly();
      }
    }
    return missing("Python's module " + module);
  }

  private static Path missing(String what) {
    String ci = System.getenv("CI");
    if (ci == null || ci.isEmpty() || ci.equals("false")) {
      return abort("this machine does not have " + what + ": .ci/install installs it");
    }
    return fail("CI=" + ci + ", and this machine does not have " + what);
  }

  /** Runs a program to its end; answers what it has printed. */
  static String run(List<String> command) throws IOException, InterruptedException {
    Path printed = Files.createTempFile("printed", ".txt");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(printed.toFile())
              .start();
      try {
        boolean hasEnded = process.waitFor(60, TimeUnit.SECONDS);
        String text = Files.readString(printed, UTF_8);
        if (!hasEnded || process.exitValue() != 0) {
          throw new AssertionError(
              command
                  + (hasEnded ? " ended with " + process.exitValue() : " runs on")
                  + ": "
                  + text);
        }
        return text;
      } finally {
        process.destroyForcibly();
      }
    } finally {
      Files.delete(printed);
    }
  }
}
