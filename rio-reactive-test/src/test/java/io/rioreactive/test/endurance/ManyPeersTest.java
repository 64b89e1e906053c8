package io.rioreactive.test.endurance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.Needs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two thousand peers of one echo server: each gets its own bytes back, and nobody else's. */
@Timeout(120)
class ManyPeersTest {

  private static final int PEERS = 2_000;
  private static final int ROUNDS = 3;

  /** So many datagrams are under way at most: the smallest receive buffer holds them. */
  private static final int WINDOW = 50;

  @ParameterizedTest
  @ValueSource(strings = {"linux-mmsg", "nio"})
  void eachPeerGetsExactlyItsOwnBytesBack(String provider) throws IOException {
    Needs.provider(provider);
    RioConnection echo =
        RioUdpServer.create()
            .provider(provider)
            .handle((in, out) -> out.send(in.receive()))
            .bindNow();
    List<DatagramChannel> peers = new ArrayList<>();
    try {
      for (int i = 0; i < PEERS; i++) {
        peers.add(connectTo(echo.localAddress()));
      }
      for (int round = 0; round < ROUNDS; round++) {
        for (int first = 0; first < PEERS; first += WINDOW) {
          exchange(peers, first, round);
        }
      }
      assertThat(echo.stats().received()).isEqualTo(PEERS * ROUNDS);
      await().atMost(Duration.ofSeconds(10)).until(() -> echo.stats().sent() == PEERS * ROUNDS);
      for (DatagramChannel peer : peers) {
        peer.configureBlocking(false);
        assertThat(peer.read(ByteBuffer.allocate(1))).as("bytes that nobody sent").isZero();
      }
    } finally {
      echo.disposeNow();
      for (DatagramChannel peer : peers) {
        peer.close();
      }
    }
  }

  /** Connected, so that it takes what the server sends and nothing else. */
  private static DatagramChannel connectTo(InetSocketAddress server) throws IOException {
    return DatagramChannel.open()
        .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .connect(server);
  }

  private static void exchange(List<DatagramChannel> peers, int first, int round)
      throws IOException {
    for (int i = first; i < first + WINDOW; i++) {
      peers.get(i).write(ByteBuffer.wrap(bytesOf(i, round)));
    }
    for (int i = first; i < first + WINDOW; i++) {
      ByteBuffer answer = ByteBuffer.allocate(2_048);
      peers.get(i).read(answer);
      byte[] bytes = new byte[answer.flip().remaining()];
      answer.get(bytes);
      assertThat(bytes).as("peer %d, round %d", i, round).isEqualTo(bytesOf(i, round));
    }
  }

  private static byte[] bytesOf(int peer, int round) {
    byte[] bytes = new byte[4 + (peer * 7 + round * 131) % 1_000];
    new Random(peer * ROUNDS + round).nextBytes(bytes);
    return bytes;
  }
}
