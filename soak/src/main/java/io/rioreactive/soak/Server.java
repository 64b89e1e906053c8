package io.rioreactive.soak;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * The process that is struck, seen from outside: what it is told by lines and answers by lines (see
 * {@link Served}), and its number, for signals and limits.
 *
 * <p>The run's thread. Nothing waits for it for ever; closing it requires a clean end.
 */
final class Server implements AutoCloseable {

  /** Longer than a JVM needs to start under Wine on a busy machine. */
  private static final Duration LONGEST_ANSWER = Duration.ofMinutes(2);

  private static final String OK = "ok";
  private static final String END = "";
  private static final int LAST_LINES = 40;

  private final InetAddress host;
  private final Process process;
  private final Path log;
  private final BufferedWriter in;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();

  private Server(InetAddress host, Process process, Path log) {
    this.host = host;
    this.process = process;
    this.log = log;
    in = process.outputWriter(StandardCharsets.UTF_8);
    Thread.ofPlatform().daemon().name("server-answers").start(this::readAnswers);
  }

  /** Starts one. */
  static Server start(Options options, String provider) throws IOException {
    return start(options, provider, Map.of());
  }

  /** Starts one with more in its environment. */
  static Server start(Options options, String provider, Map<String, String> environment)
      throws IOException {
    List<String> command = new ArrayList<>(options.served());
    if (command.isEmpty()) {
      command.addAll(Jvm.command(Served.class));
    }
    command.add(provider);
    Path log = Files.createTempFile("soak-", ".log");
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(log.toFile());
    builder.environment().put("MALLOC_ARENA_MAX", "2"); // else each thread reserves 64 MiB
    builder.environment().putAll(environment);
    return new Server(InetAddress.ofLiteral(options.host()), builder.start(), log);
  }

  private void readAnswers() {
    try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        answers.add(line.strip());
      }
    } catch (IOException gone) {
      // as at its end
    }
    answers.add(END);
  }

  long pid() {
    return process.pid();
  }

  /** Opens a connection under this name. */
  InetSocketAddress open(String name) throws IOException, InterruptedException {
    String port = tell("open " + name + " " + host.getHostAddress());
    return new InetSocketAddress(host, Integer.parseInt(port));
  }

  /** What a connection has counted. */
  Counts counts(String name) throws IOException, InterruptedException {
    return Counts.parse(tell("counts " + name));
  }

  /** Has it do something, and returns what it answers. */
  String tell(String line) throws IOException, InterruptedException {
    begin(line);
    return end(line);
  }

  /** Has it begin something, for {@link #end}. */
  void begin(String line) throws IOException {
    in.write(line);
    in.newLine();
    in.flush();
  }

  /** Waits for the answer to what has begun. */
  String end(String line) throws InterruptedException {
    String answer = Eventually.within(LONGEST_ANSWER, () -> answers.poll(1, TimeUnit.SECONDS));
    if (answer == null) {
      throw new SoakFailure("the server does not answer \"" + line + "\"");
    }
    if (answer.equals(END)) {
      answers.add(END);
      throw new SoakFailure("the server has ended before it answered \"" + line + "\"");
    }
    if (!answer.startsWith(OK)) {
      throw new SoakFailure("the server answers \"" + line + "\" by: " + answer);
    }
    return answer.substring(OK.length()).strip();
  }

  /** The end of what it has logged, for whoever reads of a failure. */
  String lastWords() {
    try {
      List<String> lines = Files.readAllLines(log, StandardCharsets.UTF_8);
      List<String> last = lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size());
      return "the server's log ends with:\n  " + String.join("\n  ", last);
    } catch (IOException unreadable) {
      return "the server's log cannot be read: " + unreadable;
    }
  }

  @Override
  public void close() throws IOException {
    in.close(); // it ends upon this
    boolean hasEnded = awaitEnd();
    process.destroyForcibly();
    if (!hasEnded || process.exitValue() != 0) {
      throw new SoakFailure(
          "the server %s: %s"
              .formatted(
                  hasEnded ? "ended with status " + process.exitValue() : "does not end",
                  lastWords()));
    }
    Files.delete(log);
  }

  private boolean awaitEnd() {
    try {
      return Eventually.ends(process, Eventually.LONGEST);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
