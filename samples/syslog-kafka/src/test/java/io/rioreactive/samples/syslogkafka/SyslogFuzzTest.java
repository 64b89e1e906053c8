package io.rioreactive.samples.syslogkafka;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.rioreactive.samples.syslogkafka.SyslogMessage.Format;
import java.io.ByteArrayOutputStream;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Messages that are changed at random, by a seed: nothing is thrown, nothing is lost, and what is
 * RFC 5424's is what another reading of its grammar says. {@code -Dfuzz.seed=N} tries others,
 * {@code -Dfuzz.runs=N} more of them.
 */
@Timeout(120)
class SyslogFuzzTest {

  private static final int RUNS = Integer.getInteger("fuzz.runs", 30_000);

  private static final List<String> CORPUS =
      List.of(
          "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \uFEFF'su root' failed",
          "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% do-nuts",
          "<165>1 2003-10-11T22:14:15Z h log - ID47 [a@1 iut=\"3\" x=\"\\\"\\]\\\\\"][b@1] text",
          "<0>1 - - - - - -",
          "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8",
          "<13>Feb  5 17:32:18 10.0.0.99 systemd-logind[812]: New session.",
          "<13>Feb  5 17:32:18 10.0.0.99 Use the BFG!",
          "no priority at all",
          "");

  /** What grammars and decoders stumble over. */
  private static final List<byte[]> PIECES =
      List.of(
          "<".getBytes(UTF_8),
          ">".getBytes(UTF_8),
          "[".getBytes(UTF_8),
          "]".getBytes(UTF_8),
          "\"".getBytes(UTF_8),
          "\\".getBytes(UTF_8),
          "=".getBytes(UTF_8),
          " ".getBytes(UTF_8),
          "-".getBytes(UTF_8),
          ":".getBytes(UTF_8),
          "0".getBytes(UTF_8),
          "9".getBytes(UTF_8),
          "\uFEFF".getBytes(UTF_8),
          "ü😀".getBytes(UTF_8),
          "[c d=\"e\"]".getBytes(UTF_8),
          "x".repeat(300).getBytes(UTF_8),
          new byte[] {0},
          new byte[] {0x1B, '[', '2', 'J'},
          new byte[] {(byte) 0xFF},
          new byte[] {(byte) 0xC3},
          new byte[] {(byte) 0xED, (byte) 0xA0, (byte) 0x80}); // half of a surrogate pair

  private static final String NAME = "[!-~&&[^=\\]\"]]{1,32}";
  private static final String VALUE = "(?:[^\"\\\\\\]]|\\\\[\"\\\\\\]]|\\\\(?![\"\\\\\\]]))*";
  private static final String ELEMENT = "\\[(" + NAME + ")(?: " + NAME + "=\"" + VALUE + "\")*\\]";

  /** The grammar of RFC 5424 (6) as one expression; groups 1 priority, 2 time, 3 its data. */
  private static final Pattern RFC5424 =
      Pattern.compile(
          "<(0|[1-9]\\d{0,2})>1 "
              + "(-|\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d{1,6})?"
              + "(?:Z|[+-]\\d\\d:\\d\\d)) "
              + "[!-~]{1,255} [!-~]{1,48} [!-~]{1,128} [!-~]{1,32} "
              + "(-|(?:"
              + ELEMENT.replace("(" + NAME + ")", NAME)
              + ")+)(?: .*)?",
          Pattern.DOTALL);

  private static final Pattern NEXT_ELEMENT = Pattern.compile("\\G" + ELEMENT);

  private final ObjectMapper mapper = new ObjectMapper();

  @Test
  void anythingIsReadAsTheGrammarSaysAndNothingIsLost() throws Exception {
    long seed = Long.getLong("fuzz.seed", 5_424);
    SplittableRandom random = new SplittableRandom(seed);
    int rfc5424 = 0;
    int plain = 0;
    for (int run = 0; run < RUNS; run++) {
      String datagram = new String(mutated(random), UTF_8); // as Datagram.asString does
      SyslogMessage message = SyslogMessage.parse(datagram);

      String what = "-Dfuzz.seed=" + seed + ", run " + run + ": " + datagram;
      assertThat(message.format() == Format.RFC5424).as(what).isEqualTo(isRfc5424(datagram));
      if (message.format() == Format.PLAIN) {
        assertThat(datagram).as(what).endsWith(message.text());
        assertThat(datagram.length() - message.text().length()).as(what).isIn(0, 3, 4, 5);
        plain++;
      } else {
        assertThat(datagram).as(what).endsWith(message.text());
        assertThat(message.host() == null || datagram.contains(message.host())).as(what).isTrue();
      }
      rfc5424 += message.format() == Format.RFC5424 ? 1 : 0;

      JsonNode json = mapper.readTree(message.json("192.0.2.7"));
      assertThat(json.path("text").textValue()).as(what).isEqualTo(message.text());
      assertThat(json.path("data").size()).as(what).isEqualTo(message.data().size());
    }
    assertThat(rfc5424).as("it tries both sides of the border").isBetween(RUNS / 20, RUNS * 9 / 10);
    assertThat(plain).isBetween(RUNS / 20, RUNS * 9 / 10);
  }

  private static byte[] mutated(SplittableRandom random) {
    byte[] bytes = CORPUS.get(random.nextInt(CORPUS.size())).getBytes(UTF_8);
    int changes = random.nextInt(4);
    for (int i = 0; i < changes; i++) {
      bytes = changed(bytes, random);
    }
    return bytes;
  }

  /** Cuts out some bytes at a place, and puts there a piece, or bytes of its own from elsewhere. */
  private static byte[] changed(byte[] bytes, SplittableRandom random) {
    int place = random.nextInt(bytes.length + 1);
    int after = Math.min(bytes.length, place + random.nextInt(3));
    ByteArrayOutputStream changed = new ByteArrayOutputStream();
    changed.write(bytes, 0, place);
    switch (random.nextInt(4)) {
      case 0 -> changed.write(random.nextInt(256));
      case 1 -> {
        int from = random.nextInt(bytes.length + 1);
        changed.write(bytes, from, random.nextInt(bytes.length - from + 1));
      }
      case 2 -> after = random.nextInt(8) == 0 ? bytes.length : after; // cut off
      default -> changed.writeBytes(PIECES.get(random.nextInt(PIECES.size())));
    }
    changed.write(bytes, after, bytes.length - after);
    return changed.toByteArray();
  }

  private static boolean isRfc5424(String datagram) {
    Matcher message = RFC5424.matcher(datagram);
    return message.matches()
        && Integer.parseInt(message.group(1)) <= 191
        && isTime(message.group(2))
        && areDifferent(message.group(3));
  }

  private static boolean isTime(String time) {
    if (time.equals("-")) {
      return true;
    }
    try {
      LocalDateTime _ = LocalDateTime.parse(time.substring(0, 19));
      int offset = Math.max(time.indexOf('+'), time.lastIndexOf('-'));
      LocalTime _ =
          time.endsWith("Z") ? LocalTime.MIN : LocalTime.parse(time.substring(offset + 1));
      return true;
    } catch (DateTimeException e) {
      return false;
    }
  }

  private static boolean areDifferent(String data) {
    Set<String> ids = new HashSet<>();
    Matcher elements = NEXT_ELEMENT.matcher(data);
    while (elements.find()) {
      if (!ids.add(elements.group(1))) {
        return false;
      }
    }
    return true;
  }
}
