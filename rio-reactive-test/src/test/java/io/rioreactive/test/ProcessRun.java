package io.rioreactive.test;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * A program that has ended by itself.
 *
 * @param status its exit status
 * @param lines what it printed, errors too
 */
public record ProcessRun(int status, List<String> lines) {

  private static final Duration LONGEST = Duration.ofSeconds(100);

  /** Waits until it ends, and no longer than 100 s. */
  public static ProcessRun of(List<String> command) throws IOException, InterruptedException {
    return of(new ProcessBuilder(command));
  }

  /** As {@link #of(List)}, with the environment of the builder. */
  static ProcessRun of(ProcessBuilder builder) throws IOException, InterruptedException {
    Process process = builder.redirectErrorStream(true).start();
    try {
      Queue<String> lines = new ConcurrentLinkedQueue<>();
      Thread reader =
          Thread.ofVirtual().start(() -> process.inputReader(UTF_8).lines().forEach(lines::add));
      if (!reader.join(LONGEST) || !process.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("not ended within " + LONGEST + ": " + lines);
      }
      return new ProcessRun(process.exitValue(), List.copyOf(lines));
    } finally {
      process.destroyForcibly();
    }
  }
}
