package io.rioreactive.kernel.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.OS;

class LinuxMmsgKernelTest {

  private final LinuxMmsgKernel kernel = new LinuxMmsgKernel();

  /** Not two tests by system: one of them would always be skipped. */
  @Test
  void probeSucceedsOnLinuxAndFailsWithAReasonElsewhere() throws IOException {
    for (int i = 0; i < 2; i++) {
      if (OS.LINUX.isCurrentOs()) {
        kernel.probe();
      } else {
        assertThatThrownBy(kernel::probe)
            .isInstanceOf(IOException.class)
            .hasMessageContaining("linux-mmsg");
      }
    }
  }

  @Test
  void errorsAreAdvice() {
    assertThat(Errno.exception("bind [::1]:53", 13))
        .hasMessageStartingWith("bind [::1]:53 failed: EACCES (13): to bind a port below 1024 ");
    assertThat(Errno.exception("send", 4_095))
        .hasMessageStartingWith("send failed: errno (4095): ");
  }
}
