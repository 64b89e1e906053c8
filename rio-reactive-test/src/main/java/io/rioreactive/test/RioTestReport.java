package io.rioreactive.test;

import java.util.ArrayList;
import java.util.List;

/**
 * What a failed {@link RioTest} tells besides its failure: the seed, how to run the same again,
 * what each connection did, the last events. A throwable without a stack trace, to be suppressed by
 * the failure: so every tool prints it, and once.
 */
final class RioTestReport extends Exception {

  private static final long serialVersionUID = 1;

  private final boolean hasProblems;

  /**
   * @param problems what the checks after the test have found
   * @param state lines about connections and events
   */
  RioTestReport(long seed, List<String> problems, List<String> state) {
    super(text(seed, problems, state), null, false, false);
    hasProblems = !problems.isEmpty();
  }

  private static String text(long seed, List<String> problems, List<String> state) {
    List<String> lines = new ArrayList<>(problems);
    lines.add(
        "seed %d: for the same again run the test with -Drio.seed=%d, or with @RioTest(seed = %dL)"
            .formatted(seed, seed, seed));
    lines.addAll(state);
    return String.join("\n  ", lines);
  }

  /** Whether the test has failed for it. */
  boolean hasProblems() {
    return hasProblems;
  }
}
