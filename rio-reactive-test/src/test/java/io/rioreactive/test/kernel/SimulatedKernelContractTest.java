package io.rioreactive.test.kernel;

import io.rioreactive.test.JoinedKernel;
import io.rioreactive.test.SimulatedKernel;

/** The contract on a simulated kernel that gives posts back. */
class SimulatedKernelContractTest implements SimulatedKernelContract {

  private final SimulatedKernel kernel = JoinedKernel.withdrawingPosts();

  @Override
  public SimulatedKernel kernel() {
    return kernel;
  }

  @Override
  public boolean withdrawsPosts() {
    return true;
  }
}
