package io.rioreactive.kernel;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

/**
 * What a test needs of the machine it runs on. Without it the test is skipped, with the reason;
 * where {@code CI} is set, to anything but {@code false}, it fails instead, so that nothing goes
 * untested in silence. The other modules' tests have the same rule.
 */
public final class Needs {

  private Needs() {}

  /** Skips or fails unless it is there. */
  public static void need(boolean isThere, String what) {
    if (isThere) {
      return;
    }
    String ci = System.getenv("CI");
    if (ci == null || ci.isEmpty() || ci.equals("false")) {
      abort("this machine does not have " + what);
    }
    fail("CI=" + ci + ", and this machine does not have " + what);
  }
}
