package io.rioreactive.samples.statsd;

import org.jspecify.annotations.Nullable;

/** The types of metrics. */
enum Kind {
  /** {@code c}: something happened so many times. */
  COUNTER,
  /** {@code g}: how much there is of something, until told otherwise. */
  GAUGE,
  /** {@code ms}; DogStatsD's {@code h} and {@code d} too: how long or how large one thing was. */
  TIMER,
  /** {@code s}: how many different ones there were. */
  SET;

  /** The kind that a line names; null if there is none of that name. */
  static @Nullable Kind of(byte[] bytes, int from, int to) {
    if (to - from == 2) {
      return bytes[from] == 'm' && bytes[from + 1] == 's' ? TIMER : null;
    }
    if (to - from != 1) {
      return null;
    }
    return switch (bytes[from]) {
      case 'c' -> COUNTER;
      case 'g' -> GAUGE;
      case 'h', 'd' -> TIMER;
      case 's' -> SET;
      default -> null;
    };
  }
}
