package io.rioreactive.samples.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rioreactive.RioConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.xbill.DNS.Rcode;
import picocli.CommandLine;

/** Knot's kdig and DNS-OARC's dnsperf ask the sample, over real sockets. */
@Timeout(180)
class RealClientsTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  /** In a file beside the sample, which its help names too. */
  private static final Path QUESTIONS = Path.of("questions.txt").toAbsolutePath();

  @TempDir private Path folder;

  private Responder responder;
  private RioConnection server;

  @BeforeEach
  void bind() throws ZoneFileException {
    DnsOptions options = new DnsOptions();
    new CommandLine(options).parseArgs("--port", "0");
    responder = options.responder();
    server = DnsServer.bind(options, "auto", 1, responder);
  }

  @AfterEach
  void close() {
    server.disposeNow();
  }

  private String port() {
    return String.valueOf(server.localAddress().getPort());
  }

  /** One question, by UDP alone, asked once. */
  private String kdig(String words) throws Exception {
    Program.need("kdig");
    List<String> command = new ArrayList<>(List.of("kdig", "@127.0.0.1", "-p", port()));
    command.addAll(List.of("+notcp", "+ignore", "+retry=0", "+time=30"));
    command.addAll(List.of(words.split(" ", -1)));
    return Program.run(folder, command);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "www.example.org A | 192.0.2.80",
        "www.example.org AAAA | 2001:db8::80",
        "example.org MX | 10 mail.example.org.;20 mail.example.net.",
        "example.org TXT | \"v=spf1 mx -all\"",
        "docs.example.org CNAME | pages.example.net.",
        "ftp.example.org A | www.example.org.;192.0.2.80",
        "any.apps.example.org A | 192.0.2.90",
        "_sip._udp.example.org SRV | 10 5 5060 www.example.org."
      })
  void kdigIsAnswered(String question, String answer) throws Exception {
    assertThat(kdig("+short " + question).lines()).containsExactly(answer.split(";", -1));
  }

  @Test
  void kdigIsToldWhatThereIsNot() throws Exception {
    assertThat(kdig("+noedns nobody.example.org A"))
        .contains("status: NXDOMAIN")
        .containsPattern("Flags: qr aa rd;.* ANSWER: 0; AUTHORITY: 1;")
        .contains("hostmaster.example.org. 2026010100");
    assertThat(kdig("+noedns www.example.org MX"))
        .contains("status: NOERROR")
        .containsPattern("Flags: qr aa rd;.* ANSWER: 0; AUTHORITY: 1;");
    assertThat(kdig("+noedns www.example.net A")).contains("status: REFUSED");
  }

  @Test
  void kdigIsReferredToWhoKnows() throws Exception {
    assertThat(kdig("+noedns a.lab.example.org A"))
        .containsPattern("Flags: qr rd;.* ANSWER: 0; AUTHORITY: 1; ADDITIONAL: 1")
        .contains("192.0.2.100");
  }

  @Test
  void kdigGetsAsMuchAsItTakes() throws Exception {
    String without = kdig("+noedns pool.example.org A");
    String small = kdig("+edns=0 +bufsize=512 pool.example.org A");
    String enough = kdig("+edns=0 +bufsize=4096 pool.example.org A");

    assertThat(without).containsPattern("Flags: qr aa tc rd;.* ANSWER: 0;");
    assertThat(without).doesNotContain("EDNS PSEUDOSECTION");
    assertThat(small).containsPattern("Flags: qr aa tc rd;.* ANSWER: 0;");
    assertThat(small).contains("UDP size: 1232 B");
    assertThat(enough).containsPattern("Flags: qr aa rd;.* ANSWER: 40;");
    assertThat(responder.counts().truncated()).isEqualTo(2);
  }

  @Test
  void kdigIsToldWhichEdnsThereIs() throws Exception {
    assertThat(kdig("+edns=1 www.example.org A")).contains("BADVERS").containsPattern("ANSWER: 0;");
  }

  /** A hundred times through all questions, 50 of them under way: as many answers, none late. */
  @Test
  void dnsperfLosesNothing() throws Exception {
    Program.need("dnsperf");
    long questions = 100L * Files.readAllLines(QUESTIONS).size();
    String command =
        "dnsperf -s 127.0.0.1 -p %s -d %s -n 100 -q 50 -t 30".formatted(port(), QUESTIONS);

    String report = Program.run(folder, List.of(command.split(" ", -1)));

    assertThat(number(report, "Queries sent:")).as(report).isEqualTo(questions);
    assertThat(number(report, "Queries completed:")).as(report).isEqualTo(questions);
    assertThat(number(report, "Queries lost:")).as(report).isZero();
    assertThat(report).contains("NXDOMAIN " + questions / 12 + " ");
    assertThat(responder.counts().answered(Rcode.NXDOMAIN)).isEqualTo(questions / 12);
    await()
        .atMost(LONG)
        .untilAsserted(
            () -> {
              assertThat(server.stats().received()).isEqualTo(questions);
              assertThat(server.stats().sent()).isEqualTo(questions);
            });
    assertThat(server.stats().droppedTotal()).isZero();
  }

  private static long number(String report, String words) {
    Matcher matcher = Pattern.compile(Pattern.quote(words) + "\\s*(\\d+)").matcher(report);
    assertThat(matcher.find()).as(report).isTrue();
    return Long.parseLong(matcher.group(1));
  }
}
