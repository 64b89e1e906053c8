package io.rioreactive.samples.statsd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The parser next to a slow and plain one, on bytes of all kinds: they agree on each line. Each
 * seed is a test of its own, and gives the same bytes again; {@code -Dfuzz.seeds=N} takes more.
 */
class StatsdParserFuzzTest {

  private static final int DATAGRAMS = 500;
  private static final int LONGEST = 2_048;

  /** What a line is made of, and what it should not be made of. */
  private static final String BORDERS =
      ":::|||@@##\n\n\r+-..eE0123456789cgmshdTx, \t\0\u007f\u00ff\u00c3";

  private static final List<String> LINES =
      List.of(
          "hits:1|c",
          "hits:-12|c|@0.1",
          "depth:+7.5|g",
          "took:320.000000|ms|@0.5|#route:a,zone:b",
          "size:1e3|h|#x",
          "size:.5|d|T1656581400|c:one",
          "users:somebody|s");

  private static final Pattern TEXT =
      Pattern.compile("[^\\x00-\\x1f\\x7f]{1," + StatsdParser.LONGEST_TEXT + "}");
  private static final Pattern NUMBER =
      Pattern.compile("(?=.{1,40}$)[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d+)?");
  private static final Set<String> TYPES = Set.of("c", "g", "ms", "h", "d", "s");
  private static final String METRIC = "a metric";

  static IntStream seeds() {
    return IntStream.rangeClosed(1, Integer.getInteger("fuzz.seeds", 15));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whateverTheBytesAre(int seed) {
    Random random = new Random(seed);
    for (int i = 0; i < DATAGRAMS; i++) {
      byte[] datagram =
          switch (seed % 3) {
            case 0 -> anyBytes(random);
            case 1 -> bytesOfBorders(random);
            default -> almostRight(random);
          };
      byte[] before = datagram.clone();

      List<Line> lines = StatsdParser.parse(datagram);

      assertThat(lines.stream().map(StatsdParserFuzzTest::what).toList())
          .as("datagram %d of seed %d: %s", i, seed, new String(datagram, ISO_8859_1))
          .isEqualTo(expected(new String(datagram, ISO_8859_1)));
      assertThat(datagram).isEqualTo(before);
      lines.forEach(StatsdParserFuzzTest::assertIsSound);
    }
  }

  /** What no metric may be, or what is shown would be nonsense. */
  private static void assertIsSound(Line line) {
    if (line instanceof Metric metric) {
      assertThat(Math.abs(metric.value())).isLessThanOrEqualTo(Decimal.LARGEST);
      assertThat(metric.weight()).isBetween(1.0, 1.0 / StatsdParser.LEAST_RATE);
      assertThat(metric.name()).isNotEmpty().doesNotContain("\n", "\0");
      assertThat(metric.member().isEmpty()).isEqualTo(metric.kind() != Kind.SET);
    }
  }

  private static String what(Line line) {
    return line instanceof Fault fault ? fault.name() : METRIC;
  }

  // ---- bytes

  private static byte[] anyBytes(Random random) {
    byte[] bytes = new byte[random.nextInt(LONGEST + 1)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] bytesOfBorders(Random random) {
    StringBuilder text = new StringBuilder();
    int length = random.nextInt(200);
    for (int i = 0; i < length; i++) {
      text.append(BORDERS.charAt(random.nextInt(BORDERS.length())));
    }
    return text.toString().getBytes(ISO_8859_1);
  }

  /** Good lines, a few of their characters lost, doubled, changed or from elsewhere. */
  private static byte[] almostRight(Random random) {
    StringBuilder text = new StringBuilder();
    int count = 1 + random.nextInt(10);
    for (int i = 0; i < count; i++) {
      text.append(LINES.get(random.nextInt(LINES.size()))).append('\n');
    }
    int changes = random.nextInt(6);
    for (int i = 0; i < changes && !text.isEmpty(); i++) {
      int at = random.nextInt(text.length());
      char border = BORDERS.charAt(random.nextInt(BORDERS.length()));
      switch (random.nextInt(5)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.insert(at, text.charAt(at));
        case 2 -> text.setCharAt(at, border);
        case 3 -> text.insert(at, border);
        default -> text.insert(at, "9".repeat(random.nextInt(300)));
      }
    }
    return text.toString().getBytes(ISO_8859_1);
  }

  // ---- the other parser

  private static List<String> expected(String datagram) {
    return Arrays.stream(datagram.split("\n", -1))
        .map(line -> line.endsWith("\r") ? line.substring(0, line.length() - 1) : line)
        .filter(line -> !line.isEmpty())
        .map(StatsdParserFuzzTest::expectedOfLine)
        .toList();
  }

  private static String expectedOfLine(String line) {
    int colon = line.indexOf(':');
    if (colon < 0) {
      return "NO_VALUE";
    }
    if (!TEXT.matcher(line.substring(0, colon)).matches()) {
      return "NAME";
    }
    List<String> parts = List.of(line.substring(colon + 1).split("\\|", -1));
    if (parts.size() < 2 || !TYPES.contains(parts.get(1))) {
      return "TYPE";
    }
    for (String section : parts.subList(2, parts.size())) {
      if (section.startsWith("@")) {
        if (!isRate(section.substring(1))) {
          return "RATE";
        }
      } else if (section.startsWith("#")) {
        if (!TEXT.matcher(section.substring(1)).matches()) {
          return "SECTION";
        }
      } else if (section.isEmpty() || "Tce".indexOf(section.charAt(0)) < 0) {
        return "SECTION";
      }
    }
    return isValue(parts.get(0), parts.get(1)) ? METRIC : "VALUE";
  }

  private static boolean isRate(String text) {
    return NUMBER.matcher(text).matches()
        && Double.parseDouble(text) >= StatsdParser.LEAST_RATE
        && Double.parseDouble(text) <= 1;
  }

  private static boolean isValue(String text, String type) {
    if (type.equals("s")) {
      return TEXT.matcher(text).matches();
    }
    return NUMBER.matcher(text).matches()
        && Math.abs(Double.parseDouble(text)) <= Decimal.LARGEST
        && !(Set.of("ms", "h", "d").contains(type) && Double.parseDouble(text) < 0);
  }
}
