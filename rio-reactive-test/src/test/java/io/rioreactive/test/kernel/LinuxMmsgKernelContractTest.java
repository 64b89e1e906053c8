package io.rioreactive.test.kernel;

import io.rioreactive.kernel.Kernel;
import io.rioreactive.kernel.linux.LinuxMmsgKernel;
import io.rioreactive.test.Needs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The contract on recvmmsg and sendmmsg. */
@EnabledOnOs(OS.LINUX)
class LinuxMmsgKernelContractTest implements KernelContract {

  private final Kernel kernel = new LinuxMmsgKernel();

  LinuxMmsgKernelContractTest() {
    Needs.provider("linux-mmsg");
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
