package io.rioreactive.benchmarks.report;

/**
 * How long and how often.
 *
 * @param quick whether this is a try-out, which proves nothing
 * @param starts of the contenders' processes
 * @param rounds of each start
 * @param warmUpMillis of each contender after each start
 * @param windowMillis of each contender in each round
 */
public record Settings(
    boolean quick, int starts, int rounds, long warmUpMillis, long windowMillis) {

  /** What the results are made with. */
  public static Settings full() {
    return new Settings(false, 3, 5, 2_000, 300);
  }

  /** To see that everything works. */
  public static Settings aQuickTry() {
    return new Settings(true, 1, 3, 800, 150);
  }

  /** The same with other starts. */
  public Settings withStarts(int other) {
    return new Settings(quick, other, rounds, warmUpMillis, windowMillis);
  }

  /** The same with other rounds. */
  public Settings withRounds(int other) {
    return new Settings(quick, starts, other, warmUpMillis, windowMillis);
  }

  /** Whether intervals of this are worth something. */
  public boolean isEvidence() {
    return !quick && starts >= 3 && starts * rounds >= 15;
  }
}
