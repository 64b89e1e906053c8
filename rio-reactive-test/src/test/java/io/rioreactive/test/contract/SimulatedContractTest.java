package io.rioreactive.test.contract;

/** The contract on a simulated kernel that gives posts back. */
class SimulatedContractTest implements ConnectionContract {

  private final Testbed testbed = SimulatedTestbed.withdrawingPosts();

  @Override
  public Testbed testbed() {
    return testbed;
  }
}
