package io.rioreactive.kernel.linux;

import io.rioreactive.kernel.KernelHarness;
import io.rioreactive.kernel.WaitMode;
import io.rioreactive.kernel.WakeUpRules;
import java.io.IOException;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.LINUX)
class MmsgWakeUpTest implements WakeUpRules {

  @Override
  public KernelHarness open(WaitMode waitMode) throws IOException {
    return new MmsgHarness(waitMode);
  }
}
