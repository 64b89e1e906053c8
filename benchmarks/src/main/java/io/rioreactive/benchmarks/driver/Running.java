package io.rioreactive.benchmarks.driver;

import static java.util.concurrent.TimeUnit.SECONDS;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rioreactive.benchmarks.contender.Task;
import io.rioreactive.benchmarks.load.Cores;
import io.rioreactive.benchmarks.load.CpuClock;
import io.rioreactive.benchmarks.load.Suspension;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/** A contender that runs, in a process of its own on the core of the contenders. */
final class Running implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long LONGEST_ANSWER = 60; // seconds

  private final ContenderSpec spec;
  private final Process process;
  private final Path errors;
  private final BufferedReader answers;
  private final Writer orders;
  private final CpuClock cpu;
  private final List<Integer> ports = new ArrayList<>();
  private final String transport;

  private Running(ContenderSpec spec, Process process, Path errors) throws IOException {
    this.spec = spec;
    this.process = process;
    this.errors = errors;
    answers = process.inputReader(StandardCharsets.US_ASCII);
    orders = process.outputWriter(StandardCharsets.US_ASCII);
    cpu = new CpuClock(process.pid());
    JsonNode ready = parsed(answer());
    if (ready.has("unsupported")) {
      throw new IOException(ready.get("unsupported").asText());
    }
    ready.get("ports").forEach(port -> ports.add(port.asInt()));
    transport = ready.get("transport").asText();
  }

  /** Starts it, and waits until it is bound. */
  static Running start(ContenderSpec spec, Programs programs, Task task, Cores cores)
      throws IOException {
    Path errors = programs.errors().resolve(spec.name() + ".err");
    ProcessBuilder builder =
        new ProcessBuilder(spec.command(programs, task)).redirectError(errors.toFile());
    Process process = cores.onServerCore(builder::start);
    try {
      return new Running(spec, process, errors);
    } catch (IOException | RuntimeException e) {
      process.destroyForcibly();
      throw e;
    }
  }

  ContenderSpec spec() {
    return spec;
  }

  CpuClock cpu() {
    return cpu;
  }

  List<Integer> ports() {
    return ports;
  }

  String transport() {
    return transport;
  }

  /**
   * What a contender has counted.
   *
   * @param received datagrams that its handler got
   * @param sent datagrams that it has handed over to be sent
   * @param allocated bytes of heap, all threads together
   * @param told kernel drops as the library tells its user; -1 if it does not
   */
  record Counters(long received, long sent, long allocated, long told) {}

  /** Has it stand still until {@link #resume}, so that it takes nothing from the others. */
  void suspend() throws IOException {
    Suspension.stop(process.pid());
  }

  void resume() throws IOException {
    Suspension.resume(process.pid());
  }

  Counters stats() throws IOException {
    return order("stats");
  }

  /** Gives an order, and waits for the counters after it. */
  Counters order(String words) throws IOException {
    return awaited(ordered(words));
  }

  /**
   * Gives an order; its answer is to be awaited before the next. It is done in any case after a
   * while, without an answer if none came.
   */
  CompletableFuture<String> ordered(String words) throws IOException {
    orders.write(words + "\n");
    orders.flush();
    return answer();
  }

  private CompletableFuture<String> answer() {
    return CompletableFuture.supplyAsync(this::readLine).orTimeout(LONGEST_ANSWER, SECONDS);
  }

  Counters awaited(CompletableFuture<String> answer) throws IOException {
    JsonNode counters = parsed(answer);
    return new Counters(
        counters.get("received").asLong(),
        counters.get("sent").asLong(),
        counters.get("allocated").asLong(),
        counters.get("told").asLong());
  }

  private JsonNode parsed(CompletableFuture<String> line) throws IOException {
    try {
      return JSON.readTree(line.get());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failure("was waited for no longer", e);
    } catch (ExecutionException e) {
      throw failure(e.getCause() instanceof TimeoutException ? "does not answer" : "has ended", e);
    }
  }

  private String readLine() {
    try {
      String line = answers.readLine();
      if (line == null) {
        throw new IllegalStateException("the end of its output");
      }
      return line;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private IOException failure(String what, Exception cause) {
    String said = "";
    try {
      said =
          Files.readAllLines(errors).stream()
              .filter(
                  line -> spec.isC() || line.contains("Error: ") || line.contains("Exception: "))
              .findFirst()
              .map(line -> ": " + line.strip())
              .orElse("");
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
    return new IOException(what + said + " (all of it in " + errors + ")", cause);
  }

  @Override
  public void close() {
    try {
      resume();
      orders.close();
      if (!process.waitFor(5, SECONDS)) {
        process.destroyForcibly();
      }
      if (Files.size(errors) == 0) {
        Files.delete(errors);
      }
    } catch (IOException e) {
      process.destroyForcibly(); // it had ended already
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
