package io.rioreactive.kernel.windows;

import io.rioreactive.kernel.KernelHarness;
import io.rioreactive.kernel.WaitMode;
import io.rioreactive.kernel.WakeUpRules;
import java.io.IOException;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@EnabledOnOs(OS.WINDOWS)
class IocpWakeUpTest implements WakeUpRules {

  @Override
  public KernelHarness open(WaitMode waitMode) throws IOException {
    return new IocpHarness(waitMode);
  }
}
