package io.rioreactive.samples.syslogkafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.samples.syslogkafka.SyslogMessage.Format;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of both RFCs, the borders of their grammar, and what is neither. */
class SyslogMessageTest {

  private static final String HEADER = "<165>1 2003-10-11T22:14:15.003Z host app 8710 ID47 ";

  @Test
  void theFirstExampleOfRfc5424() {
    SyslogMessage message =
        SyslogMessage.parse(
            "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \uFEFF'su root'"
                + " failed for lonvick on /dev/pts/8");

    assertThat(message)
        .isEqualTo(
            new SyslogMessage(
                Format.RFC5424,
                34,
                "2003-10-11T22:14:15.003Z",
                "mymachine.example.com",
                "su",
                null,
                "ID47",
                Map.of(),
                "'su root' failed for lonvick on /dev/pts/8"));
    assertThat(message.facility()).isEqualTo(4);
    assertThat(message.severity()).isEqualTo(2);
  }

  @Test
  void theSecondExampleWithoutStructuredData() {
    SyslogMessage message =
        SyslogMessage.parse(
            "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time to"
                + " make the do-nuts.");

    assertThat(message.format()).isEqualTo(Format.RFC5424);
    assertThat(message.time()).isEqualTo("2003-08-24T05:14:15.000003-07:00");
    assertThat(message.process()).isEqualTo("8710");
    assertThat(message.id()).isNull();
    assertThat(message.text()).isEqualTo("%% It's time to make the do-nuts.");
  }

  @Test
  void theFourthExampleOfStructuredDataAlone() {
    SyslogMessage message =
        SyslogMessage.parse(
            "<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47"
                + " [exampleSDID@32473 iut=\"3\" eventSource=\"Application\" eventID=\"1011\"]"
                + "[examplePriority@32473 class=\"high\"]");

    assertThat(message.data())
        .containsExactly(
            Map.entry(
                "exampleSDID@32473",
                Map.of(
                    "iut",
                    List.of("3"),
                    "eventSource",
                    List.of("Application"),
                    "eventID",
                    List.of("1011"))),
            Map.entry("examplePriority@32473", Map.of("class", List.of("high"))));
    assertThat(message.text()).isEmpty();
  }

