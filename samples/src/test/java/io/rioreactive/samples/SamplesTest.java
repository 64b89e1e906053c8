package io.rioreactive.samples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What the samples say to wrong options, and one of them from its start to its end. */
@Timeout(60)
class SamplesTest {

  record Outcome(int status, String out, String err) {}

  /** A sample in this JVM, to its end. */
  static Outcome run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        Samples.commandLine()
            .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err));
    int status = command.execute(arguments);
    return new Outcome(status, out.toString(), err.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "--port, 70000, 0 to 65535",
    "--port, -1, 0 to 65535",
    "--port, many, not an int",
    "--slots, 0, 1 to 16777216",
    "--size, 0, 1 to 65507",
    "--size, 65508, 1 to 65507",
    "--provider, carrier-pigeon, linux-mmsg",
    "--notification, by-mail, polled",
    "--host, '', host",
    "--nonsense, 1, Unknown option"
  })
  void aWrongOptionIsOneLineAndStatusTwo(String option, String value, String said) {
    for (String sample : List.of("echo", "count", "sockperf")) {
      Outcome outcome = run(sample, option, value);

      assertThat(outcome.status()).isEqualTo(2);
      assertThat(outcome.err().lines())
          .singleElement()
          .asString()
          .startsWith(sample + ": ")
          .contains(said);
      assertThat(outcome.out()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "load --to localhost, no HOST:PORT",
    "load --to localhost:0, no HOST:PORT",
    "load --to localhost:http, no HOST:PORT",
    "load --to ::1:5050, needs brackets",
    "load --window 4, Missing required option",
    "load --to localhost:9 --window 4 --rate 5, one of them",
    "load --to localhost:9 --window 3, fewer --sockets",
    "load --to localhost:9 --rate 0, 1 to 100000000",
    "load --to localhost:9 --sockets 0, 1 to 10000",
    "load --to localhost:9 --size 23, 24 to 65507",
    "load --to localhost:9 --size 65508, 24 to 65507",
    "load --to localhost:9 --duration 0s, as in 5s",
    "load --to localhost:9 --duration 5, as in 5s",
    "load --to localhost:9 --duration 25h, up to 24h",
    "load --to localhost:9 --provider carrier-pigeon, linux-mmsg",
    "relay --to localhost:9, Missing required option",
    "relay --listen 70000 --to localhost:9, 0 to 65535",
    "relay --listen 0 --to nowhere, no HOST:PORT",
    "relay --listen 9 --to 127.0.0.1:9, name the server",
    "relay --listen 0 --to localhost:9 --loss 1.5, 0 to 1",
    "relay --listen 0 --to localhost:9 --loss NaN, 0 to 1",
    "relay --listen 0 --to localhost:9 --clients 0, 1 to 60000",
    "relay --listen 0 --to localhost:9 --idle never, as in 5s",
    "relay --listen 0 --to localhost:9 --size 65508, 1 to 65507",
    "relay --listen 0 --to localhost:9 --provider carrier-pigeon, linux-mmsg",
    "discover --group 192.0.2.1, no multicast address",
    "discover --group everybody, --group",
    "discover --port 0, 1 to 65535",
    "discover --every 0s, as in 5s",
    "discover --interface nosuch0, --interface is nosuch0"
  })
  void soIsOneOfTheOthers(String line, String said) {
    Outcome outcome = run(line.split(" "));

    assertThat(outcome.status()).isEqualTo(2);
    assertThat(outcome.err().lines()).singleElement().asString().contains(said);
    assertThat(outcome.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"load --to", "relay --listen 0 --to"})
  void aNameThatCannotBeResolvedIsOneLineAndStatusOne(String command) {
    Outcome outcome = run((command + " no-such-host.invalid:9").split(" "));

    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.err().lines())
        .singleElement()
        .asString()
        .contains("no-such-host.invalid", "cannot be resolved");
  }

  @Test
  void anUnknownSampleIsOneLineAndStatusTwo() {
    Outcome outcome = run("ecco");

    assertThat(outcome.status()).isEqualTo(2);
    assertThat(outcome.err().lines()).singleElement().asString().contains("ecco", "listed");
  }

  @Test
  void aBindThatFailsIsOneLineAndStatusOne() throws IOException {
    try (DatagramSocket taken = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
      String port = String.valueOf(taken.getLocalPort());
      Outcome outcome = run("echo", "--port", port);

      assertThat(outcome.status()).isEqualTo(1);
      assertThat(outcome.err().lines())
          .singleElement()
          .asString()
          .startsWith("echo: ")
          .contains("127.0.0.1:" + port);
    }
  }

  @Test
  void withoutANameAllSamplesAreListedWithOneLineEach() {
    Outcome outcome = run();

    assertThat(outcome.status()).isZero();
    for (String sample :
        List.of("echo", "count", "discover", "load", "relay", "sockperf", "rio-probe")) {
      assertThat(outcome.out().lines().filter(line -> line.strip().startsWith(sample + " ")))
          .singleElement()
          .asString()
          .endsWith(".");
    }
  }

  /** Each of them, and nothing else that lies there. */
  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "under Wine it runs in another folder")
  void amongThemThoseWithDependenciesOfTheirOwn() {
    StringWriter out = new StringWriter();

    Samples.commandLine(Application.in(Path.of("."))).setOut(new PrintWriter(out)).execute();

    assertThat(out.toString().lines().filter(line -> line.strip().startsWith("webflux ")))
        .singleElement()
        .asString()
        .endsWith(".");
    assertThat(out.toString())
        .contains("  echo ")
        .doesNotContain("app-parent", "  src ", "  target ");
  }

  @Test
  void helpListsTheOptions() {
    Outcome outcome = run("echo", "--help");

    assertThat(outcome.status()).isZero();
    assertThat(outcome.out())
        .contains("--port", "--host", "--slots", "--size", "--provider", "--notification");
  }

  @Test
  void rioProbeTakesNoOptionButHelp() {
    Outcome outcome = run("rio-probe", "--port", "5050");

    assertThat(outcome.status()).isEqualTo(2);
    assertThat(outcome.err().lines())
        .singleElement()
        .asString()
        .startsWith("rio-probe: ")
        .contains("--port");
    assertThat(run("rio-probe", "--help").out()).contains("Markdown", "Exit status");
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "it asks there")
  void rioProbeSaysInOneLineWhereItWorks() {
    Outcome outcome = run("rio-probe");

    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.err().lines())
        .singleElement()
        .asString()
        .startsWith("rio-probe: this is " + System.getProperty("os.name") + ", ")
        .contains("needs Windows", "samples\\run.cmd rio-probe", "windows/verify run rio-probe");
    assertThat(outcome.out()).isEmpty();
  }

  @Test
  @EnabledOnOs(value = OS.WINDOWS, disabledReason = "it says only where it works")
  @DisabledIfSystemProperty(
      named = "io.rioreactive.winsock",
      matches = ".*",
      disabledReason = "it breaks rules on purpose, which the double would report")
  @Timeout(300)
  void rioProbePrintsATableOnWindows() {
    Outcome outcome = run("rio-probe");

    assertThat(outcome.status()).isIn(0, 1); // 1: there is no RIO here
    assertThat(outcome.out().lines().filter(line -> line.startsWith("| ")))
        .hasSizeGreaterThan(20)
        .allMatch(line -> line.split("(?<!\\\\)\\|").length == 5);
    assertThat(outcome.out()).contains("Winsock: ").contains("| WSAIoctl hands out the table");
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "a process cannot be asked to end there")
  void echoSaysWhenItIsReadyAnswersAndEndsWithTheTotals() throws Exception {
    Process echo = start("echo", "--port", "0", "--provider", "nio", "--slots", "8");
    try (BufferedReader lines = echo.inputReader()) {
      Matcher ready =
          Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+), nio, 8 slots of 2048 bytes")
              .matcher(lines.readLine());
      assertThat(ready.matches()).as(ready.toString()).isTrue();
      int port = Integer.parseInt(ready.group(1));

      assertThat(ask(port, "hello")).isEqualTo("hello");
      assertThat(ask(port, "")).isEmpty();
      echo.toHandle().destroy(); // SIGTERM, and its output stays open

      assertThat(lines.lines().toList()).containsExactly("total: received 2, sent 2, lost 0");
      assertThat(echo.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(echo.exitValue()).isZero();
    } finally {
      echo.destroyForcibly();
    }
  }

  private static Process start(String... arguments) throws IOException {
    return new ProcessBuilder(command(arguments))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** What starts a sample in a JVM of its own. */
  static List<String> command(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("-cp");
    command.add(classPath());
    command.add(Samples.class.getName());
    command.addAll(List.of(arguments));
    return command;
  }

  /** By name, since the samples' module does not read all of them. */
  private static String classPath() {
    return Stream.of(
            "io.rioreactive.samples.Samples",
            "io.rioreactive.RioUdpServer",
            "picocli.CommandLine",
            "org.HdrHistogram.Histogram",
            "reactor.core.publisher.Flux",
            "org.reactivestreams.Publisher",
            "org.slf4j.Logger",
            "org.jctools.queues.MessagePassingQueue")
        .map(SamplesTest::placeOf)
        .reduce((all, next) -> all + File.pathSeparator + next)
        .orElseThrow();
  }

  private static String placeOf(String type) {
    try {
      return Path.of(
              Class.forName(type).getProtectionDomain().getCodeSource().getLocation().toURI())
          .toString();
    } catch (ClassNotFoundException | URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static String ask(int port, String text) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(10_000);
      byte[] bytes = text.getBytes(UTF_8);
      socket.send(
          new DatagramPacket(
              bytes,
              bytes.length,
              new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port)));
      DatagramPacket answer = new DatagramPacket(new byte[100], 100);
      socket.receive(answer);
      return new String(answer.getData(), 0, answer.getLength(), UTF_8);
    }
  }
}
