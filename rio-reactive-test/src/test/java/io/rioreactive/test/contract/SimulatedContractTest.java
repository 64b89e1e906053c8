package io.rioreactive.test.contract;

import org.junit.jupiter.api.Tag;

/** The contract on a simulated kernel that gives posts back. */
@Tag("once")
class SimulatedContractTest implements ConnectionContract {

  private final Testbed testbed = SimulatedTestbed.withdrawingPosts();

  @Override
  public Testbed testbed() {
    return testbed;
  }
}
