package io.rioreactive.kernel.windows;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.KernelException;
import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** What the three notifications take from the system, and that they give it back. */
@EnabledOnOs(OS.WINDOWS)
class RioNotificationTest {

  private final Arena arena = Arena.ofConfined();
  private final PlannedKernel32 kernel32 = new PlannedKernel32(arena);

  @AfterEach
  void close() {
    System.clearProperty(RioPolling.YIELD_PROPERTY);
    arena.close();
  }

  private void poll(RioNotification polling) throws KernelException {
    for (int i = 0; i < 3; i++) {
      polling.await(null, 0);
    }
  }

  @Test
  void pollingYieldsOnlyWhereItIsAskedTo() throws KernelException {
    poll(new RioPolling(kernel32));
    assertThat(kernel32.yields).isZero();

    System.setProperty(RioPolling.YIELD_PROPERTY, "true");
    poll(new RioPolling(kernel32));
    assertThat(kernel32.yields).isEqualTo(3);
  }

  @Test
  void bothEventsAreClosed() throws KernelException {
    RioNotification events = new RioEventNotification(kernel32, arena);
    assertThat(kernel32.openHandles).isEqualTo(2);

    events.close();

    assertThat(kernel32.openHandles).isZero();
  }

  @Test
  void thePortIsClosed() throws KernelException {
    RioNotification port = new RioPortNotification(kernel32, arena);
    assertThat(kernel32.openHandles).isEqualTo(1);

    port.close();

    assertThat(kernel32.openHandles).isZero();
  }

  @Test
  void aPacketForWhichThereIsNoMemoryIsPostedAgainUntilThereIs() throws KernelException {
    CompletionPort port = CompletionPort.open(kernel32, 4, arena);
    try {
      kernel32.refusedPackets = 3;

      assertThat(port.wake(7)).isTrue();

      assertThat(kernel32.refusedPackets).isZero();
      assertThat(port.await(0)).isEqualTo(1);
      assertThat(port.key(0)).isEqualTo(7);
    } finally {
      port.close();
    }
  }

  @Test
  void aPacketForWhichThereNeverIsMemoryIsGivenUp() throws KernelException {
    CompletionPort port = CompletionPort.open(kernel32, 4, arena);
    try {
      kernel32.refusedPackets = Integer.MAX_VALUE;

      assertThat(port.wake(7)).isFalse();
      assertThat(port.await(0)).isZero();
    } finally {
      port.close();
    }
  }
}
