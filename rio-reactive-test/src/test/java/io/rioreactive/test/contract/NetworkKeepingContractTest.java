package io.rioreactive.test.contract;

/** The contract on a simulated network that keeps posts. */
class NetworkKeepingContractTest implements ConnectionContract {

  private final Testbed testbed = NetworkTestbed.keepingPosts();

  @Override
  public Testbed testbed() {
    return testbed;
  }
}
