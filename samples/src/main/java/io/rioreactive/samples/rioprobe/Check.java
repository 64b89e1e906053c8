package io.rioreactive.samples.rioprobe;

/**
 * One statement about the system, and the experiment that confirms or refutes it.
 *
 * @param statement what is asked, as a sentence
 * @param contract what the project's contract says, or that it is open there
 * @param needsRio whether the experiment uses the functions of RIO
 * @param experiment asks the system
 */
record Check(String statement, String contract, boolean needsRio, Experiment experiment) {

  /**
   * Asks the system. It runs once, on a thread of its own, and cleans up what it opened. Memory
   * that a request may still refer to is left behind.
   */
  interface Experiment {
    /** What was seen. An exception means that the question could not be put. */
    Answer run() throws Exception;
  }
}