  @Test
  void escapesAreUndoneAndAParameterMayRepeat() {
    SyslogMessage message =
        SyslogMessage.parse(
            HEADER
                + "[origin ip=\"192.0.2.1\" ip=\"192.0.2.129\" v=\"\\\"q\\\" \\\\ \\] \\n [\"] x");

    assertThat(message.format()).isEqualTo(Format.RFC5424);
    assertThat(message.data().get("origin"))
        .containsEntry("ip", List.of("192.0.2.1", "192.0.2.129"))
        .containsEntry("v", List.of("\"q\" \\ ] \\n ["));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2003-10-11T22:14:15Z",
        "2003-10-11T22:14:15.123456Z",
        "2004-02-29T00:00:00+23:59",
        "0000-01-01T23:59:59-00:00",
        "-"
      })
  void timesThatAreAllowed(String time) {
    assertThat(SyslogMessage.parse("<1>1 " + time + " - - - - -").format())
        .isEqualTo(Format.RFC5424);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2003-10-11T22:14:15.1234567Z", // more than microseconds
        "2003-10-11T22:14:15.Z",
        "2003-10-11T22:14:60Z", // a leap second
        "2003-10-11T24:00:00Z",
        "2003-10-11T22:60:15Z",
        "2003-02-29T22:14:15Z",
        "2003-13-01T22:14:15Z",
        "2003-00-01T22:14:15Z",
        "2003-10-00T22:14:15Z",
        "2003-10-11t22:14:15z",
        "2003-10-11T22:14:15",
        "2003-10-11T22:14:15+24:00",
        "2003-10-11T22:14:15+01:60",
        "2003-10-11 22:14:15Z"
      })
  void timesThatAreNot(String time) {
    assertThat(SyslogMessage.parse("<1>1 " + time + " - - - - -").format()).isEqualTo(Format.PLAIN);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[",
        "[]",
        "[ id]",
        "[id",
        "[id ]",
        "[id a]",
        "[id a=]",
        "[id a=b]",
        "[id a=\"b]",
        "[id a=\"b\"",
        "[id a=\"]\"]",
        "[id a=\"b\"]x",
        "[id a=\"b\"][id c=\"d\"]",
        "[i=d]",
        "[abcdefghijklmnopqrstuvwxyz-012345]", // 33 characters
        "-x",
        "x"
      })
  void structuredDataThatIsMalformedMakesItPlainAndNothingIsLost(String data) {
    SyslogMessage message = SyslogMessage.parse(HEADER + data);

    assertThat(message.format()).isEqualTo(Format.PLAIN);
    assertThat(message.priority()).isEqualTo(165);
    assertThat("<165>" + message.text()).isEqualTo(HEADER + data);
  }

  @Test
  void fieldsHaveTheLengthsOfTheRfcAndNotOneMore() {
    String longest = " " + "h".repeat(255) + " " + "a".repeat(48) + " " + "p".repeat(128);

    assertThat(SyslogMessage.parse("<1>1 -" + longest + " " + "i".repeat(32) + " -").format())
        .isEqualTo(Format.RFC5424);
    for (String longer :
        List.of(
            " " + "h".repeat(256) + " - - - -",
            " - " + "a".repeat(49) + " - - -",
            " - - " + "p".repeat(129) + " - -",
            " - - - " + "i".repeat(33) + " -")) {
      assertThat(SyslogMessage.parse("<1>1 -" + longer).format()).isEqualTo(Format.PLAIN);
    }
  }

  @Test
  void theFirstExampleOfRfc3164() {
    SyslogMessage message =
        SyslogMessage.parse(
            "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8");

    assertThat(message)
        .isEqualTo(
            new SyslogMessage(
                Format.RFC3164,
                34,
                "Oct 11 22:14:15",
                "mymachine",
                "su",
                null,
                null,
                Map.of(),
                "'su root' failed for lonvick on /dev/pts/8"));
  }

  @Test
  void aProgramsNumberStandsInBrackets() {
    SyslogMessage message =
        SyslogMessage.parse("<13>Feb  5 17:32:18 10.0.0.99 systemd-logind[812]: New session.");

    assertThat(message.application()).isEqualTo("systemd-logind");
    assertThat(message.process()).isEqualTo("812");
    assertThat(message.text()).isEqualTo("New session.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Use the BFG!", "tag", "tag[1]", "tag[1 x]: y", "tag[]: y", ": y", ""})
  void withoutATagAllOfItIsText(String content) {
    SyslogMessage message = SyslogMessage.parse("<13>Feb  5 17:32:18 10.0.0.99 " + content);

    assertThat(message.format()).isEqualTo(Format.RFC3164);
    assertThat(message.host()).isEqualTo("10.0.0.99");
    assertThat(message.application()).isNull();
    assertThat(message.process()).isNull();
    assertThat(message.text()).isEqualTo(content);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<13>Feb 05 17:32:18 host x", // a day has a space before one digit
        "<13>feb  5 17:32:18 host x",
        "<13>Feb  5 24:32:18 host x",
        "<13>Feb  5 17:32:60 host x",
        "<13>Feb 32 17:32:18 host x",
        "<13>Feb  5 17:32:18",
        "<13>Feb  5 17:32:18 ",
        "<13>Feb  5 17:32:18 host",
        "<13>"
      })
  void whatIsNoTimeAndHostIsPlain(String datagram) {
    SyslogMessage message = SyslogMessage.parse(datagram);

    assertThat(message.format()).isEqualTo(Format.PLAIN);
    assertThat("<13>" + message.text()).isEqualTo(datagram);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", "hello", "<", "<>", "<192>x", "<00>x", "<013>x", "<1", "<1234>x", "<-1>x", "<1 >x"
      })
  void withoutAPriorityItIsANoticeAndAllOfItIsText(String datagram) {
    assertThat(SyslogMessage.parse(datagram))
        .isEqualTo(
            new SyslogMessage(Format.PLAIN, 13, null, null, null, null, null, Map.of(), datagram));
  }

  @Test
  void bothEndsOfThePriority() {
    assertThat(SyslogMessage.parse("<0>x").priority()).isZero();
    SyslogMessage last = SyslogMessage.parse("<191>x");
    assertThat(last.facility()).isEqualTo(23);
    assertThat(last.severity()).isEqualTo(7);
  }

  @Test
  void isJsonWithWhatTheMessageTells() {
    String full = "<165>1 2003-10-11T22:14:15.003Z host app 8710 ID47 [a x=\"1\" x=\"2\"][b] t";

    assertThat(json(full))
        .isEqualTo(
            "{\"source\":\"192.0.2.7\",\"format\":\"rfc5424\",\"facility\":20,\"severity\":5,"
                + "\"time\":\"2003-10-11T22:14:15.003Z\",\"host\":\"host\",\"application\":\"app\","
                + "\"process\":\"8710\",\"id\":\"ID47\","
                + "\"data\":{\"a\":{\"x\":[\"1\",\"2\"]},\"b\":{}},\"text\":\"t\"}");
    assertThat(json("x"))
        .isEqualTo(
            "{\"source\":\"192.0.2.7\",\"format\":\"plain\",\"facility\":1,\"severity\":5,"
                + "\"text\":\"x\"}");
  }

  /** Else a terminal that shows the topic would obey whoever sends to it. */
  @Test
  void controlCharactersAreEscaped() {
    assertThat(json("\"\\\n\t\u001B[2J\u0000\u007F\u009B31m\u2028ü€😀"))
        .endsWith(
            "\"text\":\"\\\"\\\\\\u000a\\u0009\\u001b[2J\\u0000\\u007f\\u009b31m\\u2028ü€😀\"}");
  }

  private static String json(String datagram) {
    return new String(SyslogMessage.parse(datagram).json("192.0.2.7"), UTF_8);
  }
}
