package io.rioreactive.kernel.linux;

import static io.rioreactive.kernel.KernelHarness.config;
import static io.rioreactive.kernel.KernelHarness.loopback;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.CompletionStatus;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The sends of one socket without a queue: who is told what, and when the system is asked. */
@EnabledOnOs(OS.LINUX)
class MmsgSendsTest {

  private final Arena arena = Arena.ofConfined();
  private final PlannedLibC libc = new PlannedLibC(arena);
  private UdpSocket socket;
  private MmsgSends sends;

  @BeforeEach
  void openToItself() throws IOException {
    socket = UdpSocket.open(libc, config(loopback(0), 1, 4, 16, Map.of()));
    sends = new MmsgSends(libc, socket, Slab.map(libc, 4, 16, false), new SendMessages(arena));
    for (int slot = 0; slot < 4; slot++) {
      long address = sends.slots().addressAt(slot);
      socket.format().write(sends.slots().memory(), address, socket.localAddress());
    }
  }

  @AfterEach
  void close() {
    sends.end(CompletionStatus.CANCELLED, 0);
    sends.free();
    libc.close(socket.fd());
    arena.close();
  }

  @Test
  void aPausedSocketIsLeftAloneUntilTheTimeIsUp() {
    sends.post(0, 1);
    libc.failSend(Errno.ENOBUFS);
    assertThat(sends.flush(false)).isEqualTo(MmsgSends.Outcome.PAUSED);
    int calls = libc.sendCalls;

    assertThat(sends.flush(false)).isEqualTo(MmsgSends.Outcome.DONE);
    assertThat(libc.sendCalls).isEqualTo(calls);
    assertThat(sends.done()).isZero();

    sends.resume();
    assertThat(sends.flush(false)).isEqualTo(MmsgSends.Outcome.DONE);
    assertThat(sends.done()).isEqualTo(1);
  }

  @Test
  void aBlockedSocketIsLeftAloneUntilEpollSaysSo() {
    sends.post(0, 1);
    libc.failSend(Errno.EAGAIN);
    assertThat(sends.flush(false)).isEqualTo(MmsgSends.Outcome.BLOCKED);
    int calls = libc.sendCalls;

    assertThat(sends.flush(false)).isEqualTo(MmsgSends.Outcome.DONE);
    assertThat(libc.sendCalls).isEqualTo(calls);
  }

  @Test
  void pausesDoubleUpToTwentyMillisecondsAndASuccessEndsThat() {
    sends.post(0, 1);
    for (long millis : new long[] {1, 2, 4, 8, 16, 20, 20}) {
      libc.failSend(Errno.ENOBUFS);
      sends.flush(false);
      assertThat(sends.pauseNanos()).isEqualTo(millis * 1_000_000);
      sends.resume();
    }
    sends.flush(false);
    sends.post(1, 1);
    libc.failSend(Errno.ENOMEM);
    sends.flush(false);
    assertThat(sends.pauseNanos()).isEqualTo(1_000_000);
  }

  @Test
  void aFatalErrorIsToldWithItsCode() {
    sends.post(0, 1);
    libc.failSend(Errno.ESHUTDOWN);
    assertThat(sends.flush(false)).isEqualTo(MmsgSends.Outcome.FAILED);
    assertThat(sends.failure()).isEqualTo(Errno.ESHUTDOWN.code());
  }
}
