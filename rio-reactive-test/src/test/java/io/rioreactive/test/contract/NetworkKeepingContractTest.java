package io.rioreactive.test.contract;

import org.junit.jupiter.api.Tag;

/** The contract on a simulated network that keeps posts. */
@Tag("once")
class NetworkKeepingContractTest implements ConnectionContract {

  private final Testbed testbed = NetworkTestbed.keepingPosts();

  @Override
  public Testbed testbed() {
    return testbed;
  }
}
