package io.rioreactive.soak;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Programs of the system's that run to their end. */
final class Programs {

  private Programs() {}

  /** Runs one, which must succeed, and returns what it printed. */
  static String run(String... command) throws IOException, InterruptedException {
    return run(Eventually.LONGEST, command);
  }

  /** The same of one that may take so long. */
  static String run(Duration longest, String... command) throws IOException, InterruptedException {
    Path output = Files.createTempFile("soak-", ".out");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      boolean hasEnded = Eventually.ends(process, longest);
      process.destroyForcibly();
      String printed = Files.readString(output, StandardCharsets.UTF_8);
      if (!hasEnded || process.exitValue() != 0) {
        throw new SoakFailure(
            "%s %s:%n%s"
                .formatted(
                    command[0],
                    hasEnded ? "ends with status " + process.exitValue() : "does not end",
                    printed.strip()));
      }
      return printed;
    } finally {
      Files.delete(output);
    }
  }

  /** Why it does not succeed here; null if it does. */
  static @Nullable String whyNot(String... command) throws InterruptedException {
    try {
      run(command);
      return null;
    } catch (IOException | SoakFailure refusal) {
      return String.valueOf(refusal.getMessage()).strip();
    }
  }
}
