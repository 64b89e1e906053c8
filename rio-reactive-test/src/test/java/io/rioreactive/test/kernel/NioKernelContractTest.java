package io.rioreactive.test.kernel;

import io.rioreactive.kernel.Kernel;
import io.rioreactive.kernel.nio.NioKernel;
import io.rioreactive.test.Needs;

/** The contract on the JDK's channels. */
class NioKernelContractTest implements KernelContract {

  private final Kernel kernel = new NioKernel();

  NioKernelContractTest() {
    Needs.provider("nio");
  }

  @Override
  public Kernel kernel() {
    return kernel;
  }

  @Override
  public boolean withdrawsPosts() {
    return true;
  }

  /** Each takes some milliseconds under Wine. */
  @Override
  public int wakeUps() {
    return 500;
  }

  @Override
  public boolean tellsOfDeadPorts() {
    return !Needs.isWine();
  }

  @Override
  public boolean hearsAfterNews() {
    return !Needs.isWine();
  }

  @Override
  public boolean keepsPort() {
    return !Needs.isWine();
  }
}
