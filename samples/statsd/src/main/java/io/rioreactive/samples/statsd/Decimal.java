package io.rioreactive.samples.statsd;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/** Decimal numbers in bytes. Whatever the bytes are, nothing is thrown. */
final class Decimal {

  /** The largest number taken, so that sums of them stay finite, and whole ones exact. */
  static final double LARGEST = 1e15;

  private static final int LONGEST = 40; // characters
  private static final int EXACT_DIGITS = 15; // of these both long and double know every number

  private static final double[] POWERS = new double[EXACT_DIGITS + 1];

  static {
    double power = 1;
    for (int i = 0; i < POWERS.length; i++) {
      POWERS[i] = power;
      power *= 10;
    }
  }

  private Decimal() {}

  /**
   * The number that the bytes from {@code from} up to {@code to} are: {@code 12}, {@code -0.5},
   * {@code +3e-4}.
   *
   * @return NaN if they are none, or one above {@link #LARGEST}
   */
  static double parse(byte[] bytes, int from, int to) {
    boolean hasSign = from < to && (bytes[from] == '+' || bytes[from] == '-');
    int at = hasSign ? from + 1 : from;
    long digits = 0; // wrong if there are too many, and then not used
    int count = 0;
    int fraction = 0;
    boolean hasPoint = false;
    while (at < to && (isDigit(bytes[at]) || (bytes[at] == '.' && !hasPoint))) {
      if (bytes[at] == '.') {
        hasPoint = true;
      } else {
        digits = digits * 10 + bytes[at] - '0';
        count++;
        fraction += hasPoint ? 1 : 0;
      }
      at++;
    }
    if (count == 0 || to - from > LONGEST || !isExponentOrNothing(bytes, at, to)) {
      return Double.NaN;
    }
    double value;
    if (at < to || count > EXACT_DIGITS) {
      value = Double.parseDouble(new String(bytes, from, to - from, ISO_8859_1));
    } else {
      double size = digits / POWERS[fraction]; // both exact, so this is the nearest there is
      value = bytes[from] == '-' ? -size : size;
    }
    return Math.abs(value) <= LARGEST ? value : Double.NaN;
  }

  private static boolean isExponentOrNothing(byte[] bytes, int from, int to) {
    if (from == to) {
      return true;
    }
    if (bytes[from] != 'e' && bytes[from] != 'E') {
      return false;
    }
    int at = from + 1;
    if (at < to && (bytes[at] == '+' || bytes[at] == '-')) {
      at++;
    }
    int first = at;
    while (at < to && isDigit(bytes[at])) {
      at++;
    }
    return at == to && at > first;
  }

  private static boolean isDigit(byte character) {
    return character >= '0' && character <= '9';
  }
}
