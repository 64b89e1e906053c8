package io.rioreactive.samples.syslogkafka;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What the program says to wrong options, and itself from its start to its end. */
@Timeout(240)
class SyslogKafkaTest {

  record Outcome(int status, String out, String err) {}

  /** In this JVM, to its end. */
  private static Outcome run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        SyslogKafka.commandLine()
            .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err));
    int status = command.execute(arguments);
    return new Outcome(status, out.toString(), err.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "--port 70000, 0 to 65535",
    "--port many, not an int",
    "--pumps 0, 1 to 1024",
    "--size 0, 1 to 65507",
    "--provider carrier-pigeon, linux-mmsg",
    "--partitions 0, 1 to 10000",
    "--in-flight 0, 1 to 1000000",
    "--broker-port 70000, 0 to 65535",
    "--bootstrap-servers localhost:9092 --broker-only, one or the other",
    "--bootstrap-servers localhost:9092 --broker-port 9093, one or the other",
    "--bootstrap-servers localhost, bootstrap.servers: localhost",
    "--bootstrap-servers localhost:9092 --config no-such-file, no such file",
    "--nonsense, Unknown option"
  })
  void aWrongOptionIsOneLineAndStatusTwo(String line, String said) {
    Outcome outcome = run(line.split(" "));

    assertThat(outcome.status()).isEqualTo(2);
    assertThat(outcome.err().lines())
        .singleElement()
        .asString()
        .startsWith("syslog-kafka: ")
        .contains(said, "--help");
    assertThat(outcome.out()).isEmpty();
  }

  @Test
  void aBrokersPortThatIsTakenIsOneLineWithTheRemedy() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      Outcome outcome = run("--broker-port", String.valueOf(taken.getLocalPort()));

      assertThat(outcome.status()).isEqualTo(1);
      assertThat(outcome.err().lines())
          .singleElement()
          .asString()
          .contains("taken", "--bootstrap-servers 127.0.0.1:" + taken.getLocalPort());
    }
  }

  @Test
  void aFolderThatCannotBeMadeIsOneLine() {
    Outcome outcome = run("--broker-port", "0", "--broker-data", "pom.xml/data");

    assertThat(outcome.status()).isEqualTo(1);
    assertThat(outcome.err().lines())
        .singleElement()
        .asString()
        .startsWith("syslog-kafka: no folder ")
        .contains("pom.xml/data", "name another");
  }

  @Test
  void aPortThatIsTakenIsOneLine() throws IOException {
    try (DatagramSocket taken = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
      String port = String.valueOf(taken.getLocalPort());

      Outcome outcome = run("--bootstrap-servers", "127.0.0.1:9", "--port", port);

      assertThat(outcome.status()).isEqualTo(1);
      assertThat(outcome.err().lines())
          .singleElement()
          .asString()
          .startsWith("syslog-kafka: ")
          .contains("127.0.0.1:" + port);
    }
  }

  @Test
  void helpListsTheOptionsAndHowToTryIt() {
    Outcome outcome = run("--help");

    assertThat(outcome.status()).isZero();
    assertThat(outcome.out())
        .contains("--port=PORT", "--bootstrap-servers", "(5514)", "(1024)", "logger -d");
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "a process cannot be asked to end there")
  void withABrokerOfItsOwnItStoresShowsAndEndsWithTheTotals() throws Exception {
    try (Program program = new Program(command("--port", "0", "--broker-port", "0", "--tail"))) {
      Path data = data(program.awaitLine(line -> line.startsWith("broker on 127.0.0.1:")));
      assertThat(data).isDirectory();
      int port = port(program.awaitLine(line -> line.startsWith("listening on ")));
      program.awaitLine(line -> line.startsWith("storing in topic syslog of 127.0.0.1:"));

      send(port, "<13>hello");
      program.awaitLine(line -> line.matches("p\\d \\{.*\"text\":\"hello\"}"));
      program.ask();

      assertThat(program.exitCode()).as(program.toString()).isZero();
      assertThat(program.lines())
          .contains(
              "total: received 1, stored 1, not stored 0, given up 0, lost 0; of neither RFC 1;"
                  + " the topic has taken 1 records")
          .noneMatch(line -> line.contains("\tat ")); // no stack trace
      assertThat(data).doesNotExist();
    }
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "a process cannot be asked to end there")
  void withoutABrokerItSaysSoStoresNothingAndEnds() throws Exception {
    int nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      nobody = socket.getLocalPort();
    }
    try (Program program =
        new Program(command("--port", "0", "--bootstrap-servers", "127.0.0.1:" + nobody))) {
      int port = port(program.awaitLine(line -> line.startsWith("listening on ")));
      send(port, "<13>hello");
      program.awaitLine(
          line -> line.startsWith("no Kafka broker answers at 127.0.0.1:" + nobody + ": trying"));
      program.ask();

      assertThat(program.exitCode()).as(program.toString()).isZero();
      assertThat(program.lines())
          .anyMatch(
              line ->
                  line.startsWith("total: received 0, stored 0, not stored 0, given up 0, lost 0")
                      && line.endsWith("the topic was never reached"));
    }
  }

  private static String[] command(String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--enable-native-access=ALL-UNNAMED");
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(SyslogKafka.class.getName());
    command.addAll(List.of(arguments));
    return command.toArray(String[]::new);
  }

  private static int port(String ready) {
    Matcher port = Pattern.compile("^listening on 127\\.0\\.0\\.1:(\\d+), ").matcher(ready);
    assertThat(port.find()).as(ready).isTrue();
    return Integer.parseInt(port.group(1));
  }

  private static Path data(String broker) {
    Matcher data = Pattern.compile(", data in (.+), which is deleted at the end$").matcher(broker);
    assertThat(data.find()).as(broker).isTrue();
    return Path.of(data.group(1));
  }

  private static void send(int port, String message) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      byte[] bytes = message.getBytes(US_ASCII);
      socket.send(
          new DatagramPacket(bytes, bytes.length, InetAddress.ofLiteral("127.0.0.1"), port));
    }
  }
}
