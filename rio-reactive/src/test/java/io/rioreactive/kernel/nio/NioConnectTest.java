package io.rioreactive.kernel.nio;

import io.rioreactive.kernel.ConnectRules;
import io.rioreactive.kernel.KernelHarness;
import io.rioreactive.kernel.WaitMode;
import io.rioreactive.kernel.Wine;
import java.io.IOException;

class NioConnectTest implements ConnectRules {

  @Override
  public KernelHarness openHarness() throws IOException {
    return new NioHarness(WaitMode.COMPLETION_PORT);
  }

  @Override
  public boolean tellsOfDeadPorts() {
    return !Wine.isThere();
  }

  @Override
  public boolean hearsAfterNews() {
    return !Wine.isThere();
  }

  @Override
  public boolean keepsPort() {
    return !Wine.isThere();
  }
}
