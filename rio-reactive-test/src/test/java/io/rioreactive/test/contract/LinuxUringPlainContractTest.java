package io.rioreactive.test.contract;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The contract on io_uring, where each datagram that is sent is a message of its own. */
@EnabledOnOs(OS.LINUX)
class LinuxUringPlainContractTest implements SystemContract {

  private final Testbed testbed =
      new SystemTestbed(
          "linux-uring",
          server -> server.segmentation(false),
          client -> client.segmentation(false));

  @Override
  public Testbed testbed() {
    return testbed;
  }
}
