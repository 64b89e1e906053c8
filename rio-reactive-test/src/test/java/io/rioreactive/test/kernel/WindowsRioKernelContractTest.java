package io.rioreactive.test.kernel;

import io.rioreactive.kernel.Kernel;
import io.rioreactive.kernel.WaitMode;
import io.rioreactive.kernel.windows.WindowsRioKernel;
import io.rioreactive.test.Needs;
import io.rioreactive.test.contract.RioMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract on Registered I/O, once for each mode. */
@EnabledOnOs(OS.WINDOWS)
@ParameterizedClass(name = "{0}")
@MethodSource("io.rioreactive.test.contract.RioMode#all")
class WindowsRioKernelContractTest implements KernelContract {

  private final Kernel kernel = new WindowsRioKernel();
  private final RioMode mode;

  WindowsRioKernelContractTest(RioMode mode) {
    Needs.provider("windows-rio");
    this.mode = mode;
    mode.begin();
  }

  @AfterEach
  void nothingIsLeft() {
    mode.end();
  }

  @Override
  public Kernel kernel() {
    return kernel;
  }

  @Override
  public WaitMode waitMode() {
    return WaitMode.valueOf(mode.notification().name());
  }

  @Override
  public boolean withdrawsPosts() {
    return false;
  }

  /** In each of the modes. */
  @Override
  public int wakeUps() {
    return 500;
  }

  @Override
  public boolean hearsAfterNews() {
    return !Needs.isWine();
  }
}
