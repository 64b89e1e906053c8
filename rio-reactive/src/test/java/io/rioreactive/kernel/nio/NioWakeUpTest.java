package io.rioreactive.kernel.nio;

import io.rioreactive.kernel.KernelHarness;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.WaitMode;
import io.rioreactive.kernel.WakeUpRules;
import java.io.IOException;
import java.util.List;

class NioWakeUpTest implements WakeUpRules {

  private static final class NioHarness extends KernelHarness {

    NioHarness(WaitMode waitMode) throws IOException {
      super(new NioKernel().open(waitMode));
    }

    @Override
    protected boolean isDrained(RequestQueue socket, List<Done> dequeuedLast) {
      return dequeuedLast.isEmpty();
    }
  }

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
