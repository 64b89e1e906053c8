package io.rioreactive.test;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Remembers which rules of the kernel's contract were broken.
 *
 * <p>Any thread. It throws as well, but what it throws may be caught by the very code that broke
 * the rule; the list stays.
 */
final class Sanitizer {

  private final List<String> violations = new CopyOnWriteArrayList<>();

  /** Records a violation and throws it. */
  void violated(String subject, String rule) {
    String violation = subject + ": " + rule;
    violations.add(violation);
    throw new AssertionError(violation);
  }

  /** Records and throws a violation unless the rule holds. */
  void require(boolean holds, String subject, String rule) {
    if (!holds) {
      violated(subject, rule);
    }
  }

  List<String> violations() {
    return List.copyOf(violations);
  }
}
