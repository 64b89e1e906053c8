package io.rioreactive.samples.dns;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** A zone is served as a whole, or refused with file, line and reason. */
@Timeout(120)
class ZoneFileTest {

  /** Five lines; what a test adds begins with the sixth. */
  static final String GOOD =
      """
      $ORIGIN example.org.
      $TTL 3600
      @ SOA ns hostmaster 1 7200 900 1209600 300
      @ NS ns
      ns A 192.0.2.53
      """;

  private static final Pattern ERROR = Pattern.compile("fuzz\\.zone:(\\d+): [ -~]+");

  private static Zone parse(String text) throws ZoneFileException {
    return ZoneFile.parse("test.zone", text.getBytes(UTF_8));
  }

  private static void assertRefused(String text, int line, String reason) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(ZoneFileException.class)
        .hasMessageStartingWith("test.zone:" + line + ": ")
        .hasMessageContaining(reason)
        .hasMessageNotContaining("<none>");
  }

  @Test
  void theExampleIsServed() throws ZoneFileException {
    Zone zone = ZoneFile.example();

    assertThat(zone.origin()).hasToString("example.org.");
    assertThat(zone.size()).isGreaterThan(10);
  }

  @Test
  void aFileIsReadAsItStands(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("a.zone");
    Files.writeString(file, GOOD.replace("\n", "\r\n") + "www A 192.0.2.80"); // no last line feed
    Message response = new Message(1);

    ZoneFile.read(file).answer(Name.fromConstantString("www.example.org."), Type.A, response);

    assertThat(Messages.records(response, Section.ANSWER))
        .containsExactly("www.example.org. A 192.0.2.80");
  }

  /** As a transfer ends, and as people paste. */
  @Test
  void theSameRecordAgainIsOne() throws ZoneFileException {
    Message response = new Message(1);

    parse(GOOD + "ns A 192.0.2.53\n@ SOA ns hostmaster 1 7200 900 1209600 300\n")
        .answer(Name.fromConstantString("ns.example.org."), Type.A, response);

    assertThat(response.getSection(Section.ANSWER)).hasSize(1);
  }

  @Test
  void namesAreTheSameInAnyCase() throws ZoneFileException {
    Message response = new Message(1);

    parse(GOOD + "WWW A 192.0.2.80\nwww A 192.0.2.81\n")
        .answer(Name.fromConstantString("wWw.example.org."), Type.A, response);

    assertThat(response.getRcode()).isEqualTo(Rcode.NOERROR);
    assertThat(response.getSection(Section.ANSWER)).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "www A 192.0.2.300 | Invalid address: 192.0.2.300",
        "www A | expected an address",
        "www A 192.0.2.1 192.0.2.2 | unexpected tokens",
        "www A 192.0.2.1 ) | invalid close parenthesis",
        "www MX mail | expected an integer",
        "www MX 70000 mail | 16 bit",
        "www NOSUCH 1 | Invalid type",
        "www | expected a string",
        "$NONSENSE 1 | Invalid directive",
        "$INCLUDE other.zone | $INCLUDE",
        "$TTL never | TTL",
        "$GENERATE 9-1 a$ A 192.0.2.$ | range",
        "w..w A 192.0.2.1 | invalid empty label",
        "www TXT \"open | quoted string",
        "www.example.net. A 192.0.2.1 | www.example.net. is not in example.org.",
        "www CH TXT text | class CH",
        "www DNAME ns | DNAME is not served",
        "@ SOA ns hostmaster 2 7200 900 1209600 300 | a second SOA",
        "www SOA ns hostmaster 1 7200 900 1209600 300 | a second SOA",
        "ns CNAME www | a CNAME"
      })
  void aLineThatIsWrongIsNamedWithTheReason(String line, String reason) {
    assertRefused(GOOD + line + "\n", 6, reason);
    assertRefused(GOOD + line, 6, reason);
    assertRefused(GOOD + "; a comment\n\n" + line + "\nmore A 192.0.2.9\n", 8, reason);
  }

  @Test
  void ofARecordOfSeveralLinesItIsTheOneThatIsWrong() {
    assertRefused(GOOD + "www MX (\n 10\n nowhere..at.all\n )\n", 8, "invalid empty label");
  }

  @Test
  void aCnameStandsAlone() {
    assertRefused(GOOD + "www CNAME ns\nwww A 192.0.2.1\n", 7, "www.example.org. has a CNAME");
    assertRefused(GOOD + "www CNAME ns\nwww CNAME @\n", 7, "no second one");
  }

  @Test
  void aZoneHasItsSoaFirstAndANameServer() {
    assertRefused("", 1, "no record");
    assertRefused("; nothing\n\n", 2, "no record");
    assertRefused("www.example.org. 60 A 192.0.2.1\n", 1, "the first record has to be the SOA");
    assertRefused("@ 60 SOA ns hostmaster 1 2 3 4 5\n", 1, "$ORIGIN");
    assertRefused("$ORIGIN example.org.\n@ 60 SOA ns hostmaster 1 2 3 4 5\n", 2, "no NS");
  }

  @Test
  void aFileThatIsTooMuchIsRefusedBeforeItIsAll() {
    assertRefused(GOOD + "$GENERATE 0-199999 h$ A 192.0.2.1\n", 6, "more than 100000 records");
  }

  @Test
  void aFileThatIsNotThereIsNamed(@TempDir Path folder) {
    Path file = folder.resolve("missing.zone");

    assertThatThrownBy(() -> ZoneFile.read(file))
        .isInstanceOf(ZoneFileException.class)
        .hasMessage(file + ": there is no such file");
    assertThatThrownBy(() -> ZoneFile.read(folder))
        .isInstanceOf(ZoneFileException.class)
        .hasMessageStartingWith(folder + ": cannot be read (");
  }

  /** The example with some bytes changed. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void anyTextIsAZoneOrAnErrorOfOneLine(long seed) throws Exception {
    Random random = new Random(seed);
    byte[] example = example();
    int refused = 0;
    for (int i = 0; i < 1_000; i++) {
      byte[] text = changed(example, random);
      try {
        ZoneFile.parse("fuzz.zone", text);
      } catch (ZoneFileException e) {
        refused++;
        Matcher error = ERROR.matcher(e.getMessage());
        assertThat(error.matches()).as("seed %d, text %d: %s", seed, i, e.getMessage()).isTrue();
        assertThat(Integer.parseInt(error.group(1))).isBetween(1, lines(text));
      } catch (RuntimeException e) {
        throw new AssertionError(
            "seed %d, text %d: %s".formatted(seed, i, new String(text, ISO_8859_1)), e);
      }
    }
    assertThat(refused).isBetween(1, 999);
  }

  /** Its first lines, without those that generate thousands when a digit changes. */
  private static byte[] example() throws IOException {
    try (InputStream file = ZoneFile.class.getResourceAsStream("example.org.zone")) {
      String text = new String(file.readAllBytes(), UTF_8);
      return text.substring(0, text.indexOf("; Too much")).getBytes(UTF_8);
    }
  }

  private static byte[] changed(byte[] example, Random random) {
    byte[] text = example.clone();
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      int at = random.nextInt(text.length);
      switch (random.nextInt(3)) {
        case 0 -> text[at] = (byte) random.nextInt();
        case 1 -> text[at] = (byte) "\n\r\t \"();@$\\.*09".charAt(random.nextInt(15));
        default -> text[at] = text[random.nextInt(text.length)];
      }
    }
    return text;
  }

  private static int lines(byte[] text) {
    int lines = 1;
    for (byte each : text) {
      if (each == '\n') {
        lines++;
      }
    }
    return lines;
  }
}
