package io.rioreactive.samples.statsd;

import org.jspecify.annotations.Nullable;

/**
 * A metric as the page shows it.
 *
 * @param kind of it
 * @param name with its tags
 * @param lines of it since the last look
 * @param perSecond counted a second since then; of a gauge or a set, lines
 * @param value of a counter and a timer all that were counted; of a gauge its level; of a set how
 *     many different ones since the last look
 * @param mean of a timer that had any; else null
 * @param p95 what 95 % of them are not above, or up to an eighth more
 * @param max the largest
 */
record Shown(
    Kind kind,
    String name,
    long lines,
    double perSecond,
    double value,
    @Nullable Double mean,
    @Nullable Double p95,
    @Nullable Double max) {

  static Shown of(Kind kind, String name, long lines, double perSecond, double value) {
    return new Shown(kind, name, lines, perSecond, value, null, null, null);
  }
}
