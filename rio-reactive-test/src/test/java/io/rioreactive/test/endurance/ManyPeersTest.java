package io.rioreactive.test.endurance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.Needs;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Two thousand peers of one echo server: each gets its own bytes back, and nobody else's. */
@Tag("endurance")
@Timeout(120)
class ManyPeersTest {

  private static final int PEERS = 2_000;
  private static final int ROUNDS = 3;

  /** So many datagrams are under way at most: the smallest receive buffer holds them. */
  private static final int WINDOW = 50;

  @ParameterizedTest
  @MethodSource("io.rioreactive.test.ProvidersUnderTest#names")
  void eachPeerGetsExactlyItsOwnBytesBack(String provider) throws IOException {
    Needs.provider(provider);
    RioConnection echo =
        RioUdpServer.create()
            .provider(provider)
            .handle((in, out) -> out.send(in.receive()))
            .bindNow();
    List<DatagramSocket> peers = new ArrayList<>();
    try {
      for (int i = 0; i < PEERS; i++) {
        peers.add(connectTo(echo.localAddress()));
      }
      for (int round = 0; round < ROUNDS; round++) {
        for (int first = 0; first < PEERS; first += WINDOW) {
          exchange(peers, first, round);
        }
      }
      // Both are published at the end of a turn, which a peer that has its answer may be ahead of.
      await()
          .atMost(Duration.ofSeconds(10))
          .untilAsserted(
              () -> {
                assertThat(echo.stats().received()).isEqualTo(PEERS * ROUNDS);
                assertThat(echo.stats().sent()).isEqualTo(PEERS * ROUNDS);
              });
    } finally {
      echo.disposeNow();
      for (DatagramSocket peer : peers) {
        peer.close();
      }
    }
  }

  /** Connected, so that it takes what the server sends and nothing else. */
  private static DatagramSocket connectTo(InetSocketAddress server) throws IOException {
    DatagramSocket socket =
        new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    socket.connect(server);
    socket.setSoTimeout(10_000);
    return socket;
  }

  private static void exchange(List<DatagramSocket> peers, int first, int round)
      throws IOException {
    for (int i = first; i < first + WINDOW; i++) {
      byte[] question = bytesOf(i, round);
      peers.get(i).send(new DatagramPacket(question, question.length));
    }
    for (int i = first; i < first + WINDOW; i++) {
      DatagramPacket answer = new DatagramPacket(new byte[2_048], 2_048);
      peers.get(i).receive(answer);
      assertThat(Arrays.copyOf(answer.getData(), answer.getLength()))
          .as("peer %d, round %d", i, round)
          .isEqualTo(bytesOf(i, round));
    }
  }

  private static byte[] bytesOf(int peer, int round) {
    byte[] bytes = new byte[4 + (peer * 7 + round * 131) % 1_000];
    new Random(peer * ROUNDS + round).nextBytes(bytes);
    return bytes;
  }
}
