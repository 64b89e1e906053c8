package io.rioreactive.test.contract;

/** The contract on recvmmsg and sendmmsg. */
class LinuxMmsgContractTest implements SystemContract {

  private final Testbed testbed = new SystemTestbed("linux-mmsg");

  @Override
  public Testbed testbed() {
    return testbed;
  }
}
