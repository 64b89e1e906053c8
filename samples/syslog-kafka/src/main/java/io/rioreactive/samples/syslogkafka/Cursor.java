package io.rioreactive.samples.syslogkafka;

import org.jspecify.annotations.Nullable;

/**
 * A place in a text that moves from its beginning to its end. What is not found answers null or
 * false; then the place is wherever it is, and who wants to try something else goes {@link #back}.
 */
final class Cursor {

  private final String text;
  private int at;

  Cursor(String text) {
    this.text = text;
  }

  boolean isAtEnd() {
    return at == text.length();
  }

  int place() {
    return at;
  }

  void back(int place) {
    at = place;
  }

  /** All that is left. */
  String rest() {
    return text.substring(at);
  }

  /** Takes one character, if it is this one. */
  boolean skip(char expected) {
    if (isAtEnd() || text.charAt(at) != expected) {
      return false;
    }
    at++;
    return true;
  }

  /** Takes so many characters. */
  @Nullable String take(int count) {
    if (text.length() - at < count) {
      return null;
    }
    at += count;
    return text.substring(at - count, at);
  }

  /** Takes printable ASCII but for spaces and some others, 1 to {@code most} of it. */
  @Nullable String printable(int most, String others) {
    int start = at;
    while (!isAtEnd() && isPrintable(text.charAt(at)) && others.indexOf(text.charAt(at)) < 0) {
      at++;
    }
    int length = at - start;
    return length == 0 || length > most ? null : text.substring(start, at);
  }

  private static boolean isPrintable(char c) {
    return c > ' ' && c < 127;
  }

  /** Takes printable ASCII, and the space behind it. */
  @Nullable String word(int most) {
    String word = printable(most, "");
    return word != null && skip(' ') ? word : null;
  }

  /** Takes what stands before a quotation mark, and the mark; RFC 5424's escapes are undone. */
  @Nullable String quoted() {
    StringBuilder value = new StringBuilder();
    while (!isAtEnd()) {
      char c = text.charAt(at++);
      if (c == '"') {
        return value.toString();
      }
      if (c == ']') {
        return null; // it would have to be escaped
      }
      boolean isEscape = c == '\\' && !isAtEnd() && "\"\\]".indexOf(text.charAt(at)) >= 0;
      value.append(isEscape ? text.charAt(at++) : c);
    }
    return null;
  }
}
