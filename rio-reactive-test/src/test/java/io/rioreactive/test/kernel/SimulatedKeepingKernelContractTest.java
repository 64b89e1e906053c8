package io.rioreactive.test.kernel;

import io.rioreactive.test.JoinedKernel;
import io.rioreactive.test.SimulatedKernel;

/** The contract on a simulated kernel that keeps posts. */
class SimulatedKeepingKernelContractTest implements SimulatedKernelContract {

  private final SimulatedKernel kernel = JoinedKernel.keepingPosts();

  @Override
  public SimulatedKernel kernel() {
    return kernel;
  }

  @Override
  public boolean withdrawsPosts() {
    return false;
  }
}
