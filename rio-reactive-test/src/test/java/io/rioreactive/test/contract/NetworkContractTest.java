package io.rioreactive.test.contract;

import org.junit.jupiter.api.Tag;

/** The contract on a simulated network that gives posts back. */
@Tag("once")
class NetworkContractTest implements ConnectionContract {

  private final Testbed testbed = NetworkTestbed.withdrawingPosts();

  @Override
  public Testbed testbed() {
    return testbed;
  }
}
