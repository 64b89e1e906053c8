package io.rioreactive.test.contract;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The contract on recvmmsg and sendmmsg. */
@EnabledOnOs(OS.LINUX)
class LinuxMmsgContractTest implements SystemContract {

  private final Testbed testbed = new SystemTestbed("linux-mmsg");

  @Override
  public Testbed testbed() {
    return testbed;
  }
}
