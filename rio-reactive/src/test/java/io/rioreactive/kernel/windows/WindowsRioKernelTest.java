package io.rioreactive.kernel.windows;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

class WindowsRioKernelTest {

  private final WindowsRioKernel kernel = new WindowsRioKernel();

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void probeFailsWithAReasonElsewhere() {
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(kernel::probe)
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("windows-rio needs 64-bit Windows");
    }
  }
}
