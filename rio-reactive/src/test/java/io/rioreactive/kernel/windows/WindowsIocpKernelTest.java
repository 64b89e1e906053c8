package io.rioreactive.kernel.windows;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.OS;

class WindowsIocpKernelTest {

  private final WindowsIocpKernel kernel = new WindowsIocpKernel();

  /** Not two tests by system: one of them would always be skipped. */
  @Test
  void probeSucceedsOnWindowsAndFailsWithAReasonElsewhere() throws IOException {
    for (int i = 0; i < 2; i++) {
      if (OS.WINDOWS.isCurrentOs()) {
        kernel.probe();
      } else {
        assertThatThrownBy(kernel::probe)
            .isInstanceOf(IOException.class)
            .hasMessageContainingAll("windows-iocp", "ws2_32");
      }
    }
  }
}
