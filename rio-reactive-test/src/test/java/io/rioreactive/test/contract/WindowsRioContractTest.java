package io.rioreactive.test.contract;

import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract on Registered I/O, once for each mode. */
@EnabledOnOs(OS.WINDOWS)
@ParameterizedClass(name = "{0}")
@MethodSource("io.rioreactive.test.contract.RioMode#all")
class WindowsRioContractTest implements SystemContract {

  private final Testbed testbed;

  WindowsRioContractTest(RioMode mode) {
    testbed = new RioTestbed(mode);
  }

  @Override
  public Testbed testbed() {
    return testbed;
  }
}
