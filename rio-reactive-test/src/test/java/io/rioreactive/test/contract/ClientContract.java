package io.rioreactive.test.contract;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.contract.Testbed.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.Datagram;
import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.test.Peer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.util.retry.Retry;

/** A client talks to its peer and hears nobody else. */
interface ClientContract extends OnTestbed {

  @Test
  default void whatItSendsReachesThePeerAndWhatThePeerSendsReachesIt() {
    Peer peer = testbed().peer();
    RioConnection client = testbed().connect(testbed().client(), peer.address());

    client.send(Mono.just(Datagram.of("hello"))).block(LONG);
    assertThat(peer.receiveText()).isEqualTo("hello");
    peer.send("hello to you", client.localAddress());

    assertThat(client.next().block(LONG)).isEqualTo(Datagram.to(peer.address(), "hello to you"));
    assertThat(client.remoteAddress()).isEqualTo(peer.address());
    assertThat(client.localAddress().getAddress().isAnyLocalAddress()).isFalse();
  }

  @Test
  default void aStrangerIsNotHeard() {
    Peer peer = testbed().peer();
    RioConnection client = testbed().connect(testbed().client(), peer.address());
    CompletableFuture<Datagram> heard = client.next().toFuture();

    testbed().peer().send("from a stranger", client.localAddress());
    peer.send("from the peer", client.localAddress());

    assertThat(heard)
        .succeedsWithin(LONG)
        .extracting(Datagram::asString)
        .isEqualTo("from the peer");
    eventually(() -> assertThat(client.stats().received()).isEqualTo(1));
  }

  @Test
  default void onlyThePeerCanBeSentTo() {
    Peer peer = testbed().peer();
    RioConnection client = testbed().connect(testbed().client(), peer.address());

    client
        .send(
            Flux.just(
                Datagram.to(testbed().peer().address(), "to another"),
                Datagram.to(peer.address(), "by its address"),
                Datagram.of("by being the peer")))
        .block(LONG);

    assertThat(peer.receiveText()).isEqualTo("by its address");
    assertThat(peer.receiveText()).isEqualTo("by being the peer");
    assertThat(client.stats().count(DropReason.BAD_ADDRESS)).isEqualTo(1);
  }

  @Test
  default void aServerHasNoPeerToSendTo() {
    RioConnection server = testbed().bind(testbed().server());

    server.send(Mono.just(Datagram.of("to whom?"))).block(LONG);

    assertThat(server.stats().count(DropReason.BAD_ADDRESS)).isEqualTo(1);
    assertThat(server.remoteAddress()).isNull();
  }

  @Test
  default void anEncoderNeedsNoTarget() {
    Peer peer = testbed().peer();
    RioConnection client = testbed().connect(testbed().client(), peer.address());

    client.send(Mono.just(7L), (value, writer) -> writer.putLong(value)).block(LONG);

    assertThat(peer.receive()).isEqualTo(new byte[] {0, 0, 0, 0, 0, 0, 0, 7});
  }

  @Test
  default void itsHandlerRunsAndItsHooksAreCalledInOrder() {
    Peer peer = testbed().peer();
    List<String> calls = new CopyOnWriteArrayList<>();
    RioConnection client =
        testbed()
            .connect(
                testbed()
                    .client()
                    .doOnConnect(it -> calls.add("connect"))
                    .doOnConnected(it -> calls.add("connected"))
                    .doOnDisconnected(it -> calls.add("disconnected"))
                    .handle((in, out) -> out.send(in.receive())),
                peer.address());

    peer.send("echo this", client.localAddress());
    assertThat(peer.receiveText()).isEqualTo("echo this");
    client.disposeNow();

    assertThat(calls).containsExactly("connect", "connected", "disconnected");
  }

  @Test
  default void aRequestIsSentAgainUntilItsAnswerComes() {
    Peer peer = testbed().peer();
    RioConnection client = testbed().connect(testbed().client(), peer.address());

    CompletableFuture<Datagram> answer =
        client
            .request(
                Datagram.of("question"),
                reply -> reply.asString().startsWith("answer"),
                Duration.ofMillis(50),
                Retry.max(1_000))
            .toFuture();
    assertThat(peer.receiveText()).isEqualTo("question");
    assertThat(peer.receiveText()).as("sent again").isEqualTo("question");
    peer.send("something else", client.localAddress());
    peer.send("answer", client.localAddress());
    assertThat(answer).succeedsWithin(LONG).extracting(Datagram::asString).isEqualTo("answer");
  }

