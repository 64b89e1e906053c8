package io.rioreactive.test.contract;

/** The contract on a simulated network that gives posts back. */
class NetworkContractTest implements ConnectionContract {

  private final Testbed testbed = NetworkTestbed.withdrawingPosts();

  @Override
  public Testbed testbed() {
    return testbed;
  }
}
