package io.rioreactive.test.contract;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.contract.Testbed.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.rioreactive.Datagram;
import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.test.CapturedLog;
import io.rioreactive.test.Peer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** Both ends of a connection: at once, and after what is under way. */
interface ClosingContract extends OnTestbed {

  @Test
  default void disposeCompletesTheInboundAndTellsOnDispose() {
    AtomicInteger unbound = new AtomicInteger();
    RioConnection connection =
        testbed().bind(testbed().server().doOnUnbound(c -> unbound.incrementAndGet()));

    StepVerifier.create(connection.receive())
        .then(connection::dispose)
        .expectComplete()
        .verify(LONG);

    StepVerifier.create(connection.onDispose()).expectComplete().verify(LONG);
    assertThat(connection.isDisposed()).isTrue();
    assertThat(unbound).hasValue(1);
    assertThat(connection.stats().posted()).isZero();
    StepVerifier.create(connection.receive()).expectComplete().verify(LONG);
    connection.dispose();
    connection.disposeNow();
    assertThat(unbound).hasValue(1);
  }

  @Test
  default void disposeFromInsideOnNextEndsTheStreamThere() {
    RioConnection connection = testbed().bind(testbed().server());
    List<String> got = new CopyOnWriteArrayList<>();
    AtomicBoolean completed = new AtomicBoolean();
    Peer peer = testbed().peer();
    for (String text : new String[] {"1", "2", "3", "4", "5"}) {
      peer.send(text, connection.localAddress());
    }

    connection
        .receive()
        .map(Datagram::asString)
        .doOnNext(
            text -> {
              if (text.equals("3")) {
                connection.dispose();
              }
            })
        .subscribe(got::add, failure -> {}, () -> completed.set(true));

    StepVerifier.create(connection.onDispose()).expectComplete().verify(LONG);
    assertThat(completed).isTrue();
    if (testbed().completesInOrder()) {
      assertThat(got).containsExactly("1", "2", "3");
    } else {
      assertThat(got).doesNotHaveDuplicates().endsWith("3");
    }
  }

  @Test
  default void disposeFromInsideAHandlerEndsIt() {
    RioConnection[] connection = new RioConnection[1];
    connection[0] =
        testbed()
            .bind(
                testbed()
                    .server()
                    .handle(
                        (in, out) ->
                            out.send(in.receive().doOnNext(datagram -> connection[0].dispose()))));
    testbed().peer().send("stop", connection[0].localAddress());

    StepVerifier.create(connection[0].onDispose()).expectComplete().verify(LONG);
  }

  @Test
  default void aShutdownWaitsForWhatIsUnderWay() {
    Sinks.Empty<Void> gate = Sinks.empty();
    RioConnection connection =
        testbed()
            .bind(
                testbed()
                    .server()
                    .handle(
                        (in, out) ->
                            out.send(
                                in.receive().flatMap(query -> gate.asMono().thenReturn(query)))));
    Peer peer = testbed().peer();
    for (int i = 0; i < 5; i++) {
      peer.send("query " + i, connection.localAddress());
    }
    eventually(() -> assertThat(connection.stats().delivered()).isEqualTo(5));
    AtomicBoolean closed = new AtomicBoolean();

    connection.shutdown(LONG).subscribe(ignored -> {}, failure -> {}, () -> closed.set(true));
    eventually(() -> assertThat(connection.stats().demand()).isZero());
    peer.send("too late", connection.localAddress());
    int dropped = testbed().keepsPosts() ? 1 : 0; // else it waits in the socket
    eventually(() -> assertThat(connection.stats().count(DropReason.CLOSED)).isEqualTo(dropped));
    assertThat(connection.isDisposed()).isTrue();
    assertThat(closed).isFalse();
    gate.tryEmitEmpty();

    eventually(() -> assertThat(closed).isTrue());
    List<String> answers = Stream.generate(peer::receiveText).limit(5).toList();
    testbed().assertReceived(answers, "query 0", "query 1", "query 2", "query 3", "query 4");
    assertThat(connection.stats().sent()).isEqualTo(5);
    StepVerifier.create(connection.onDispose()).expectComplete().verify(LONG);
  }

  @Test
  default void aShutdownWhoseTimeIsUpClosesAllTheSameAndSaysWhatWasLost() {
    try (CapturedLog log = new CapturedLog()) {
      RioConnection connection =
          testbed().bind(testbed().server().handle((in, out) -> Mono.never()));

      StepVerifier.create(connection.shutdown(Duration.ofMillis(1))).expectComplete().verify(LONG);

      StepVerifier.create(connection.onDispose()).expectComplete().verify(LONG);
      assertThat(log.warnings())
          .filteredOn(line -> line.contains("time is up"))
          .singleElement()
          .asString()
          .contains("and the handler given up");
    }
  }

  @Test
  default void aShutdownWithNothingUnderWayClosesAtOnce() {
    RioConnection connection = testbed().echo(testbed().server());
    testbed().peer().ask("hello", connection.localAddress());

    StepVerifier.create(connection.shutdown(Duration.ofDays(400_000)))
        .expectComplete()
        .verify(LONG);
    StepVerifier.create(connection.shutdown(LONG)).expectComplete().verify(LONG);
  }

  @Test
  default void aShutdownNeedsTime() {
    RioConnection connection = testbed().bind(testbed().server());

    assertThatIllegalArgumentException()
        .isThrownBy(() -> connection.shutdown(Duration.ZERO))
        .withMessageContaining("dispose()");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> connection.shutdown(Duration.ofSeconds(-1)));
  }

  @Test
  default void thePortIsFreeOnceItIsClosed() {
    RioConnection first = testbed().bind(testbed().server());
    first.disposeNow();

    RioConnection second = testbed().echo(testbed().server().port(first.localAddress().getPort()));

    assertThat(testbed().peer().ask("hello", second.localAddress())).isEqualTo("hello");
  }
}
