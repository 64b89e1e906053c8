package io.rioreactive.kernel.windows;

import io.rioreactive.kernel.KernelHarness;
import io.rioreactive.kernel.WaitMode;
import io.rioreactive.kernel.WakeUpRules;
import java.io.IOException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A pump of {@code windows-rio} is woken in two ways. */
@EnabledOnOs(OS.WINDOWS)
class RioWakeUpTest {

  /** Here, since what a rule opens it may open on a thread of its own. */
  @BeforeEach
  void needRio() {
    RioHarness.need();
  }

  @Nested
  class ByPort implements WakeUpRules {

    @Override
    public KernelHarness open(WaitMode waitMode) throws IOException {
      return new RioHarness(waitMode);
    }
  }

  @Nested
  class ByEvent implements WakeUpRules {

    @Override
    public KernelHarness open(WaitMode waitMode) throws IOException {
      return new RioHarness(waitMode == WaitMode.COMPLETION_PORT ? WaitMode.EVENT : waitMode);
    }
  }
}
