package io.rioreactive.test.kernel;

import io.rioreactive.kernel.Kernel;
import io.rioreactive.kernel.windows.WindowsIocpKernel;
import io.rioreactive.test.Needs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The contract on overlapped Winsock. */
@EnabledOnOs(OS.WINDOWS)
class WindowsIocpKernelContractTest implements KernelContract {

  private final Kernel kernel = new WindowsIocpKernel();

  WindowsIocpKernelContractTest() {
    Needs.provider("windows-iocp");
  }

  @Override
  public Kernel kernel() {
    return kernel;
  }

  @Override
  public boolean withdrawsPosts() {
    return false;
  }

  @Override
  public boolean hearsAfterNews() {
    return !Needs.isWine();
  }
}
