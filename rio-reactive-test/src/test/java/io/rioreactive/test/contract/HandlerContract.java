package io.rioreactive.test.contract;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.contract.Testbed.LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import io.rioreactive.test.Peer;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** What a handler does wrong costs at most the datagram it did it on. */
interface HandlerContract extends OnTestbed {

  private static Datagram replyUnlessBad(Datagram query) {
    if (query.asString().equals("bad")) {
      throw new OnPurpose();
    }
    return query.reply("re: " + query.asString());
  }

  private RioConnection fragile() {
    return testbed()
        .bind(
            testbed()
                .server()
                .handle((in, out) -> out.send(in.receive().map(HandlerContract::replyUnlessBad))));
  }

  @Test
  default void aHandlerThatThrowsOnOneOfFiveAnswersTheOtherFour() {
    RioConnection connection = fragile();
    Peer peer = testbed().peer();

    assertThat(peer.ask("1", connection.localAddress())).isEqualTo("re: 1");
    assertThat(peer.ask("2", connection.localAddress())).isEqualTo("re: 2");
    peer.send("bad", connection.localAddress());
    eventually(() -> assertThat(connection.stats().handlerFailures()).isEqualTo(1));
    assertThat(peer.ask("4", connection.localAddress())).isEqualTo("re: 4");
    assertThat(peer.ask("5", connection.localAddress())).isEqualTo("re: 5");

    eventually(() -> assertThat(connection.stats().delivered()).isEqualTo(5));
    assertThat(connection.stats().handlerFailures()).isEqualTo(1);
    assertThat(connection.isDisposed()).isFalse();
  }

  @Test
  default void whatComesInTheSameBurstAsAHandlersErrorIsAnsweredOrCounted() {
    RioConnection connection = fragile();
    Peer peer = testbed().peer();
    for (String text : new String[] {"1", "2", "bad", "4", "5"}) {
      peer.send(text, connection.localAddress());
    }

    eventually(() -> assertThat(connection.stats().received()).isEqualTo(5));
    eventually(() -> assertThat(connection.stats().handlerFailures()).isEqualTo(1));
    assertThat(peer.ask("after", connection.localAddress()).substring(4))
        .isIn("1", "2", "4", "5", "after");
    eventually(
        () -> {
          RioStats stats = connection.stats();
          assertThat(stats.received()).isEqualTo(6);
          assertThat(stats.delivered() + stats.count(DropReason.CANCELLED)).isEqualTo(6);
          // one delivered datagram is the bad one
          assertThat(stats.sent()).isEqualTo(stats.delivered() - 1);
        });
  }

  @Test
  default void aHandlerThatThrowsWhenCalledOrAnswersNullIsCalledAgain() {
    AtomicInteger calls = new AtomicInteger();
    RioConnection connection =
        testbed()
            .bind(
                testbed()
                    .server()
                    .handle(
                        (in, out) ->
                            switch (calls.incrementAndGet()) {
                              case 1 -> throw new OnPurpose();
                              case 2 -> null;
                              default -> out.send(in.receive());
                            }));

    assertThat(testbed().peer().ask("hello", connection.localAddress())).isEqualTo("hello");
    assertThat(calls).hasValue(3);
    assertThat(connection.stats().handlerFailures()).isEqualTo(2);
  }

  @Test
  default void aHandlerThatCompletesClosesTheConnection() {
    RioConnection connection =
        testbed().bind(testbed().server().handle((in, out) -> out.send(in.receive().take(1))));

    assertThat(testbed().peer().ask("the only one", connection.localAddress()))
        .isEqualTo("the only one");

    StepVerifier.create(connection.onDispose()).expectComplete().verify(LONG);
    assertThat(connection.isDisposed()).isTrue();
  }

  @Test
  default void neverCompleteKeepsTheConnectionOpen() {
    RioConnection connection =
        testbed()
            .bind(
                testbed()
                    .server()
                    .handle((in, out) -> out.send(in.receive().take(1)).then(out.neverComplete())));

    assertThat(testbed().peer().ask("hello", connection.localAddress())).isEqualTo("hello");
    eventually(() -> assertThat(connection.stats().posted()).isZero());

    assertThat(connection.isDisposed()).isFalse();
    testbed().peer().send("another", connection.localAddress());
    assertThat(connection.next().map(Datagram::asString).block(LONG)).isEqualTo("another");
  }

  @Test
  default void theHandlerSeesTheContextOfBindsSubscriber() {
    RioConnection connection =
        testbed()
            .server()
            .handle(
                (in, out) ->
                    out.send(
                        in.receive()
                            .flatMap(
                                query ->
                                    Mono.deferContextual(
                                        context ->
                                            Mono.just(
                                                query.reply(context.<String>get("greeting")))))))
            .bind()
            .contextWrite(context -> context.put("greeting", "good day"))
            .block(LONG);
    try {
      assertThat(testbed().peer().ask("hello", connection.localAddress())).isEqualTo("good day");
    } finally {
      connection.disposeNow();
    }
  }

  @Test
  default void aHandlersOwnErrorOutlastsNoRetryThatGivesUp() {
    Publisher<Void> failing = Mono.error(new OnPurpose());
    RioConnection connection =
        testbed()
            .bind(
                testbed()
                    .server()
                    .handle((in, out) -> failing)
                    .handlerRetry(reactor.util.retry.Retry.max(2)));

    StepVerifier.create(connection.onDispose())
        .expectErrorSatisfies(failure -> assertThat(failure).hasRootCauseMessage("on purpose"))
        .verify(LONG);
    assertThat(connection.stats().handlerFailures()).isEqualTo(3);
  }
}
