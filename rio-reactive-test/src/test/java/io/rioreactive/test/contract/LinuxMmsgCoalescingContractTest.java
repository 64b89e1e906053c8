package io.rioreactive.test.contract;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The contract on recvmmsg and sendmmsg, where several datagrams may come in one message. */
@EnabledOnOs(OS.LINUX)
class LinuxMmsgCoalescingContractTest implements SystemContract {

  private final Testbed testbed =
      new SystemTestbed(
          "linux-mmsg", server -> server.coalescing(true), client -> client.coalescing(true));

  @Override
  public Testbed testbed() {
    return testbed;
  }
}
