package io.rioreactive.samples.statsd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** The program: options, what it prints, and how it ends. */
@Timeout(180)
class StatsdTest {

  private record Outcome(int status, String out, String err) {}

  private static Outcome run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine program =
        Statsd.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    int status = program.execute(arguments);
    return new Outcome(status, out.toString(), err.toString());
  }

  @Test
  void helpListsTheOptions() {
    Outcome outcome = run("--help");

    assertThat(outcome.status()).isZero();
    assertThat(outcome.out()).contains("--port", "--http-port", "--demo", "slider");
  }

  @ParameterizedTest
  @CsvSource({
    "--port=70000, port",
    "--port=soon, --port",
    "--slots=0, receiveSlots",
    "--size=70000, datagramSize",
    "--provider=none, none",
    "--http-port=-1, --http-port",
    "--demo=-5, --demo",
    "--colour, --colour"
  })
  void aWrongOptionIsOneLineThatNamesIt(String option, String named) {
    Outcome outcome = run(option);

    assertThat(outcome.status()).isEqualTo(2);
    assertThat(outcome.err().lines())
        .singleElement()
        .asString()
        .startsWith("statsd: ")
        .contains(named)
        .endsWith("; --help lists the options");
  }

  @Test
  void aTakenPortIsOneLineThatSaysWhatToDo() throws IOException {
    try (DatagramSocket other = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      Outcome outcome = run("--http-port=0", "--port=" + other.getLocalPort());

      assertThat(outcome.status()).isEqualTo(1);
      assertThat(outcome.err().lines())
          .singleElement()
          .asString()
          .startsWith("statsd: ")
          .contains(String.valueOf(other.getLocalPort()));
    }
  }

  @Test
  void aTakenPortOfThePageIsOneLineToo() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Outcome outcome = run("--port=0", "--http-port=" + other.getLocalPort());

      assertThat(outcome.status()).isEqualTo(1);
      assertThat(outcome.err().lines())
          .singleElement()
          .asString()
          .startsWith("statsd: ")
          .contains(String.valueOf(other.getLocalPort()))
          .endsWith(": --http-port names another");
    }
  }

  @Test
  void aHostThatNobodyKnowsIsOneLine() {
    Outcome outcome = run("--port=0", "--http-port=0", "--http-host=nobody.invalid");

    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.err().lines())
        .singleElement()
        .asString()
        .contains("nobody.invalid", "check the name");
  }

  /** As a user runs it: it says where it listens, and after SIGTERM what it has done. */
  @Test
  void aSignalDrainsItAndItSaysTheTotals() throws Exception {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--enable-native-access=ALL-UNNAMED",
            "-XX:TieredStopAtLevel=1", // it runs for a moment only
            "-cp",
            System.getProperty("java.class.path"),
            Statsd.class.getName(),
            "--port=0",
            "--http-port=0",
            "--demo=100");
    Process program =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (var out = program.inputReader()) {
      assertThat(out.readLine())
          .matches("listening on 127\\.0\\.0\\.1:\\d+, [a-z-]+, 256 slots of 2048 bytes");
      String page = out.readLine();
      assertThat(page).matches("page at http://127\\.0\\.0\\.1:\\d+/");
      awaitLines(page.substring("page at ".length()));

      program.toHandle().destroy(); // SIGTERM, and its output stays open

      String totals = out.readLine();
      Matcher total =
          Pattern.compile(
                  "total: received (\\d+) datagrams with (\\d+) lines, 0 of them refused; lost 0")
              .matcher(totals);
      assertThat(total.matches()).as(totals).isTrue();
      assertThat(Long.parseLong(total.group(2)))
          .isEqualTo(Long.parseLong(total.group(1)) * DemoLoad.LINES)
          .isPositive();
      assertThat(out.readLine()).isNull();
      assertThat(program.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(program.exitValue()).isZero();
    } finally {
      program.destroyForcibly();
    }
  }

  private static void awaitLines(String url) {
    Tick tick =
        RunningStatsd.ticksOf(url).filter(it -> it.lines() > 0).blockFirst(RunningStatsd.LONG);
    assertThat(tick).isNotNull();
  }
}
