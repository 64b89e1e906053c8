package io.rioreactive.test.fuzz;

import java.nio.charset.StandardCharsets;

/** Payloads that arrive. The first letter says what a decoder, or a call, makes of it. */
final class Arrivals {

  /** Value, skip, throw, a call that waits. */
  private static final String LETTERS = "vvvvsstpppvp";

  private int next;

  byte[] next(int which) {
    String text = LETTERS.charAt(which % LETTERS.length()) + Integer.toString(next++);
    if (which % 17 == 0) {
      return new byte[0];
    }
    String padded = which % 5 == 0 ? pad(text, ModelConnection.DATAGRAM_SIZE) : text;
    return padded.getBytes(StandardCharsets.UTF_8);
  }

  byte[] tooLong() {
    String text = "v" + next++;
    return pad(text, ModelConnection.DATAGRAM_SIZE + 1 + next % 5).getBytes(StandardCharsets.UTF_8);
  }

  private static String pad(String text, int length) {
    return text + ".".repeat(Math.max(0, length - text.length()));
  }

  static String text(byte[] bytes) {
    return '"' + new String(bytes, StandardCharsets.UTF_8) + '"';
  }
}
