package io.rioreactive.samples.statsd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each form of a line, and each way in which one is wrong. */
class StatsdParserTest {

  private static List<Line> parse(String datagram) {
    return StatsdParser.parse(datagram.getBytes(UTF_8));
  }

  private static Line line(String line) {
    List<Line> lines = parse(line);
    assertThat(lines).hasSize(1);
    return lines.getFirst();
  }

  private static Metric metric(Kind kind, String name, double value) {
    return new Metric(kind, name, value, 1, false, "");
  }

  @Test
  void counters() {
    assertThat(line("hits:1|c")).isEqualTo(metric(Kind.COUNTER, "hits", 1));
    assertThat(line("hits:-3|c")).isEqualTo(metric(Kind.COUNTER, "hits", -3));
    assertThat(line("hits:2|c|@0.1")).isEqualTo(new Metric(Kind.COUNTER, "hits", 2, 10, false, ""));
  }

  @Test
  void gaugesAndChangesOfThem() {
    assertThat(line("depth:7.5|g")).isEqualTo(metric(Kind.GAUGE, "depth", 7.5));
    assertThat(line("depth:+2|g")).isEqualTo(new Metric(Kind.GAUGE, "depth", 2, 1, true, ""));
    assertThat(line("depth:-2|g")).isEqualTo(new Metric(Kind.GAUGE, "depth", -2, 1, true, ""));
  }

  @Test
  void timersAndDogStatsDsHistogramsAndDistributions() {
    assertThat(line("took:320.000000|ms")).isEqualTo(metric(Kind.TIMER, "took", 320));
    assertThat(line("size:512|h")).isEqualTo(metric(Kind.TIMER, "size", 512));
    assertThat(line("size:512|d|@0.5"))
        .isEqualTo(new Metric(Kind.TIMER, "size", 512, 2, false, ""));
  }

  @Test
  void sets() {
    assertThat(line("users:a user: 7|s"))
        .isEqualTo(new Metric(Kind.SET, "users", 0, 1, false, "a user: 7"));
  }

  @Test
  void tagsBelongToTheName() {
    assertThat(line("hits:1|c|#route:a,zone:b"))
        .isEqualTo(metric(Kind.COUNTER, "hits #route:a,zone:b", 1));
    assertThat(line("hits:1|c|@0.5|#route:a"))
        .isEqualTo(new Metric(Kind.COUNTER, "hits #route:a", 1, 2, false, ""));
    assertThat(line("hits:1|c|#route:a|@0.5")).isEqualTo(line("hits:1|c|@0.5|#route:a"));
    assertThat(line("hits,route=a:1|c")).isEqualTo(metric(Kind.COUNTER, "hits,route=a", 1));
  }

  @Test
  void whatDogStatsDAddsIsLeftAlone() {
    assertThat(line("hits:1|c|T1656581400|c:ci-1|e:it-false"))
        .isEqualTo(metric(Kind.COUNTER, "hits", 1));
  }

  @Test
  void linesOfADatagram() {
    assertThat(parse("a:1|c\nb:2|c")).hasSize(2);
    assertThat(parse("a:1|c\r\n\n\r\nb:2|c\n"))
        .containsExactly(metric(Kind.COUNTER, "a", 1), metric(Kind.COUNTER, "b", 2));
    assertThat(parse("")).isEmpty();
    assertThat(parse("\n\n")).isEmpty();
  }

  @Test
  void aWrongLineCostsThatLineAlone() {
    assertThat(parse("a:1|c\nnonsense\nb:2|c"))
        .containsExactly(
            metric(Kind.COUNTER, "a", 1), Fault.NO_VALUE, metric(Kind.COUNTER, "b", 2));
  }

