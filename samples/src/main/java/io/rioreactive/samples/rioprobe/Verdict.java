package io.rioreactive.samples.rioprobe;

import java.util.Locale;

/** What an observation does to a statement. */
enum Verdict {
  /** The system does what the statement says. */
  CONFIRMED,
  /** It does something else. */
  REFUTED,
  /** Nothing was observed that decides. */
  OPEN;

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
