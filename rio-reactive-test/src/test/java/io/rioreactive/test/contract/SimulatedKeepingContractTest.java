package io.rioreactive.test.contract;

/** The contract on a simulated kernel that keeps posts. */
class SimulatedKeepingContractTest implements ConnectionContract {

  private final Testbed testbed = SimulatedTestbed.keepingPosts();

  @Override
  public Testbed testbed() {
    return testbed;
  }
}
