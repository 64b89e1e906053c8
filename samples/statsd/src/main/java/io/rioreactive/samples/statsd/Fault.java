package io.rioreactive.samples.statsd;

/** Why a line is not counted as a metric. It costs that line alone. */
enum Fault implements Line {
  /** Without a colon between name and value. */
  NO_VALUE,
  /** The name is empty, too long, or has a control character. */
  NAME,
  /** No decimal number where there must be one, or too large; a negative time; an empty member. */
  VALUE,
  /** Without a type, or of one that is unknown. */
  TYPE,
  /** A sample rate that is none: not a number above 0 and up to 1. */
  RATE,
  /** Something behind the type that is neither rate nor tags nor DogStatsD's. */
  SECTION,
  /** A good line of one metric more than are kept. */
  TOO_MANY
}
