package io.rioreactive.test.endurance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.Needs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever binds and closes for ever leaves nothing behind, also while datagrams come in. */
@Timeout(180)
class BindCloseTest {

  /** Classes are loaded, code is compiled and the heap is touched in these. */
  private static final int WARM_UP = 500;

  /** Where one in ten cycles leaks something, the test fails. */
  private static final int CYCLES_A_LEAK = 10;

  @Test
  void tenThousandCyclesOfLinuxMmsgLeaveNothingBehind() throws IOException {
    bindAndClose("linux-mmsg", 10_000);
  }

  @Test
  void aThousandCyclesOfNioLeaveNothingBehind() throws IOException {
    bindAndClose("nio", 1_000);
  }

  /** Half of the cycles with a pump of their own, half on a shared one. */
  private static void bindAndClose(String provider, int cycles) throws IOException {
    Needs.provider(provider);
    Needs.proc();
    RioUdpServer alone = RioUdpServer.create().receiveSlots(64).sendSlots(16).provider(provider);
    PumpGroup pumps = PumpGroup.create().provider(provider);
    RioUdpServer shared = RioUdpServer.create().receiveSlots(64).sendSlots(16).runOn(pumps);
    try (Traffic traffic = new Traffic()) {
      for (int i = 0; i < WARM_UP; i++) {
        cycle(i % 2 == 0 ? alone : shared, traffic);
      }
      Held before = Held.now();
      for (int i = 0; i < cycles; i++) {
        cycle(i % 2 == 0 ? alone : shared, traffic);
      }
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> Held.now().assertHasNotGrown(before, cycles / CYCLES_A_LEAK));
    } finally {
      pumps.dispose();
    }
  }

  /** The socket is closed while datagrams come in and replies go out. */
  private static void cycle(RioUdpServer server, Traffic traffic) {
    RioConnection connection = server.handle((in, out) -> out.send(in.receive())).bindNow();
    traffic.goesTo(connection.localAddress());
    while (connection.stats().received() == 0) {
      traffic.send();
    }
    traffic.send();
    traffic.send();
    connection.disposeNow();
  }

  /** What the process holds of each kind that could leak. */
  private record Held(long threads, long descriptors, long mappings) {

    static Held now() throws IOException {
      long threads =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().startsWith("rio-"))
              .count();
      try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"));
          Stream<String> mappings = Files.lines(Path.of("/proc/self/maps"))) {
        return new Held(threads, descriptors.count(), mappings.count());
      }
    }

    void assertHasNotGrown(Held before, long most) {
      assertThat(threads).as("threads").isLessThanOrEqualTo(before.threads());
      assertThat(descriptors).as("descriptors").isLessThan(before.descriptors() + most);
      assertThat(mappings).as("mappings").isLessThan(before.mappings() + most);
    }
  }

  /** A peer that sends and does not look at what comes back. */
  private static final class Traffic implements AutoCloseable {

    private final DatagramSocket socket;
    private final DatagramPacket packet = new DatagramPacket(new byte[100], 100);

    Traffic() throws SocketException {
      socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    void goesTo(InetSocketAddress target) {
      packet.setSocketAddress(target);
    }

    void send() {
      try {
        socket.send(packet);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      socket.close();
    }
  }
}
