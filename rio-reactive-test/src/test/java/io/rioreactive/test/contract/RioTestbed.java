package io.rioreactive.test.contract;

import static io.rioreactive.test.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.test.windows.RioDouble;

/**
 * Registered I/O. Over the double of it the end of each test requires that nothing was done which
 * Windows forbids, and that nothing is left.
 */
final class RioTestbed extends SystemTestbed {

  private static final String CLEAN = "rio-double: violations=0 live=0";

  private final boolean isDouble = RioDouble.isThere();
  private final boolean completesInOrder;

  RioTestbed(RioMode mode) {
    super("windows-rio", mode.notification());
    completesInOrder = mode.completesInOrder();
    if (isDouble) {
      String soFar = RioDouble.report();
      RioDouble.control("reset");
      mode.commands().forEach(RioDouble::control);
      assertThat(soFar).as("since the test before this").startsWith(CLEAN);
    }
  }

  @Override
  boolean completesInOrder() {
    return completesInOrder;
  }

  @Override
  public void close() {
    super.close();
    if (isDouble) {
      eventually(() -> assertThat(RioDouble.report()).startsWith(CLEAN));
    }
  }
}
