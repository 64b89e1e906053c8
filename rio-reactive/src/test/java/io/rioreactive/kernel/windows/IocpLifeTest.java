package io.rioreactive.kernel.windows;

import static io.rioreactive.kernel.KernelHarness.config;
import static io.rioreactive.kernel.KernelHarness.loopback;
import static io.rioreactive.kernel.KernelHarness.postReceives;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.RequestQueue;
import java.io.IOException;
import java.net.BindException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Opening, closing and what is left behind; each harness counts sockets and memory at its end. */
@EnabledOnOs(OS.WINDOWS)
@Timeout(60)
class IocpLifeTest {

  @Test
  void whatCameBeforeTheCloseIsNotLost() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(8, 1, 64);
      for (int round = 0; round < 20; round++) {
        RequestQueue other = harness.open(8, 1, 64);
        postReceives(other, 8);
        harness.sendTo(other, new byte[1], new byte[2], new byte[3]);
        harness.sendTo(socket, new byte[1]); // once this one is there the others are
        postReceives(socket, 1);
        List<Done> taken = takeUntilOneOf(harness, socket);

        taken.addAll(harness.close(other));

        assertThat(taken).filteredOn(d -> d.status() == CompletionStatus.OK).hasSize(4);
        assertThat(taken).filteredOn(d -> d.status() == CompletionStatus.CANCELLED).hasSize(5);
      }
    }
  }

  private static List<Done> takeUntilOneOf(IocpHarness harness, RequestQueue socket)
      throws IOException {
    List<Done> taken = new ArrayList<>();
    while (taken.stream().noneMatch(d -> d.socket() == socket.index())) {
      taken.addAll(harness.take(1));
    }
    return taken;
  }

  @Test
  void afterCloseNothingIsAcceptedAndTheRestIsHarmless() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(2, 2, 64);
      postReceives(socket, 1);
      socket.close();
      socket.close();

      assertThat(socket.postReceive(1)).isEqualTo(WsaError.WSAENOTSOCK.code());
      assertThat(socket.postSend(0, 1)).isEqualTo(WsaError.WSAENOTSOCK.code());
      socket.commit();
      assertThatThrownBy(socket::release).isInstanceOf(IllegalStateException.class);
      assertThat(harness.take(1)).hasSize(1);
    }
  }

  @Test
  void anOpenSocketIsNotFreed() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(2, 2, 64);
      assertThatThrownBy(socket::release).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(socket::abandon).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(harness.queue::close).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void aSlotIsPostedOnceAtATime() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(2, 2, 64);
      postReceives(socket, 1);
      assertThatThrownBy(() -> socket.postReceive(0)).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void abandonedSlotsStayAllocatedAndTheIndexIsFree() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      RequestQueue socket = harness.open(8, 8, 64);
      harness.leaked = harness.kernel32.allocated;
      postReceives(socket, 8);
      socket.close();
      harness.abandon(socket);
      RequestQueue next = harness.open(1, 1, 64);

      assertThat(next.index()).isZero();
      postReceives(next, 1);
      harness.sendTo(next, new byte[3]);
      List<Done> done = harness.take(1);
      for (int i = 0; i < 4; i++) {
        done.addAll(harness.dequeue());
      }
      assertThat(done).extracting(Done::length).containsExactly(3);
    }
  }

  @Test
  void hundredsOfCyclesLeaveNothingBehind() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      for (int i = 0; i < 500; i++) {
        RequestQueue socket = harness.open(16, 8, 2_048);
        postReceives(socket, 16);
        assertThat(harness.close(socket)).hasSize(16);
        assertThat(harness.winsock.openSockets).isZero();
        assertThat(harness.kernel32.allocated).isZero();
      }
    }
  }

  @Test
  void aFailedOpenLeavesNothingBehind() throws IOException {
    try (IocpHarness harness = new IocpHarness()) {
      for (int i = 0; i < 20; i++) {
        assertThatThrownBy(
                () ->
                    harness.queue.openSocket(config(harness.peerAddress(), 16, 8, 2_048, Map.of())))
            .isInstanceOf(BindException.class)
            .hasMessageStartingWith("bind 127.0.0.1:%d failed: ", harness.peerAddress().getPort());
      }
      for (int which = 1; which <= 2; which++) {
        harness.kernel32.failingAllocation = which;
        assertThatThrownBy(
                () -> harness.queue.openSocket(config(loopback(0), 16, 8, 2_048, Map.of())))
            .isInstanceOf(KernelException.class)
            .hasMessageStartingWith("VirtualAlloc of 65536 bytes for ")
            .hasMessageContaining("ERROR_COMMITMENT_LIMIT (1455): ");
      }
      assertThat(harness.winsock.openSockets).isZero();
      assertThat(harness.kernel32.allocated).isZero();
      assertThat(harness.open(1, 1, 64).index()).isZero();
    }
  }

  @Test
  void aClosedQueueIsNotUsed() throws IOException {
    IocpHarness harness = new IocpHarness();
    harness.close();

    assertThatThrownBy(harness.queue::await).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(harness::dequeue).isInstanceOf(IllegalStateException.class);
    harness.queue.wake();
  }
}
