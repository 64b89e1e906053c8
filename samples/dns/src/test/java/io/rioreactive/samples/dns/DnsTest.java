package io.rioreactive.samples.dns;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Type;
import picocli.CommandLine;

/** The sample from its start to its end, and what it says to what it cannot do. */
@Timeout(60)
class DnsTest {

  record Outcome(int status, String out, String err) {}

  private static Outcome run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    CommandLine command =
        Dns.commandLine(new Dns())
            .setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF))
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(err));
    int status = command.execute(arguments);
    return new Outcome(status, out.toString(), err.toString());
  }

  private static void assertOneLine(Outcome outcome, int status, String said) {
    assertThat(outcome.status()).isEqualTo(status);
    assertThat(outcome.err().lines()).singleElement().asString().startsWith("dns: ").contains(said);
    assertThat(outcome.out()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "--port, 70000, 0 to 65535",
    "--port, many, not an int",
    "--udp-size, 511, 512 to 4096",
    "--udp-size, 4097, 512 to 4096",
    "--provider, carrier-pigeon, linux-mmsg",
    "--pumps, 0, 1 to 1024",
    "--nonsense, 1, Unknown option"
  })
  void aWrongOptionIsOneLineAndStatusTwo(String option, String value, String said) {
    assertOneLine(run(option, value), 2, said);
    assertOneLine(run(option, value), 2, "--help lists the options");
  }

  @Test
  void aZoneThatIsWrongIsOneLineWithFileLineAndReason(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("my.zone");
    Files.writeString(file, ZoneFileTest.GOOD + "www A 192.0.2.256\n");

    assertOneLine(run("--zone", file.toString()), 1, file + ":6: Invalid address: 192.0.2.256");
    assertOneLine(run("--zone", file + "s"), 1, file + "s: there is no such file");
  }

  @Test
  void aPortThatIsTakenIsOneLineAndStatusOne() throws IOException {
    try (DatagramSocket taken = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
      String port = String.valueOf(taken.getLocalPort());

      assertOneLine(run("--port", port), 1, "127.0.0.1:" + port);
    }
  }

  @Test
  void helpListsTheOptionsAndSaysWhatToTry() {
    Outcome outcome = run("--help");

    assertThat(outcome.status()).isZero();
    assertThat(outcome.out())
        .contains("--host", "--port", "--zone", "--udp-size", "--provider", "--pumps")
        .contains("kdig @127.0.0.1 -p 5053 www.example.org", "dnsperf ");
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "a process cannot be asked to end there")
  void itSaysWhenItIsReadyAnswersAndEndsWithTheTotals(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("my.zone");
    Files.writeString(file, ZoneFileTest.GOOD);
    Process dns =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Dns.class.getName(),
                "--port",
                "0",
                "--provider",
                "nio",
                "--zone",
                file.toString())
            .redirectError(folder.resolve("errors").toFile())
            .start();
    try (BufferedReader lines = dns.inputReader(UTF_8)) {
      Matcher ready =
          Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+), nio, 1024 slots of 2048 bytes")
              .matcher(String.valueOf(lines.readLine()));
      assertThat(ready.matches()).as(ready + Files.readString(folder.resolve("errors"))).isTrue();
      assertThat(lines.readLine()).isEqualTo("zone example.org., 2 names");
      int port = Integer.parseInt(ready.group(1));

      assertThat(answers(port, Messages.query("ns.example.org.", Type.A).toWire())).isTrue();
      assertThat(answers(port, Messages.query("no.example.org.", Type.A).toWire())).isTrue();
      dns.toHandle().destroy(); // SIGTERM, and its output stays open

      assertThat(lines.lines().toList())
          .containsExactly(
              "total: received 2, answered 2 (NOERROR 1, NXDOMAIN 1), truncated 0, ignored 0,"
                  + " sent 2, lost 0");
      assertThat(dns.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(dns.exitValue()).isZero();
    } finally {
      dns.destroyForcibly();
    }
  }

  private static boolean answers(int port, byte[] question) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setSoTimeout(10_000);
      socket.send(
          new DatagramPacket(
              question,
              question.length,
              new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port)));
      DatagramPacket answer = new DatagramPacket(new byte[2_048], 2_048);
      socket.receive(answer);
      return answer.getLength() > question.length;
    }
  }
}
