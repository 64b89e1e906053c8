package io.rioreactive.test.contract;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.contract.Testbed.LONG;
import static io.rioreactive.test.contract.Testbed.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.Drop;
import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.test.Peer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** What is sent leaves, in order; what cannot be sent concerns itself alone. */
interface SendContract extends OnTestbed {

  @Test
  default void aSendCompletesWhenAllOfItHasLeft() {
    RioConnection connection = testbed().bind(testbed().server().sendSlots(4));
    Peer peer = testbed().peer();
    List<String> texts = IntStream.range(0, 50).mapToObj(Integer::toString).toList();

    connection
        .send(Flux.fromIterable(texts).map(text -> Datagram.to(peer.address(), text)))
        .block(LONG);

    assertThat(connection.stats().sent()).isEqualTo(50);
    eventually(() -> assertThat(connection.stats().inFlight()).isZero());
    assertThat(texts.stream().map(text -> peer.receiveText())).isEqualTo(texts);
  }

  @Test
  default void anEmptySendCompletes() {
    RioConnection connection = testbed().bind(testbed().server());

    StepVerifier.create(connection.send(Mono.empty())).expectComplete().verify(LONG);
  }

  @Test
  default void badTargetsInTheMiddleOfABurstFailByNameAndTheRestLeaves() {
    List<Drop> drops = new CopyOnWriteArrayList<>();
    RioConnection connection =
        testbed().bind(testbed().server().datagramSize(100).doOnDrop(drops::add));
    Peer peer = testbed().peer();
    InetSocketAddress portZero = new InetSocketAddress(peer.address().getAddress(), 0);
    InetSocketAddress wrongFamily = new InetSocketAddress(InetAddress.ofLiteral("::1"), 9);
    InetSocketAddress unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 9);

    connection
        .send(
            Flux.just(
                Datagram.to(peer.address(), "first"),
                Datagram.to(peer.address(), payload(101)),
                Datagram.to(portZero, "to port 0"),
                Datagram.to(wrongFamily, "to IPv6"),
                Datagram.to(unresolved, "to a name"),
                Datagram.to(peer.address(), "last")))
        .block(LONG);

    assertThat(peer.receiveText()).isEqualTo("first");
    assertThat(peer.receiveText()).isEqualTo("last");
    assertThat(drops)
        .extracting(Drop::reason)
        .containsExactly(
            DropReason.TOO_LARGE,
            DropReason.BAD_ADDRESS,
            DropReason.BAD_ADDRESS,
            DropReason.BAD_ADDRESS);
    assertThat(drops)
        .extracting(Drop::peer)
        .containsExactly(peer.address(), portZero, wrongFamily, unresolved);
    assertThat(drops).allSatisfy(drop -> assertThat(drop.cause()).isNotNull());
    assertThat(connection.stats().accepted()).isEqualTo(6);
    assertThat(connection.stats().sent()).isEqualTo(2);
    assertThat(connection.stats().failedTotal()).isEqualTo(4);
  }

  @Test
  default void aSendFailsAsItsPublisherDoesAfterWhatItGaveHasLeft() {
    RioConnection connection = testbed().bind(testbed().server());
    Peer peer = testbed().peer();
    Flux<Datagram> source =
        Flux.just(Datagram.to(peer.address(), "before")).concatWith(Mono.error(new OnPurpose()));

    StepVerifier.create(connection.send(source)).expectErrorMessage("on purpose").verify(LONG);

    assertThat(connection.stats().sent()).isEqualTo(1);
    assertThat(peer.receiveText()).isEqualTo("before");
  }

  @Test
  default void aCancelledSendCancelsItsPublisher() {
    RioConnection connection = testbed().bind(testbed().server());
    Peer peer = testbed().peer();
    TestPublisher<Datagram> source = TestPublisher.create();
    var send = connection.send(source).subscribe();
    source.next(Datagram.to(peer.address(), "before"));
    assertThat(peer.receiveText()).isEqualTo("before");

    send.dispose();

    eventually(source::assertCancelled);
    connection.send(Mono.just(Datagram.to(peer.address(), "another"))).block(LONG);
    assertThat(peer.receiveText()).isEqualTo("another");
  }

  @Test
  default void aCloseFailsSendsUnderWayAndLaterOnes() {
    RioConnection connection = testbed().bind(testbed().server());
    TestPublisher<Datagram> source = TestPublisher.create();

    StepVerifier.create(connection.send(source))
        .then(connection::dispose)
        .expectError(ClosedChannelException.class)
        .verify(LONG);
    eventually(source::assertCancelled);

    connection.onDispose().block(LONG);
    StepVerifier.create(connection.send(Mono.never()))
        .expectError(ClosedChannelException.class)
        .verify(LONG);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1", "0 1", "1 0", "64 64 64 63", "1000 1 1000 999", "3 3 3 3 3 3 3 2 1 0"})
  default void sizesThatComeAgainArriveAsTheyAre(String cycle) {
    int[] sizes = Stream.of(cycle.split(" ")).mapToInt(Integer::parseInt).toArray();
    RioConnection connection = testbed().bind(testbed().server());
    List<Peer> peers = List.of(testbed().peer(), testbed().peer());
    for (int run : new int[] {1, 3, 100}) { // so many to one peer, then to the other
      List<Datagram> datagrams =
          IntStream.range(0, 200)
              .mapToObj(i -> numbered(peers.get(i / run % 2), i, sizes[i % sizes.length]))
              .toList();

      connection.send(Flux.fromIterable(datagrams)).block(LONG);

      for (Peer peer : peers) {
        List<ByteBuffer> sent =
            datagrams.stream()
                .filter(datagram -> datagram.remoteAddress().equals(peer.address()))
                .map(Datagram::payload)
                .toList();
        List<ByteBuffer> got = sent.stream().map(it -> ByteBuffer.wrap(peer.receive())).toList();
        testbed().assertReceived(got, sent.toArray());
      }
    }
    assertThat(connection.stats().sent()).isEqualTo(3 * 200);
  }

  private static Datagram numbered(Peer to, int number, int size) {
    byte[] bytes = payload(size);
    if (size > 0) {
      bytes[0] = (byte) number;
    }
    return Datagram.to(to.address(), bytes);
  }

  @Test
  default void theLargestLeaveOneAfterAnother() {
    RioConnection connection = testbed().bind(testbed().server().datagramSize(65_507).sendSlots(8));
    Peer peer = testbed().peer();

    connection.send(Flux.range(0, 4).map(i -> numbered(peer, i, 65_507))).block(LONG);

    for (int i = 0; i < 4; i++) {
      assertThat(peer.receive()).isEqualTo(numbered(peer, i, 65_507).asByteArray());
    }
  }

  @Test
  default void manySendsAtOnceAllLeaveWhole() {
    RioConnection connection = testbed().bind(testbed().server().sendSlots(8));
    List<Peer> peers = List.of(testbed().peer(), testbed().peer(), testbed().peer());

    Flux.fromIterable(peers)
        .flatMap(
            peer ->
                connection.send(
                    Flux.range(0, 20).map(i -> Datagram.to(peer.address(), "no. " + i))))
        .blockLast(LONG);

    for (Peer peer : peers) {
      for (int i = 0; i < 20; i++) {
        assertThat(peer.receiveText()).isEqualTo("no. " + i);
      }
    }
    eventually(() -> assertThat(connection.stats().sent()).isEqualTo(60));
  }
}
