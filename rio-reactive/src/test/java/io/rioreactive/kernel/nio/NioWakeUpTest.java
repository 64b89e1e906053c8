package io.rioreactive.kernel.nio;

import io.rioreactive.kernel.KernelHarness;
import io.rioreactive.kernel.WaitMode;
import io.rioreactive.kernel.WakeUpRules;
import java.io.IOException;

class NioWakeUpTest implements WakeUpRules {

  /** Each takes some milliseconds under Wine. */
  @Override
  public int wakeUps() {
    return 1_000;
  }

  @Override
  public KernelHarness open(WaitMode waitMode) throws IOException {
    return new NioHarness(waitMode);
  }
}
