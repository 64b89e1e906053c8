package io.rioreactive.test.contract;

import org.junit.jupiter.api.Tag;

/** The contract on a simulated kernel that keeps posts. */
@Tag("once")
class SimulatedKeepingContractTest implements ConnectionContract {

  private final Testbed testbed = SimulatedTestbed.keepingPosts();

  @Override
  public Testbed testbed() {
    return testbed;
  }
}
