package io.rioreactive.test.kernel;

import io.rioreactive.kernel.Kernel;
import io.rioreactive.kernel.linux.LinuxUringKernel;
import io.rioreactive.test.Needs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The contract on io_uring. */
@EnabledOnOs(OS.LINUX)
class LinuxUringKernelContractTest implements KernelContract {

  private final Kernel kernel = new LinuxUringKernel();

  LinuxUringKernelContractTest() {
    Needs.provider("linux-uring");
  }

  @Override
  public Kernel kernel() {
    return kernel;
  }

  @Override
  public boolean withdrawsPosts() {
    return true;
  }
}
