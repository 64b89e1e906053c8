package io.rioreactive.test.endurance;

import static io.rioreactive.test.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.Needs;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.BitSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

/**
 * As many slots as the well-known echo server over Registered I/O has: 100,000 receives posted, and
 * 10,000 sends.
 */
@Tag("endurance")
@Timeout(120)
class ManySlotsTest {

  private static final int SENDS = 10_000;
  private static final int SIZE = 1_024;

  /** More than there are send slots, so that each is used. */
  private static final int DATAGRAMS = 12_000;

  /** So many are under way at most: the smallest receive buffer holds them. */
  private static final int BURST = 50;

  @ParameterizedTest
  @MethodSource("io.rioreactive.test.ProvidersUnderTest#names")
  void aHundredThousandPostedReceivesAndTenThousandSends(String provider) throws IOException {
    Needs.provider(provider);
    int receives = receives(provider);
    RioConnection connection =
        RioUdpServer.create()
            .host("127.0.0.1")
            .provider(provider)
            .receiveSlots(receives)
            .sendSlots(SENDS)
            .datagramSize(SIZE)
            .bindNow();
    try (DatagramSocket peer =
        new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0))) {
      peer.setSoTimeout(10_000);
      peer.connect(connection.localAddress());
      connection.receive().subscribe(datagram -> connection.send(Mono.just(datagram)).subscribe());
      eventually(() -> assertThat(connection.stats().posted()).isEqualTo(receives));

      for (int first = 0; first < DATAGRAMS; first += BURST) {
        exchange(peer, first);
      }

      eventually(() -> assertThat(connection.stats().sent()).isEqualTo(DATAGRAMS));
      assertThat(connection.stats().received()).isEqualTo(DATAGRAMS);
      eventually(() -> assertThat(connection.stats().posted()).isEqualTo(receives));
    } finally {
      connection.disposeNow();
    }
    assertThat(connection.stats().posted()).isZero();
    assertThat(connection.stats().inFlight()).isZero();
  }

  /** Wine takes seconds to cancel more overlapped receives than that. */
  private static int receives(String provider) {
    return provider.equals("windows-iocp") ? 10_000 : 100_000;
  }

  private static void exchange(DatagramSocket peer, int first) throws IOException {
    for (int i = first; i < first + BURST; i++) {
      byte[] question = ByteBuffer.allocate(4 + i % (SIZE - 4)).putInt(i).array();
      peer.send(new DatagramPacket(question, question.length));
    }
    BitSet answered = new BitSet();
    DatagramPacket answer = new DatagramPacket(new byte[SIZE], SIZE);
    for (int i = 0; i < BURST; i++) {
      answer.setLength(SIZE);
      peer.receive(answer);
      int number = ByteBuffer.wrap(answer.getData()).getInt();
      assertThat(answer.getLength()).isEqualTo(4 + number % (SIZE - 4));
      answered.set(number - first);
    }
    assertThat(answered.cardinality()).isEqualTo(BURST);
    assertThat(answered.length()).isEqualTo(BURST);
  }
}
