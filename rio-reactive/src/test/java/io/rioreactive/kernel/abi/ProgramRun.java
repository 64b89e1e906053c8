package io.rioreactive.kernel.abi;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/**
 * What became of a program that a test ran for a bounded time: its exit code, -1 if it was ended
 * when its time was up, and all that it wrote.
 */
public record ProgramRun(int exitCode, String output, String errors) {

  private static final long SECONDS_TO_END = 10;

  /** Whether it ended by itself and said that all was well. */
  public boolean succeeded() {
    return exitCode == 0;
  }

  /** Exit code and texts, for a message. */
  public String report() {
    return "exit code " + exitCode + "\n" + output + errors;
  }

  /**
   * Runs a program to its end. Whatever it started ends with it when its time is up.
   *
   * @param environment variables on top of this process's own
   * @return empty if there is no such program
   */
  public static Optional<ProgramRun> of(
      Duration limit, Map<String, String> environment, List<String> command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      return Optional.empty();
    }
    process.getOutputStream().close();
    Future<String> output = reading(process.getInputStream());
    Future<String> errors = reading(process.getErrorStream());
    int exitCode = -1;
    if (process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
      exitCode = process.exitValue();
    } else {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    return Optional.of(new ProgramRun(exitCode, allOf(output), allOf(errors)));
  }

  private static Future<String> reading(InputStream stream) {
    FutureTask<String> task =
        new FutureTask<>(() -> new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    Thread.ofPlatform().name("program-output").daemon().start(task);
    return task;
  }

  private static String allOf(Future<String> text) throws Exception {
    return text.get(SECONDS_TO_END, TimeUnit.SECONDS);
  }
}
