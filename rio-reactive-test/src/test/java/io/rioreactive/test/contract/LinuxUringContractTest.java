package io.rioreactive.test.contract;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The contract on io_uring, where the machine has it. */
@EnabledOnOs(OS.LINUX)
class LinuxUringContractTest implements SystemContract {

  private final Testbed testbed = new SystemTestbed("linux-uring");

  @Override
  public Testbed testbed() {
    return testbed;
  }
}
