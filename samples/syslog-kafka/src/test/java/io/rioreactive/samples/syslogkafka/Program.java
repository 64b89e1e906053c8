package io.rioreactive.samples.syslogkafka;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A real program on the other side: what it prints, line by line. */
final class Program implements AutoCloseable {

  /** A broker takes its time to start where others are at work. */
  private static final Duration LONG = Duration.ofSeconds(90);

  private final Process process;
  private final List<String> lines = new CopyOnWriteArrayList<>();
  private final Thread reader;

  /** Starts it; both of its outputs are read. */
  Program(String... command) throws IOException {
    process = new ProcessBuilder(command).redirectErrorStream(true).start();
    reader = Thread.ofPlatform().daemon().name(command[0]).start(this::read);
  }

  /**
   * That such a program runs here: else the test is skipped, and where {@code CI} is set, to
   * anything but {@code false}, it fails.
   */
  static void need(String what, String... command) throws InterruptedException {
    if (runs(command)) {
      return;
    }
    String ci = System.getenv("CI");
    if (ci == null || ci.isEmpty() || ci.equals("false")) {
      abort("this machine does not have " + what + ": .ci/install installs it");
    }
    fail("CI=" + ci + ", and this machine does not have " + what);
  }

  private static boolean runs(String... command) throws InterruptedException {
    try (Program program = new Program(command)) {
      return program.exitCode() == 0;
    } catch (IOException isMissing) {
      return false;
    }
  }

  private void read() {
    try (BufferedReader out = process.inputReader()) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        lines.add(line);
      }
    } catch (IOException ended) {
      // what it has printed is there
    }
  }

  /** Waits for a line. */
  String awaitLine(Predicate<String> isIt) {
    await()
        .atMost(LONG)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .until(() -> lines.stream().anyMatch(isIt) || !reader.isAlive());
    return lines.stream()
        .filter(isIt)
        .findFirst()
        .orElseThrow(() -> new AssertionError("it ended and printed " + lines));
  }

  /** All it has printed so far. */
  List<String> lines() {
    return List.copyOf(lines);
  }

  /** Asks it to end (SIGTERM). What it still prints is read. */
  void ask() {
    process.toHandle().destroy();
  }

  /** Waits for its end. */
  int exitCode() throws InterruptedException {
    if (!process.waitFor(LONG.toSeconds(), TimeUnit.SECONDS)) {
      throw new AssertionError("it still runs and has printed " + lines);
    }
    reader.join();
    return process.exitValue();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly();
    reader.join();
  }

  @Override
  public String toString() {
    return process.info().command().orElse("program") + " " + lines;
  }
}