  @Test
  default void anAnswerThatComesBetweenTwoAttemptsIsHeard() {
    Peer peer = testbed().peer();
    RioConnection client = testbed().connect(testbed().client(), peer.address());
    CompletableFuture<Void> givenUp = new CompletableFuture<>();
    Retry never =
        Retry.from(
            failures ->
                failures.doOnNext(it -> givenUp.complete(null)).concatMap(it -> Mono.never()));

    CompletableFuture<Datagram> answer =
        client
            .request(Datagram.of("question"), reply -> true, Duration.ofMillis(20), never)
            .toFuture();
    assertThat(givenUp).succeedsWithin(LONG);
    peer.send("late", client.localAddress());

    assertThat(answer).succeedsWithin(LONG).extracting(Datagram::asString).isEqualTo("late");
  }

  @Test
  default void aRequestThatNobodyAnswersFails() {
    RioConnection client = testbed().connect(testbed().client(), testbed().peer().address());

    StepVerifier.create(
            client.request(
                Datagram.of("question"), reply -> true, Duration.ofMillis(20), Retry.max(2)))
        .expectErrorSatisfies(
            failure -> assertThat(failure).hasCauseInstanceOf(TimeoutException.class))
        .verify(LONG);
    eventually(() -> assertThat(client.stats().accepted()).isEqualTo(3));
  }

  @Test
  default void aClientWithoutAPeerIsToldToNameOne() {
    assertThatThrownBy(() -> testbed().client().connectNow())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has no port");
    assertThatThrownBy(() -> testbed().client().remoteAddress(() -> null).connectNow())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("remoteAddress");
    assertThatThrownBy(
            () ->
                testbed()
                    .client()
                    .remoteAddress(
                        () -> {
                          throw new OnPurpose();
                        })
                    .connectNow())
        .isInstanceOf(OnPurpose.class);
    assertThatThrownBy(() -> testbed().client().host("0.0.0.0").port(9).connectNow())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("wildcard");
    assertThatThrownBy(() -> testbed().client().port(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("port is 0")
        .hasMessageContaining("1 to 65535");
  }

  @Test
  default void aPeerThatMovesIsFollowedByTheSameSocket() {
    testbed().needReconnects();
    Peer former = testbed().peer();
    Peer moved = testbed().peer();
    AtomicReference<InetSocketAddress> address = new AtomicReference<>(former.address());
    RioConnection client =
        testbed().connect(testbed().client().resolveEvery(Duration.ofMillis(10)), address::get);
    int port = client.localAddress().getPort();
    CompletableFuture<Datagram> heard = client.next().toFuture(); // posted all the while

    address.set(moved.address());
    eventually(() -> assertThat(client.remoteAddress()).isEqualTo(moved.address()));
    client.send(Mono.just(Datagram.of("here I am"))).block(LONG);

    assertThat(moved.receiveText()).isEqualTo("here I am");
    assertThat(client.localAddress().getPort()).isEqualTo(port);
    assertThat(client.stats().reconnects()).isEqualTo(1);
    former.send("do you remember me?", client.localAddress());
    moved.send("welcome", client.localAddress());
    assertThat(heard).succeedsWithin(LONG).extracting(Datagram::asString).isEqualTo("welcome");
  }

  @Test
  default void whatItTellsOfThePathIsNoNonsense() {
    RioConnection client = testbed().connect(testbed().client(), testbed().peer().address());

    client.pathMtu().ifPresent(mtu -> assertThat(mtu).isBetween(576, 65_536));
    client.disposeNow();
    assertThat(client.pathMtu()).isEmpty();
  }

  @Test
  default void aPeriodOfCenturiesIsNoHindrance() {
    Peer peer = testbed().peer();

    RioConnection client =
        testbed()
            .connect(
                testbed().client().resolveEvery(Duration.ofSeconds(Long.MAX_VALUE)),
                peer.address());

    assertThat(client.isDisposed()).isFalse();
  }

  @Test
  default void aPeerThatCannotBeResolvedAnyMoreStays() {
    Peer peer = testbed().peer();
    AtomicReference<InetSocketAddress> address = new AtomicReference<>(peer.address());
    CompletableFuture<Void> failed = new CompletableFuture<>();
    RioConnection client =
        testbed()
            .connect(
                testbed().client().resolveEvery(Duration.ofMillis(10)),
                () -> {
                  InetSocketAddress known = address.get();
                  if (known == null) {
                    failed.complete(null);
                  }
                  return Objects.requireNonNull(known, "no longer known");
                });

    address.set(null);
    assertThat(failed).succeedsWithin(LONG);
    client.send(Mono.just(Datagram.of("still there?"))).block(LONG);

    assertThat(peer.receiveText()).isEqualTo("still there?");
    assertThat(client.stats().reconnects()).isZero();
  }
}
