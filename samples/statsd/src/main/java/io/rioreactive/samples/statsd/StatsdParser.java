package io.rioreactive.samples.statsd;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.List;

/**
 * The lines of a datagram.
 *
 * <pre>
 * datagram = line { LF line }            an empty line is none; CR before LF is ignored
 * line     = name ":" value "|" type { "|" section }
 * type     = "c" | "g" | "ms" | "h" | "d" | "s"
 * section  = "@" rate | "#" tags | ("T" | "c" | "e") anything
 * </pre>
 *
 * <p>Whatever the bytes are, nothing is thrown: what is no metric is a {@link Fault}.
 */
final class StatsdParser {

  /** In bytes: of a name, of tags, of a member of a set. */
  static final int LONGEST_TEXT = 250;

  /** Less stands for more than a million, and is rather a mistake. */
  static final double LEAST_RATE = 1e-6;

  private StatsdParser() {}

  /** What each line is, in their order. */
  static List<Line> parse(byte[] datagram) {
    List<Line> lines = new ArrayList<>();
    int from = 0;
    while (from < datagram.length) {
      int end = find('\n', datagram, from, datagram.length);
      int to = end > from && datagram[end - 1] == '\r' ? end - 1 : end;
      if (to > from) {
        lines.add(line(datagram, from, to));
      }
      from = end + 1;
    }
    return lines;
  }

  private static Line line(byte[] bytes, int from, int to) {
    int colon = find(':', bytes, from, to);
    if (colon == to) {
      return Fault.NO_VALUE;
    }
    if (!isText(bytes, from, colon)) {
      return Fault.NAME;
    }
    int bar = find('|', bytes, colon + 1, to);
    int typeEnd = find('|', bytes, Math.min(bar + 1, to), to);
    Kind kind = bar == to ? null : Kind.of(bytes, bar + 1, typeEnd);
    if (kind == null) {
      return Fault.TYPE;
    }
    double rate = 1;
    String name = text(bytes, from, colon);
    int at = typeEnd;
    while (at < to) { // at a bar
      int end = find('|', bytes, at + 1, to);
      if (end == at + 1) {
        return Fault.SECTION;
      }
      switch (bytes[at + 1]) {
        case '@' -> {
          rate = Decimal.parse(bytes, at + 2, end);
          if (!(rate >= LEAST_RATE && rate <= 1)) { // NaN too
            return Fault.RATE;
          }
        }
        case '#' -> {
          if (!isText(bytes, at + 2, end)) {
            return Fault.SECTION;
          }
          name = text(bytes, from, colon) + " #" + text(bytes, at + 2, end);
        }
        case 'T', 'c', 'e' -> {} // DogStatsD's time, container and external data
        default -> {
          return Fault.SECTION;
        }
      }
      at = end;
    }
    return metric(kind, name, bytes, colon + 1, bar, 1 / rate);
  }

  private static Line metric(
      Kind kind, String name, byte[] bytes, int from, int to, double weight) {
    if (kind == Kind.SET) {
      return isText(bytes, from, to)
          ? new Metric(kind, name, 0, weight, false, text(bytes, from, to))
          : Fault.VALUE;
    }
    double value = Decimal.parse(bytes, from, to);
    if (Double.isNaN(value) || (kind == Kind.TIMER && value < 0)) {
      return Fault.VALUE;
    }
    boolean isChange = kind == Kind.GAUGE && (bytes[from] == '+' || bytes[from] == '-');
    return new Metric(kind, name, value, weight, isChange, "");
  }

  /** Where it is; {@code to} if it is not there. */
  private static int find(char character, byte[] bytes, int from, int to) {
    int at = from;
    while (at < to && bytes[at] != character) {
      at++;
    }
    return at;
  }

  /** Whether it is there, not too long, and without control characters. */
  private static boolean isText(byte[] bytes, int from, int to) {
    if (to == from || to - from > LONGEST_TEXT) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if ((bytes[i] >= 0 && bytes[i] < ' ') || bytes[i] == 0x7f) {
        return false;
      }
    }
    return true;
  }

  /** UTF-8; what is malformed becomes U+FFFD. */
  private static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, UTF_8);
  }
}
