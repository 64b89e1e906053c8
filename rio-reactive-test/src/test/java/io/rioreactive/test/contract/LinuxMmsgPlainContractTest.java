package io.rioreactive.test.contract;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The contract on recvmmsg and sendmmsg, where each datagram is a message of its own. */
@EnabledOnOs(OS.LINUX)
class LinuxMmsgPlainContractTest implements SystemContract {

  private final Testbed testbed =
      new SystemTestbed(
          "linux-mmsg", server -> server.segmentation(false), client -> client.segmentation(false));

  @Override
  public Testbed testbed() {
    return testbed;
  }
}
