package io.rioreactive.samples.syslogkafka;

import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes JSON. Every control character is escaped, those that JSON allows as they are among them:
 * so a record can be printed on a terminal, whoever has sent it.
 */
final class Json {

  private static final HexFormat HEX = HexFormat.of();

  private final StringBuilder text = new StringBuilder(256);

  /** Begins an object. */
  Json open() {
    text.append('{');
    return this;
  }

  /** Ends an object. */
  Json close() {
    text.append('}');
    return this;
  }

  /** The name of what follows. */
  Json name(String name) {
    if (text.charAt(text.length() - 1) != '{') {
      text.append(',');
    }
    string(name);
    text.append(':');
    return this;
  }

  /** Nothing, if the value is null. */
  Json member(String name, @Nullable String value) {
    if (value != null) {
      name(name);
      string(value);
    }
    return this;
  }

  Json member(String name, int value) {
    name(name);
    text.append(value);
    return this;
  }

  Json member(String name, List<String> values) {
    name(name);
    text.append('[');
    for (int i = 0; i < values.size(); i++) {
      if (i > 0) {
        text.append(',');
      }
      string(values.get(i));
    }
    text.append(']');
    return this;
  }

  private void string(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\').append(c);
      } else if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
        text.append("\\u").append(HEX.toHexDigits(c));
      } else {
        text.append(c);
      }
    }
    text.append('"');
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
