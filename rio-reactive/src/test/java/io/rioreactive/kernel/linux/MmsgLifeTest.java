package io.rioreactive.kernel.linux;

import static io.rioreactive.kernel.KernelHarness.postReceives;
import static io.rioreactive.kernel.KernelHarness.postSend;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SocketConfig;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Opening, closing and what is left behind. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class MmsgLifeTest {

  @Test
  void closeCancelsAllThatIsOutstanding() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = harness.open(600, 4, 64);
      postReceives(socket, 600);
      harness.libc.limitSend(1).failSend(Errno.EAGAIN);
      for (int slot = 0; slot < 4; slot++) {
        postSend(socket, slot, harness.peerAddress(), new byte[1]);
      }
      socket.commit();

      List<Done> done = harness.close(socket);

      assertThat(done).hasSize(604);
      assertThat(done).filteredOn(Done::isReceive).extracting(Done::slot).doesNotHaveDuplicates();
      assertThat(done)
          .filteredOn(Done::isReceive)
          .extracting(Done::status)
          .containsOnly(CompletionStatus.CANCELLED);
      assertThat(done)
          .filteredOn(d -> !d.isReceive())
          .extracting(Done::status)
          .containsExactly(
              CompletionStatus.OK,
              CompletionStatus.CANCELLED,
              CompletionStatus.CANCELLED,
              CompletionStatus.CANCELLED);
    }
  }

  @Test
  void afterCloseNothingIsAcceptedAndTheRestIsHarmless() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = harness.open(2, 2, 64);
      postReceives(socket, 1);
      socket.close();
      socket.close();

      assertThat(socket.postReceive(1)).isEqualTo(Errno.EBADF.code());
      assertThat(socket.postSend(0, 1)).isEqualTo(Errno.EBADF.code());
      socket.commit();
      assertThatThrownBy(socket::release).isInstanceOf(IllegalStateException.class);
      assertThat(harness.dequeue()).hasSize(1);
    }
  }

  @Test
  void aClosedQueueOpensNoSocket() throws IOException {
    CompletionQueue queue = new LinuxMmsgKernel().open(WaitMode.COMPLETION_PORT);
    queue.close();
    SocketConfig config =
        new SocketConfig(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1, 1, 64, Map.of());

    assertThatThrownBy(() -> queue.openSocket(config))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void abandonedSlotsStayMappedAndTheIndexIsFree() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket =
          harness.queue.openSocket(MmsgHarness.config(MmsgHarness.loopback(0), 8, 8, 64, Map.of()));
      postReceives(socket, 8);
      socket.close();
      socket.abandon();

      assertThat(harness.dequeue()).isEmpty();
      assertThat(harness.open(1, 1, 64).index()).isZero();
    }
  }

  @Test
  void thousandsOfCyclesLeaveNothingBehind() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      cycle(harness, 500);
      long descriptors = descriptors();
      long mappings = mappings();

      cycle(harness, 2_000);

      assertThat(descriptors()).isLessThanOrEqualTo(descriptors + 2);
      assertThat(mappings()).as("the JVM makes a few of its own").isLessThan(mappings + 100);
    }
  }

  private static void cycle(MmsgHarness harness, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      RequestQueue socket = harness.open(16, 8, 2_048);
      socket.sendSlots().memory().fill((byte) 1);
      postReceives(socket, 16);
      harness.close(socket);
    }
  }

  @Test
  void aFailedOpenLeavesNothingBehind() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      long descriptors = descriptors();
      for (int i = 0; i < 50; i++) {
        assertThatThrownBy(
                () ->
                    harness.queue.openSocket(
                        MmsgHarness.config(harness.peerAddress(), 16, 8, 2_048, Map.of())))
            .isInstanceOf(BindException.class)
            .hasMessageStartingWith(
                "bind 127.0.0.1:%d failed: EADDRINUSE (98): ", harness.peerAddress().getPort());
      }
      assertThat(descriptors()).isLessThanOrEqualTo(descriptors + 2);
    }
  }

  @Test
  void dropsAreExactAndKeptAfterClose() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = harness.open(200, 1, 64);
      assertThat(socket.kernelDrops()).hasValue(0);
      for (int i = 0; i < 5_000; i++) {
        harness.sendTo(socket, new byte[64]);
      }
      long dropped = socket.kernelDrops().orElseThrow();

      int received = 0;
      int before = -1;
      while (received > before) {
        before = received;
        postReceives(socket, 200);
        harness.queue.wake();
        harness.queue.await();
        for (List<Done> some = harness.dequeue(); !some.isEmpty(); some = harness.dequeue()) {
          received += some.size();
        }
        socket.withdrawReceives(new int[200], 200);
      }

      assertThat(received).isGreaterThanOrEqualTo(200);
      assertThat(received + dropped).isEqualTo(5_000);
      harness.close(socket);
      assertThat(socket.kernelDrops()).isEqualTo(OptionalLong.of(dropped));
    }
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }

  private static long mappings() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.count();
    }
  }
}
