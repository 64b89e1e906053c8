package io.rioreactive.samples.rioprobe;

/**
 * What a check has seen.
 *
 * @param observed in a few words, with the numbers
 * @param verdict what it does to the statement
 */
record Answer(String observed, Verdict verdict) {

  static Answer confirmed(String observed) {
    return new Answer(observed, Verdict.CONFIRMED);
  }

  static Answer refuted(String observed) {
    return new Answer(observed, Verdict.REFUTED);
  }

  static Answer open(String observed) {
    return new Answer(observed, Verdict.OPEN);
  }

  /** Confirmed if so, else refuted. */
  static Answer of(boolean confirmed, String observed) {
    return confirmed ? confirmed(observed) : refuted(observed);
  }
}
