package io.rioreactive.samples.syslogkafka;

import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What RFC 3164 (4.1) has behind the priority: a time, a host, and mostly a program with its number
 * in brackets and a colon. RFC 3164 describes and does not prescribe, so the names of programs may
 * have any printable characters here, as they do in life.
 */
final class Rfc3164 {

  private static final int TIME_LENGTH = "Jan  1 00:00:00".length();

  private static final Pattern TIME =
      Pattern.compile(
          "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) (?: [1-9]|[12]\\d|3[01])"
              + " (?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d");

  private Rfc3164() {}

  /** Reads to the end; null if it is no such message. */
  static @Nullable SyslogMessage parse(int priority, Cursor in) {
    String time = in.take(TIME_LENGTH);
    if (time == null || !TIME.matcher(time).matches() || !in.skip(' ')) {
      return null;
    }
    String host = in.word(255);
    if (host == null) {
      return null;
    }
    int content = in.place();
    String application = in.printable(64, "[:");
    String process = null;
    if (application != null && in.skip('[')) {
      process = in.printable(128, "]");
      if (process == null || !in.skip(']')) {
        application = null;
      }
    }
    if (application == null || !in.skip(':')) { // all of it is text
      application = null;
      process = null;
      in.back(content);
    } else {
      in.skip(' ');
    }
    return new SyslogMessage(
        SyslogMessage.Format.RFC3164,
        priority,
        time,
        host,
        application,
        process,
        null,
        Map.of(),
        in.rest());
  }
}
