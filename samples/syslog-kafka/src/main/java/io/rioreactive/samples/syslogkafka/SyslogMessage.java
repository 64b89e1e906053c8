package io.rioreactive.samples.syslogkafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A syslog message. Whatever arrives is one: RFC 3164 (4.3) takes what it does not understand as
 * text, so that nothing is lost for its form.
 *
 * @param format whose form it has
 * @param priority 8 times the facility, and the severity
 * @param time as it stands there: of RFC 5424 a time with an offset; of RFC 3164 one without a year
 *     and a zone, which only who knows the sender can complete
 * @param host as it stands there, null where it does not: anybody can write anything
 * @param data the structured data: for each element's id its parameters, which may occur repeatedly
 * @param text all that follows; of a plain one all but the priority
 */
record SyslogMessage(
    Format format,
    int priority,
    @Nullable String time,
    @Nullable String host,
    @Nullable String application,
    @Nullable String process,
    @Nullable String id,
    Map<String, Map<String, List<String>>> data,
    String text) {

  /** The forms there are. */
  enum Format {
    RFC5424,
    RFC3164,
    /** Neither. */
    PLAIN
  }

  /** user.notice: what RFC 3164 (4.3.3) gives a message without a priority. */
  static final int NO_PRIORITY = 13;

  private static final int HIGHEST_PRIORITY = 191; // facility 23, severity 7

  /** Reads a datagram. Throws nothing. */
  static SyslogMessage parse(String datagram) {
    Cursor in = new Cursor(datagram);
    int priority = priority(in);
    if (priority < 0) {
      return plain(NO_PRIORITY, datagram);
    }
    int start = in.place();
    SyslogMessage message = Rfc5424.parse(priority, in);
    if (message == null) {
      in.back(start);
      message = Rfc3164.parse(priority, in);
    }
    if (message == null) {
      in.back(start);
      message = plain(priority, in.rest());
    }
    return message;
  }

  /** Takes it with its angle brackets; -1 if there is none. */
  private static int priority(Cursor in) {
    if (!in.skip('<')) {
      return -1;
    }
    String digits = in.printable(3, ">");
    if (digits == null || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return -1;
    }
    int priority = Integer.parseInt(digits);
    boolean hasLeadingZero = digits.length() > 1 && digits.charAt(0) == '0';
    return priority <= HIGHEST_PRIORITY && !hasLeadingZero && in.skip('>') ? priority : -1;
  }

  private static SyslogMessage plain(int priority, String text) {
    return new SyslogMessage(Format.PLAIN, priority, null, null, null, null, null, Map.of(), text);
  }

  /** What the message is about: 0 is the kernel, 16 to 23 are for local use. */
  int facility() {
    return priority / 8;
  }

  /** From 0, an emergency, to 7, for debugging. */
  int severity() {
    return priority % 8;
  }

  /**
   * A JSON object in UTF-8; what the message does not tell is left out.
   *
   * @param source the address it came from, which is more than its host says
   */
  byte[] json(String source) {
    Json json = new Json();
    json.open()
        .member("source", source)
        .member("format", format.name().toLowerCase(Locale.ROOT))
        .member("facility", facility())
        .member("severity", severity())
        .member("time", time)
        .member("host", host)
        .member("application", application)
        .member("process", process)
        .member("id", id);
    if (!data.isEmpty()) {
      json.name("data").open();
      data.forEach((element, parameters) -> put(element, parameters, json));
      json.close();
    }
    return json.member("text", text).close().toString().getBytes(UTF_8);
  }

  private static void put(String element, Map<String, List<String>> parameters, Json json) {
    json.name(element).open();
    parameters.forEach(json::member);
    json.close();
  }
}
