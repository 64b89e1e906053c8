package io.rioreactive.test.windows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.Needs;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever binds and closes for ever leaves nothing behind, also while datagrams come in. */
@Tag("endurance")
@EnabledOnOs(OS.WINDOWS)
@Timeout(300)
class WindowsBindCloseTest {

  /** Classes are loaded, code is compiled and the heap is touched in these. */
  private static final int WARM_UP = 200;

  /** What the JVM may open by itself meanwhile; a leak of one each cycle is many times that. */
  private static final int HANDLES_OF_THE_JVM = 100;

  /** A leak of the slots of one direction in each cycle is more. */
  private static final long BYTES_OF_THE_JVM = 48 << 20;

  private static final int SLOTS = 4;

  @ParameterizedTest
  @CsvSource({"windows-rio, 10000", "windows-iocp, 3000"})
  void cyclesLeaveNothingBehind(String provider, int cycles) {
    Needs.provider(provider);
    RioUdpServer alone =
        RioUdpServer.create()
            .host("127.0.0.1")
            .receiveSlots(SLOTS)
            .sendSlots(SLOTS)
            .provider(provider);
    PumpGroup pumps = PumpGroup.create().provider(provider);
    RioUdpServer shared =
        RioUdpServer.create().host("127.0.0.1").receiveSlots(SLOTS).sendSlots(SLOTS).runOn(pumps);
    try (LoopbackPeer peer = new LoopbackPeer()) {
      for (int i = 0; i < WARM_UP; i++) {
        cycle(i % 2 == 0 ? alone : shared, peer);
      }
      HeldByProcess before = HeldByProcess.now();
      for (int i = 0; i < cycles; i++) {
        cycle(i % 2 == 0 ? alone : shared, peer);
      }
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(() -> requireNoMoreThan(before, HeldByProcess.now()));
    } finally {
      pumps.dispose();
    }
  }

  private static void requireNoMoreThan(HeldByProcess before, HeldByProcess now) {
    assertThat(now.threads()).as("threads").isLessThanOrEqualTo(before.threads());
    assertThat(now.handles())
        .as("handles")
        .isLessThanOrEqualTo(before.handles() + HANDLES_OF_THE_JVM);
    assertThat(now.bytes()).as("bytes").isLessThanOrEqualTo(before.bytes() + BYTES_OF_THE_JVM);
  }

  /** The socket is closed while datagrams come in and replies go out. */
  private static void cycle(RioUdpServer server, LoopbackPeer peer) {
    RioConnection connection = server.handle((in, out) -> out.send(in.receive())).bindNow();
    while (connection.stats().received() == 0) {
      peer.send("datagram", connection.localAddress());
    }
    peer.send("one more", connection.localAddress());
    peer.send("and another", connection.localAddress());
    connection.disposeNow();
  }
}