  @ParameterizedTest
  @CsvSource({
    "nonsense, NO_VALUE",
    "_sc|a service check|0, NO_VALUE",
    ":1|c, NAME",
    "hits, NO_VALUE",
    "hits:, TYPE",
    "hits:1, TYPE",
    "hits:1|, TYPE",
    "hits:1|x, TYPE",
    "hits:1|cc, TYPE",
    "hits:1|m, TYPE",
    "hits:1|sm, TYPE",
    "hits:1|mss, TYPE",
    "'_e{5,4}:title|text', TYPE",
    "hits:|c, VALUE",
    "hits:one|c, VALUE",
    "hits:1x|c, VALUE",
    "hits:1 |c, VALUE",
    "hits:--1|c, VALUE",
    "hits:.|c, VALUE",
    "hits:1.2.3|c, VALUE",
    "hits:1e|c, VALUE",
    "hits:1e+|c, VALUE",
    "hits:1e999|c, VALUE",
    "hits:1e99999999999|c, VALUE",
    "hits:1e16|c, VALUE",
    "hits:NaN|g, VALUE",
    "hits:Infinity|g, VALUE",
    "hits:0x1p3|g, VALUE",
    "hits:1d|g, VALUE",
    "hits:1:2|c, VALUE",
    "took:-1|ms, VALUE",
    "users:|s, VALUE",
    "hits:1|c|, SECTION",
    "hits:1|c||@0.1, SECTION",
    "hits:1|c|#, SECTION",
    "hits:1|c|0.1, SECTION",
    "hits:1|c|@, RATE",
    "hits:1|c|@0, RATE",
    "hits:1|c|@2, RATE",
    "hits:1|c|@-0.5, RATE",
    "hits:1|c|@0.0000000001, RATE",
    "hits:1|c|@NaN, RATE"
  })
  void whyALineIsNone(String line, Fault why) {
    assertThat(line(line)).isEqualTo(why);
  }

  @Test
  void textsHaveALongest() {
    String longest = "n".repeat(StatsdParser.LONGEST_TEXT);

    assertThat(line(longest + ":1|c")).isEqualTo(metric(Kind.COUNTER, longest, 1));
    assertThat(line(longest + "n:1|c")).isEqualTo(Fault.NAME);
    assertThat(line("users:" + longest + "|s"))
        .isEqualTo(new Metric(Kind.SET, "users", 0, 1, false, longest));
    assertThat(line("users:" + longest + "n|s")).isEqualTo(Fault.VALUE);
    assertThat(line("hits:1|c|#" + longest)).isEqualTo(metric(Kind.COUNTER, "hits #" + longest, 1));
    assertThat(line("hits:1|c|#" + longest + "n")).isEqualTo(Fault.SECTION);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\u0000b", "a\tb", "a\u001bb", "a\u007fb", "a\rb"})
  void noTextHasControlCharacters(String text) {
    assertThat(line(text + ":1|c")).isEqualTo(Fault.NAME);
    assertThat(line("users:" + text + "|s")).isEqualTo(Fault.VALUE);
    assertThat(line("hits:1|c|#" + text)).isEqualTo(Fault.SECTION);
  }

  @Test
  void textsAreUtf8() {
    assertThat(line("größe:1|c")).isEqualTo(metric(Kind.COUNTER, "größe", 1));
    assertThat(StatsdParser.parse("gr\u00f6\u00dfe:1|c".getBytes(ISO_8859_1)))
        .containsExactly(metric(Kind.COUNTER, "gr\ufffd\ufffde", 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "7",
        "0.1",
        "-2.5",
        "5.",
        ".5",
        "123456789012345",
        "0.123456789012345",
        "1000000000000000",
        "0.30000000000000004",
        "3.141592653589793238462643383279",
        "1e-5",
        "2.5E+3",
        "1e-400",
        "000000000000000000000000000000000012"
      })
  void numbersAreThoseOfJava(String number) {
    assertIsThatOfJava(number);
  }

  @Test
  void randomNumbersAreThoseOfJavaToo() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      StringBuilder number = new StringBuilder(); // of up to 15 digits and 15 more
      int whole = random.nextInt(16);
      for (int digit = 0; digit < whole; digit++) {
        number.append(random.nextInt(10));
      }
      number.append('.').append(random.nextLong(1_000_000_000_000_000L));
      assertIsThatOfJava(number.toString());
    }
  }

  private static void assertIsThatOfJava(String number) {
    byte[] bytes = ("|" + number + "|").getBytes(UTF_8);

    double parsed = Decimal.parse(bytes, 1, bytes.length - 1);

    assertThat(parsed == Double.parseDouble(number)).as("%s is %s", number, parsed).isTrue();
  }
}
