package io.rioreactive.test.contract;

/** The contract on the JDK's channels. */
class NioContractTest implements SystemContract {

  private final Testbed testbed = new SystemTestbed("nio");

  @Override
  public Testbed testbed() {
    return testbed;
  }
}
