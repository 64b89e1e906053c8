package io.rioreactive.test.contract;

/**
 * Registered I/O. Over the double of it the end of each test requires that nothing was done which
 * Windows forbids, and that nothing is left.
 */
final class RioTestbed extends SystemTestbed {

  private final RioMode mode;

  RioTestbed(RioMode mode) {
    super("windows-rio", mode.notification());
    this.mode = mode;
    mode.begin();
  }

  @Override
  boolean completesInOrder() {
    return mode.completesInOrder();
  }

  @Override
  public void close() {
    super.close();
    mode.end();
  }
}
