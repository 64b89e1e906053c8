package io.rioreactive.samples.syslogkafka;

import java.time.YearMonth;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What RFC 5424 (6) has behind the priority. Limits of lengths are its own. */
final class Rfc5424 {

  private static final int LONGEST_TIME = "2026-01-31T23:59:59.999999+01:00".length();

  private static final Pattern TIME =
      Pattern.compile(
          "(\\d{4})-(\\d\\d)-(\\d\\d)T(\\d\\d):(\\d\\d):(\\d\\d)(?:\\.\\d{1,6})?"
              + "(?:Z|[+-](\\d\\d):(\\d\\d))");

  private Rfc5424() {}

  /** Reads to the end; null if it is no such message. */
  static @Nullable SyslogMessage parse(int priority, Cursor in) {
    if (!in.skip('1') || !in.skip(' ')) {
      return null;
    }
    String time = in.word(LONGEST_TIME);
    if (time == null || !(time.equals("-") || isTime(time))) {
      return null;
    }
    String host = in.word(255);
    String application = host == null ? null : in.word(48);
    String process = application == null ? null : in.word(128);
    String id = process == null ? null : in.word(32);
    if (host == null || application == null || process == null || id == null) {
      return null;
    }
    Map<String, Map<String, List<String>>> data = data(in);
    if (data == null || !(in.isAtEnd() || in.skip(' '))) {
      return null;
    }
    String text = in.rest();
    return new SyslogMessage(
        SyslogMessage.Format.RFC5424,
        priority,
        unlessNil(time),
        unlessNil(host),
        unlessNil(application),
        unlessNil(process),
        unlessNil(id),
        data,
        text.startsWith("\uFEFF") ? text.substring(1) : text); // its mark of UTF-8
  }

  private static @Nullable String unlessNil(String field) {
    return field.equals("-") ? null : field;
  }

  /** A timestamp of RFC 3339, narrowed: at most microseconds, no leap second, capital T and Z. */
  static boolean isTime(String text) {
    Matcher time = TIME.matcher(text);
    if (!time.matches()) {
      return false;
    }
    int month = Integer.parseInt(time.group(2));
    int day = Integer.parseInt(time.group(3));
    return month >= 1
        && month <= 12
        && day >= 1
        && day <= YearMonth.of(Integer.parseInt(time.group(1)), month).lengthOfMonth()
        && isAtMost(time.group(4), 23)
        && isAtMost(time.group(5), 59)
        && isAtMost(time.group(6), 59)
        && isAtMost(time.group(7), 23)
        && isAtMost(time.group(8), 59);
  }

  private static boolean isAtMost(@Nullable String digits, int most) {
    return digits == null || Integer.parseInt(digits) <= most;
  }

  /** Elements by their id, the values of each parameter in order; null if they are malformed. */
  private static @Nullable Map<String, Map<String, List<String>>> data(Cursor in) {
    Map<String, Map<String, List<String>>> elements = new LinkedHashMap<>();
    if (in.skip('-')) {
      return elements;
    }
    while (in.skip('[')) {
      String id = name(in);
      Map<String, List<String>> parameters = id == null ? null : parameters(in);
      if (id == null || parameters == null || elements.putIfAbsent(id, parameters) != null) {
        return null;
      }
    }
    return elements.isEmpty() ? null : elements;
  }

  private static @Nullable Map<String, List<String>> parameters(Cursor in) {
    Map<String, List<String>> parameters = new LinkedHashMap<>();
    while (in.skip(' ')) {
      String name = name(in);
      String value = name != null && in.skip('=') && in.skip('"') ? in.quoted() : null;
      if (name == null || value == null) {
        return null;
      }
      parameters.computeIfAbsent(name, _ -> new ArrayList<>()).add(value);
    }
    return in.skip(']') ? parameters : null;
  }

  private static @Nullable String name(Cursor in) {
    return in.printable(32, "=]\"");
  }
}
