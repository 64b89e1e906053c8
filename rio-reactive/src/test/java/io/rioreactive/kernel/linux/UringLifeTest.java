package io.rioreactive.kernel.linux;

import static io.rioreactive.kernel.KernelHarness.config;
import static io.rioreactive.kernel.KernelHarness.loopback;
import static io.rioreactive.kernel.KernelHarness.postReceives;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.Feature;
import io.rioreactive.kernel.Kernel;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.LoopbackProbe;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.Support;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Opening, closing and what is left behind: nothing that the system may write to. */
@EnabledOnOs(OS.LINUX)
@Timeout(60)
class UringLifeTest {

  private static final byte POISON = (byte) 0xA5;

  @Test
  void closeCancelsAllThatIsOutstanding() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(600, 3, 64);
      postReceives(socket, 600);
      harness.sendTo(socket, new byte[1], new byte[2]);
      assertThat(harness.take(1, 1)).hasSize(1);
      harness.libc.limitSend(1).failSend(Errno.EAGAIN);
      harness.sendThree(socket);

      List<Done> done = harness.close(socket);

      assertThat(done).hasSize(602);
      assertThat(done)
          .filteredOn(d -> d.isReceive() && d.status() == CompletionStatus.OK)
          .extracting(Done::length)
          .containsExactly(2);
      assertThat(done)
          .filteredOn(d -> d.isReceive() && d.status() == CompletionStatus.CANCELLED)
          .hasSize(598)
          .extracting(Done::slot)
          .doesNotHaveDuplicates();
      assertThat(done)
          .filteredOn(d -> !d.isReceive())
          .extracting(Done::status)
          .containsExactly(
              CompletionStatus.OK, CompletionStatus.CANCELLED, CompletionStatus.CANCELLED);
    }
  }

  /** Closing a descriptor ends no request, and each request keeps the socket. */
  @Test
  void aClosedSocketIsGoneAtOnce() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      for (int i = 0; i < 20; i++) {
        RequestQueue socket = harness.open(4, 1, 64);
        postReceives(socket, 4);
        harness.dequeue();
        InetSocketAddress address = socket.localAddress();
        socket.close();
        new DatagramSocket(address).close();
        assertThat(harness.dequeue()).hasSize(4);
        harness.release(socket);
      }
    }
  }

  /** What closes while datagrams pour in is not written to any more once it is drained. */
  @Test
  void whatIsDrainedIsNotTouched() throws Exception {
    try (UringHarness harness = new UringHarness();
        DatagramSocket flood = new DatagramSocket(loopback(0))) {
      int port = freePort();
      Thread flooder = Thread.ofPlatform().daemon().start(() -> flood(flood, port));
      for (int i = 0; i < 120; i++) {
        RequestQueue socket = harness.open(config(loopback(port), 64, 1, 256, Map.of()));
        postReceives(socket, 64);
        harness.take(1, 16);
        MemorySegment memory = socket.receiveSlots().memory();
        socket.close();
        while (!harness.dequeue().isEmpty()) {}
        memory.fill(POISON);
        RequestQueue next = harness.open(config(loopback(port), 64, 1, 256, Map.of()));
        postReceives(next, 64);
        harness.take(1, 16);
        assertThat(isPoison(memory)).isTrue();
        harness.release(socket);
        harness.close(next);
      }
      flood.close();
      flooder.join();
    }
  }

  private static void flood(DatagramSocket from, int port) {
    DatagramPacket packet = new DatagramPacket(new byte[200], 200, loopback(port));
    while (!from.isClosed()) {
      try {
        from.send(packet);
      } catch (IOException closed) {
        return;
      }
    }
  }

  private static boolean isPoison(MemorySegment memory) {
    for (long i = 0; i < memory.byteSize(); i++) {
      if (memory.get(ValueLayout.JAVA_BYTE, i) != POISON) {
        return false;
      }
    }
    return true;
  }

  private static int freePort() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(loopback(0))) {
      return socket.getLocalPort();
    }
  }

  @Test
  void afterCloseNothingIsAcceptedAndTheRestIsHarmless() throws IOException {
    try (UringHarness harness = new UringHarness()) {
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
  void aQueueWithAnOpenSocketIsNotClosedAndAClosedOneOpensNone() throws IOException {
    UringHarness harness = new UringHarness();
    RequestQueue socket = harness.open(1, 1, 64);
    assertThatThrownBy(harness.queue::close).isInstanceOf(IllegalStateException.class);
    harness.close(socket);
    harness.close();

    assertThatThrownBy(() -> harness.open(1, 1, 64))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void anAbandonedSocketLeavesItsIndex() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      RequestQueue socket = harness.open(8, 8, 64);
      postReceives(socket, 8);
      harness.dequeue();
      socket.close();
      harness.abandon(socket);

      assertThat(harness.dequeue()).isEmpty();
      assertThat(harness.open(1, 1, 64).index()).isZero();
    }
  }

  @Test
  void thousandsOfCyclesLeaveNothingBehind() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      cycle(harness, 500);
      long descriptors = descriptors();
      long mappings = mappings();

      cycle(harness, 2_000);

      assertThat(descriptors()).isLessThanOrEqualTo(descriptors + 2);
      assertThat(mappings()).as("the JVM makes a few of its own").isLessThan(mappings + 100);
    }
  }

  private static void cycle(UringHarness harness, int times) throws IOException {
    for (int i = 0; i < times; i++) {
      RequestQueue socket = harness.open(16, 8, 2_048);
      socket.sendSlots().memory().fill((byte) 1);
      postReceives(socket, 16);
      harness.dequeue();
      assertThat(harness.close(socket)).hasSize(16);
    }
  }

  @Test
  void queuesLeaveNothingBehind() throws IOException {
    new UringHarness().close();
    long descriptors = descriptors();
    long mappings = mappings();
    for (int i = 0; i < 200; i++) {
      try (UringHarness harness = new UringHarness()) {
        RequestQueue socket = harness.open(16, 8, 2_048);
        postReceives(socket, 16);
        harness.dequeue();
        if (i % 2 == 0) {
          socket.close();
          harness.abandon(socket);
        }
      }
    }
    assertThat(descriptors()).isLessThanOrEqualTo(descriptors + 2);
    assertThat(mappings())
        .as("two slabs of each abandoned one, with guards, stay")
        .isBetween(mappings + 200, mappings + 100 + 600);
  }

  @Test
  void aFailedOpenLeavesNothingBehind() throws IOException {
    try (UringHarness harness = new UringHarness()) {
      long descriptors = descriptors();
      long mappings = mappings();
      for (int i = 0; i < 200; i++) {
        harness.libc.failRegistration(Errno.ENOMEM);
        assertThatThrownBy(() -> harness.open(16, 8, 2_048))
            .hasMessageStartingWith(
                "io_uring_register of a ring of buffers failed: ENOMEM (12): the user may lock");
      }
      assertThat(descriptors()).isLessThanOrEqualTo(descriptors + 2);
      assertThat(mappings()).isLessThan(mappings + 100);
      assertThat(harness.open(1, 1, 64).index()).isZero();
    }
  }

  /** An io_uring belongs to one thread of the system's, which a virtual one may leave. */
  @Test
  void virtualThreadsCanTryItOut() throws Exception {
    UringHarness.needUring();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> probes = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        probes.add(
            threads.submit(
                () -> {
                  LoopbackProbe.run(new SlowKernel());
                  return null;
                }));
      }
      for (Future<?> probe : probes) {
        probe.get();
      }
    }
  }

  /** Its first dequeues find nothing. */
  private static final class SlowKernel implements Kernel {

    @Override
    public String name() {
      return "slow";
    }

    @Override
    public Map<Feature, Support> features() {
      return Map.of();
    }

    @Override
    public void probe() throws IOException {
      LoopbackProbe.run(this);
    }

    @Override
    public CompletionQueue open(WaitMode waitMode) throws IOException {
      Arena arena = Arena.ofConfined();
      PlannedLibC libc = new PlannedLibC(arena);
      UringCompletionQueue queue = new UringCompletionQueue(waitMode, arena, libc);
      for (int i = 0; i < 50; i++) {
        libc.failEnter(Errno.EINTR);
      }
      return queue;
    }
  }

  /**
   * Nor one that was given up, whose requests the ring still has: each of them keeps the socket.
   */
  @Test
  void aClosedQueueKeepsNoSocket() throws IOException {
    for (int i = 0; i < 20; i++) {
      UringHarness harness = new UringHarness();
      RequestQueue socket = harness.open(32, 1, 64);
      postReceives(socket, 32);
      harness.dequeue();
      for (int sent = 0; sent < 16; sent++) {
        harness.sendTo(socket, new byte[1]);
      }
      harness.take(16);
      InetSocketAddress address = socket.localAddress();
      harness.libc.failEnter(Errno.EBADF);
      socket.close();
      harness.abandon(socket);

      harness.close();

      new DatagramSocket(address).close();
    }
  }

  /** Send slots, places, and the ring of buffers. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aSocketWithoutMemoryLeavesNothingBehind(int maps) throws IOException {
    try (UringHarness harness = new UringHarness()) {
      long descriptors = descriptors();
      long mappings = mappings();
      for (int i = 0; i < 200; i++) {
        harness.libc.failMap(maps, Errno.ENOMEM);
        assertThatThrownBy(() -> harness.open(16, 8, 2_048)).hasMessageContaining("ENOMEM");
      }
      assertThat(descriptors()).isLessThanOrEqualTo(descriptors + 2);
      assertThat(mappings()).isLessThan(mappings + 100);
      assertThat(harness.open(1, 1, 64).index()).isZero();
    }
  }

  /** The rings, the requests, and the eventfd. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aQueueThatDoesNotOpenLeavesNothingBehind(int step) throws IOException {
    UringHarness.needUring();
    long descriptors = descriptors();
    long mappings = mappings();
    for (int i = 0; i < 200; i++) {
      try (Arena arena = Arena.ofConfined()) {
        PlannedLibC libc = new PlannedLibC(arena);
        if (step < 2) {
          libc.failMap(step, Errno.ENOMEM);
        } else {
          libc.failEventfd(Errno.EMFILE);
        }
        assertThatThrownBy(() -> new UringCompletionQueue(WaitMode.EVENT, arena, libc))
            .isInstanceOf(KernelException.class);
      }
    }
    assertThat(descriptors()).isLessThanOrEqualTo(descriptors + 2);
    assertThat(mappings()).isLessThan(mappings + 100);
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
