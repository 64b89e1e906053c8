package io.rioreactive.test.contract;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.contract.Testbed.LONG;
import static io.rioreactive.test.contract.Testbed.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import io.rioreactive.test.Peer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Datagrams of every size arrive, once, whole, and from the right peer. */
interface EchoContract extends OnTestbed {

  int SLOT = 600;
  int LARGEST = 65_507;

  @ParameterizedTest
  @ValueSource(ints = {0, 1, SLOT - 1, SLOT})
  default void aDatagramUpToTheSizeOfASlotComesBack(int length) {
    RioConnection echo = testbed().echo(testbed().server().datagramSize(SLOT));
    Peer peer = testbed().peer();

    peer.send(payload(length), echo.localAddress());

    assertThat(peer.receive()).isEqualTo(payload(length));
    eventually(
        () -> {
          RioStats stats = echo.stats();
          assertThat(stats.delivered()).isEqualTo(1);
          assertThat(stats.bytesReceived()).isEqualTo(length);
        });
  }

  @Test
  default void aDatagramLongerThanASlotIsDroppedAndCountedAndTheNextOnesFlow() {
    RioConnection echo = testbed().echo(testbed().server().datagramSize(SLOT));
    Peer peer = testbed().peer();

    peer.send(payload(SLOT + 1), echo.localAddress());
    peer.send(payload(SLOT), echo.localAddress());
    peer.send(payload(LARGEST), echo.localAddress());
    peer.send(payload(1), echo.localAddress());

    testbed()
        .assertReceived(
            List.of(ByteBuffer.wrap(peer.receive()), ByteBuffer.wrap(peer.receive())),
            ByteBuffer.wrap(payload(SLOT)),
            ByteBuffer.wrap(payload(1)));
    eventually(
        () -> {
          RioStats stats = echo.stats();
          assertThat(stats.received()).isEqualTo(4);
          assertThat(stats.count(DropReason.TRUNCATED)).isEqualTo(2);
          assertThat(stats.delivered()).isEqualTo(2);
        });
  }

  @Test
  default void theLargestDatagramComesBack() {
    RioConnection echo =
        testbed().echo(testbed().server().datagramSize(LARGEST).receiveSlots(4).sendSlots(4));
    Peer peer = testbed().peer();

    for (int i = 0; i < 8; i++) {
      peer.send(payload(LARGEST - i), echo.localAddress());
      assertThat(peer.receive()).isEqualTo(payload(LARGEST - i));
    }
  }

  @Test
  default void aThousandDatagramsComeBackOnceEachAndInOrder() {
    RioConnection echo = testbed().echo(testbed().server());
    Peer peer = testbed().peer();
    int window = 64;
    List<Integer> numbers = new ArrayList<>();

    for (int i = 0; i < 1_000 + window; i++) {
      if (i < 1_000) {
        peer.send(numbered(i), echo.localAddress());
      }
      if (i >= window) {
        byte[] answer = peer.receive();
        int number = ByteBuffer.wrap(answer).getShort();
        assertThat(answer).as("datagram %d", number).isEqualTo(numbered(number));
        numbers.add(number);
      }
    }

    testbed().assertReceived(numbers, IntStream.range(0, 1_000).boxed().toArray());
    eventually(() -> assertThat(echo.stats().sent()).isEqualTo(1_000));
    assertThat(echo.stats().received()).isEqualTo(1_000);
  }

  /** Of any length, and different from every other. */
  private static byte[] numbered(int number) {
    Random random = new Random(number);
    byte[] bytes = new byte[4 + random.nextInt(1_200)];
    random.nextBytes(bytes);
    bytes[0] = (byte) (number >> 8);
    bytes[1] = (byte) number;
    return bytes;
  }

  @Test
  default void eachPeerGetsItsOwnBack() {
    RioConnection echo = testbed().echo(testbed().server());
    List<Peer> peers = List.of(testbed().peer(), testbed().peer(), testbed().peer());

    for (Peer peer : peers) {
      peer.send("to " + peer.address(), echo.localAddress());
    }

    for (Peer peer : peers) {
      assertThat(peer.receiveText()).isEqualTo("to " + peer.address());
    }
  }

  @Test
  default void aReceivedDatagramNamesItsSenderAndOwnsItsBytes() {
    RioConnection connection = testbed().bind(testbed().server().receiveSlots(1));
    Peer peer = testbed().peer();

    peer.send("first", connection.localAddress());
    Datagram first = connection.next().block(LONG);
    peer.send("other", connection.localAddress()); // into the same slot
    Datagram other = connection.next().block(LONG);

    assertThat(first).isEqualTo(Datagram.to(peer.address(), "first"));
    assertThat(other).isEqualTo(Datagram.to(peer.address(), "other"));
  }
}
