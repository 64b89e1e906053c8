package io.rioreactive.test.contract;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The contract on overlapped Winsock. */
@EnabledOnOs(OS.WINDOWS)
class WindowsIocpContractTest implements SystemContract {

  private final Testbed testbed = new SystemTestbed("windows-iocp");

  @Override
  public Testbed testbed() {
    return testbed;
  }
}
