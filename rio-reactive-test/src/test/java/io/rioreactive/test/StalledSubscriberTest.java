package io.rioreactive.test;

import static io.rioreactive.test.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A subscriber that blocks its pump is named, once; the other pumps do not notice. */
@Tag("endurance") // a stall takes 2 s to be one
@Timeout(90)
class StalledSubscriberTest {

  private static final int STALLS = 2;

  private final CountDownLatch goOn = new CountDownLatch(1);

  private void blocksThePump() {
    try {
      goOn.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void itIsNamedOnceWithItsStackAndTheOthersGoOn() {
    RioUdpServer server = RioUdpServer.create().host("127.0.0.1");
    RioConnection stalled = server.bindNow();
    RioConnection other = server.handle((in, out) -> out.send(in.receive())).bindNow();
    try (CapturedLog log = new CapturedLog();
        LoopbackPeer peer = new LoopbackPeer()) {
      stalled.receive().subscribe(datagram -> blocksThePump());
      for (int i = 0; i < STALLS; i++) {
        peer.send("blocks", stalled.localAddress());
      }

      eventually(() -> assertThat(named(log)).isNotEmpty());
      for (int i = 0; i < 100; i++) {
        assertThat(peer.ask("no. " + i, other.localAddress())).isEqualTo("no. " + i);
      }
      goOn.countDown();
      eventually(() -> assertThat(stalled.stats().delivered()).isEqualTo(STALLS));

      assertThat(named(log))
          .singleElement()
          .asString()
          .contains("127.0.0.1:" + stalled.localAddress().getPort(), "publishOn", "rio-pump");
      assertThat(log.text()).contains("StalledSubscriberTest.blocksThePump");
    } finally {
      goOn.countDown();
      stalled.disposeNow();
      other.disposeNow();
    }
  }

  private static List<String> named(CapturedLog log) {
    return log.warnings().stream().filter(line -> line.contains("blocks its pump")).toList();
  }
}
