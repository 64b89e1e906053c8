package io.rioreactive.test;

import static io.rioreactive.test.SimulatedServer.datagram;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioInbound;
import io.rioreactive.RioOutbound;
import io.rioreactive.RioUdpServer;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelException.Kind;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.publisher.PublisherProbe;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.test.subscriber.TestSubscriber;
import reactor.util.context.Context;
import reactor.util.retry.Retry;

/** The publisher given to {@code handle}: when it is subscribed, and what its end means. */
class HandlerTest {

  /** A handler, as the user writes it. */
  interface Lambda extends BiFunction<RioInbound, RioOutbound, Publisher<Void>> {}

  static final List<Lambda> WAYS_TO_FAIL =
      List.of(
          (in, out) -> Mono.error(new IOException("from the handler")),
          (in, out) -> {
            throw new IllegalStateException("from the handler");
          },
          (in, out) -> null,
          (in, out) ->
              subscriber -> {
                throw new IllegalStateException("from the handler");
              });

  static final List<Lambda> WAYS_TO_FAIL_WITH_THE_JVM =
      List.of(
          (in, out) -> Mono.error(new NoClassDefFoundError("of the handler")),
          (in, out) -> {
            throw new NoClassDefFoundError("of the handler");
          },
          (in, out) ->
              subscriber -> {
                throw new NoClassDefFoundError("of the handler");
              });

  private final IllegalStateException failure = new IllegalStateException("from the handler");

  /** Virtual milliseconds at which the handler was called. */
  private final List<Long> calls = new ArrayList<>();

  private final List<Sinks.Empty<Void>> ends = new ArrayList<>();
  private VirtualTimeScheduler clock;
  private SimulatedServer server;

  @BeforeEach
  void setClock() {
    clock = VirtualTimeScheduler.getOrSet();
  }

  @AfterEach
  void close() {
    if (server != null) {
      server.close();
    }
    VirtualTimeScheduler.reset();
  }

  private RioConnection bind(Lambda handler) {
    return bind(handler, it -> it);
  }

  private RioConnection bind(Lambda handler, UnaryOperator<RioUdpServer> options) {
    server =
        SimulatedServer.bind(
            it ->
                options
                    .apply(it)
                    .handle(
                        (in, out) -> {
                          calls.add(now());
                          return handler.apply(in, out);
                        }));
    return server.connection();
  }

  /** It ends when the test says so. */
  private Publisher<Void> endedByTest(RioInbound in, RioOutbound out) {
    Sinks.Empty<Void> end = Sinks.empty();
    ends.add(end);
    return end.asMono();
  }

  private void fail() {
    ends.getLast().tryEmitError(failure);
    server.run();
  }

  private long now() {
    return clock.now(java.util.concurrent.TimeUnit.MILLISECONDS);
  }

  /** Turns the pump after each step: a retry that is due may wait for its turn. */
  private void after(Duration duration) {
    Duration step = duration.compareTo(Duration.ofMinutes(1)) < 0 ? ofMillis(1) : ofSeconds(1);
    for (Duration past = step; past.compareTo(duration) <= 0; past = past.plus(step)) {
      clock.advanceTimeBy(step);
      server.run();
    }
  }

  private static Throwable endOf(RioConnection connection) {
    TestSubscriber<Void> disposed = TestSubscriber.create();
    connection.onDispose().subscribe(disposed);
    return disposed.expectTerminalError();
  }

  @Test
  void isCalledOnceForEachBindWhenItsSocketIsBound() {
    List<Object> order = new ArrayList<>();
    bind(
        (in, out) -> {
          order.add("handle");
          return out.neverComplete();
        },
        it -> it.doOnBound(bound -> order.add("bound")));
    server.bindAnother(it -> it.handle((in, out) -> out.neverComplete()));

    assertThat(order).containsExactly("bound", "handle");
    assertThat(calls).hasSize(1);
  }

  @Test
  void itsCompletionClosesTheConnection() {
    RioConnection connection = bind(this::endedByTest);
    assertThat(connection.isDisposed()).isFalse();

    ends.getFirst().tryEmitEmpty();
    server.run();

    assertThat(connection.isDisposed()).isTrue();
    assertThat(server.socket().isReleased()).isTrue();
    StepVerifier.create(connection.onDispose()).verifyComplete();
    assertThat(calls).hasSize(1);
  }

  @Test
  void aHandlerThatCompletesAtOnceClosesTheConnectionToo() {
    assertThat(bind((in, out) -> Mono.empty()).isDisposed()).isTrue();
  }

  @Test
  void neverCompleteKeepsItOpen() {
    RioConnection connection = bind((in, out) -> out.neverComplete());
    after(Duration.ofHours(1));

    assertThat(connection.isDisposed()).isFalse();
  }

  @Test
  void neverCompleteCompletesWhenTheConnectionEnds() {
    RioConnection connection = bind((in, out) -> out.neverComplete());
    TestSubscriber<Void> never = TestSubscriber.create();
    connection.outbound().neverComplete().subscribe(never);
    assertThat(never.isTerminated()).isFalse();

    connection.dispose();
    server.run();

    assertThat(never.isTerminatedComplete()).isTrue();
  }

  @Test
  void isCancelledWhenTheConnectionCloses() {
    PublisherProbe<Void> probe = PublisherProbe.of(Mono.never());
    bind((in, out) -> probe.mono()).dispose();
    server.run();

    probe.assertWasCancelled();
    assertThat(calls).hasSize(1);
  }

  @Test
  void seesTheContextOfTheSubscriberOfBind() {
    AtomicReference<String> seen = new AtomicReference<>();
    server = SimulatedServer.bind();
    RioUdpServer.create()
        .runOn(server.pump().group())
        .handle(
            (in, out) ->
                Mono.deferContextual(
                    context -> {
                      seen.set(context.get("greeting"));
                      return out.neverComplete();
                    }))
        .bind()
        .contextWrite(Context.of("greeting", "hello"))
        .subscribe();
    server.run();

    assertThat(seen).hasValue("hello");
  }

  @ParameterizedTest
  @FieldSource("WAYS_TO_FAIL")
  void aFailureIsLoggedCountedAndSubscribedAgainAtOnce(Lambda failing) {
    try (CapturedLog log = new CapturedLog()) {
      RioConnection connection =
          bind((in, out) -> calls.size() == 1 ? failing.apply(in, out) : out.neverComplete());

      assertThat(calls).containsExactly(now(), now());
      assertThat(connection.isDisposed()).isFalse();
      assertThat(connection.stats().handlerFailures()).isEqualTo(1);
      assertThat(log.warnings()).singleElement().asString().contains("handler failed");
    }
  }

  @Test
  void aLambdaThatReturnsNullIsToldWhatToReturn() {
    try (CapturedLog log = new CapturedLog()) {
      bind((in, out) -> calls.size() == 1 ? null : out.neverComplete());

      assertThat(log.text()).contains("returned null", "neverComplete()");
    }
  }

  @Test
  void failuresInARowAreSubscribedAgainAfterTenMillisecondsDoubledToOneSecond() {
    long start = now();
    try (CapturedLog log = new CapturedLog()) {
      bind((in, out) -> Mono.error(failure));
      after(Duration.ofSeconds(4));
      assertThat(log.warnings()).as("of this class").hasSize(1);
    }

    assertThat(calls.stream().map(at -> at - start))
        .containsExactly(0L, 0L, 10L, 30L, 70L, 150L, 310L, 630L, 1_270L, 2_270L, 3_270L);
    assertThat(server.stats().handlerFailures()).isEqualTo(calls.size());
  }

  @Test
  void aFailureOfAnotherClassIsLoggedWithItsStackToo() {
    try (CapturedLog log = new CapturedLog()) {
      bind(
          (in, out) ->
              Mono.error(calls.size() % 2 == 1 ? failure : new IOException("another class")));
      after(Duration.ofSeconds(4));

      assertThat(log.warnings()).hasSize(2);
      assertThat(log.text())
          .containsOnlyOnce("java.io.IOException")
          .doesNotContain("another class");
    }
  }

  @Test
  void aRetryThatIsDueIsMadeOnThePump() {
    try (CapturedLog log = new CapturedLog()) {
      bind((in, out) -> Mono.error(failure));
      assertThat(calls).hasSize(2);

      clock.advanceTimeBy(ofMillis(10));
      assertThat(calls).as("not on the timer's thread").hasSize(2);
      server.run();

      assertThat(calls).hasSize(3);
    }
  }

  @Test
  void tenGoodSecondsResetThePace() {
    try (CapturedLog log = new CapturedLog()) {
      bind(this::endedByTest);
      fail(); // subscribed again at once
      fail();
      after(Duration.ofMillis(10));
      fail();
      after(Duration.ofMillis(20));
      assertThat(calls).hasSize(4);

      after(Duration.ofMillis(10_001));
      fail();
      assertThat(calls).as("at once").hasSize(5);

      fail();
      assertThat(calls).hasSize(5);
      after(Duration.ofMillis(10));
      assertThat(calls).as("from the beginning").hasSize(6);
    }
  }

  @Test
  void fewerThanTenGoodSecondsDoNotResetThePace() {
    try (CapturedLog log = new CapturedLog()) {
      bind(this::endedByTest);
      fail();
      fail();
      after(Duration.ofMillis(10));
      assertThat(calls).hasSize(3);

      after(Duration.ofMillis(9_999));
      fail();

      after(Duration.ofMillis(19));
      assertThat(calls).hasSize(3);
      after(Duration.ofMillis(1));
      assertThat(calls).hasSize(4);
    }
  }

  @Test
  void aHandlerThatFailsAgainAndAgainAtOnceLeavesThePumpToTheOthers() {
    server = SimulatedServer.bind();
    RioUdpServer.create()
        .handlerRetry(Retry.indefinitely())
        .handle(
            (in, out) -> {
              calls.add(now());
              return calls.size() < 100 ? Mono.error(failure) : out.neverComplete();
            })
        .runOn(server.pump().group())
        .bind()
        .subscribe();
    TestSubscriber<Void> send = server.subscribe(Mono.just(datagram("beside")));

    try (CapturedLog log = new CapturedLog()) {
      server.turn(3);
      assertThat(send.isTerminatedComplete()).isTrue();
      assertThat(calls).hasSizeBetween(1, 10);
      server.run();
      assertThat(calls).hasSize(100);
    }
  }

  @Test
  void eachConnectionHasItsOwnPace() {
    try (CapturedLog log = new CapturedLog()) {
      bind((in, out) -> Mono.error(failure));
      after(Duration.ofSeconds(1));
      List<Long> others = new ArrayList<>();
      server.bindAnother(
          it ->
              it.handle(
                  (in, out) -> {
                    others.add(now());
                    return others.size() == 1 ? Mono.error(failure) : out.neverComplete();
                  }));

      assertThat(others).containsExactly(now(), now());
    }
  }

  @Test
  void canReceiveAgainAfterAFailure() {
    List<String> received = new ArrayList<>();
    try (CapturedLog log = new CapturedLog()) {
      bind(
          (in, out) ->
              in.receive()
                  .map(Datagram::asString)
                  .doOnNext(received::add)
                  .doOnNext(
                      text -> {
                        if (text.equals("bad")) {
                          throw failure;
                        }
                      })
                  .then());
      server.deliver("a", "bad", "b");
      server.run();
      server.deliver("c");
      server.run();
    }

    assertThat(received).containsExactly("a", "bad", "b", "c");
    assertThat(calls).hasSize(2);
    assertThat(server.stats().delivered()).isEqualTo(4);
  }

  @Test
  void anErrorThatIsHandledInsideFlatMapCostsThatDatagramAlone() {
    bind(
        (in, out) ->
            out.send(
                in.receive()
                    .flatMap(
                        query ->
                            (query.asString().equals("bad")
                                    ? this.<String>failing()
                                    : echoed(query))
                                .map(query::reply)
                                .onErrorResume(handled -> Mono.empty()),
                        64)));
    server.deliver("a", "bad", "b");
    server.run();

    assertThat(server.sent()).containsExactly("re a", "re b");
    assertThat(calls).hasSize(1);
    assertThat(server.stats().handlerFailures()).isZero();
  }

  private <T> Mono<T> failing() {
    return Mono.error(failure);
  }

  private static Mono<String> echoed(Datagram query) {
    return Mono.just("re " + query.asString());
  }

  @Test
  void anotherRetryIsAskedInsteadAndOnItsOwnTime() {
    long start = now();
    try (CapturedLog log = new CapturedLog()) {
      bind(
          (in, out) -> Mono.error(failure),
          it -> it.handlerRetry(Retry.fixedDelay(2, Duration.ofMinutes(1))));
      after(Duration.ofHours(1));
    }

    assertThat(calls.stream().map(at -> at - start)).containsExactly(0L, 60_000L, 120_000L);
  }

  @Test
  void whenTheRetryIsExhaustedTheConnectionClosesWithItsError() {
    try (CapturedLog log = new CapturedLog()) {
      RioConnection connection =
          bind((in, out) -> Mono.error(failure), it -> it.handlerRetry(Retry.max(2)));

      assertThat(calls).hasSize(3);
      assertThat(connection.isDisposed()).isTrue();
      assertThat(endOf(connection)).matches(Exceptions::isRetryExhausted).hasCause(failure);
      TestSubscriber<Datagram> received = TestSubscriber.create();
      connection.receive().subscribe(received);
      server.run();
      assertThat(received.expectTerminalError()).isSameAs(endOf(connection));
      assertThat(log.errors()).singleElement().asString().contains("for good");
      assertThat(connection.stats().handlerFailures()).isEqualTo(3);
    }
  }

  @Test
  void aFailureThatTheRetryFiltersOutClosesTheConnectionWithIt() {
    try (CapturedLog log = new CapturedLog()) {
      RioConnection connection =
          bind(
              (in, out) -> Mono.error(failure),
              it -> it.handlerRetry(Retry.indefinitely().filter(IOException.class::isInstance)));

      assertThat(endOf(connection)).isSameAs(failure);
      assertThat(calls).hasSize(1);
    }
  }

  @Test
  void aRetryThatCompletesClosesTheConnection() {
    try (CapturedLog log = new CapturedLog()) {
      RioConnection connection =
          bind(
              (in, out) -> Mono.error(failure),
              it -> it.handlerRetry(Retry.from(failures -> failures.take(1).then())));

      assertThat(connection.isDisposed()).isTrue();
      StepVerifier.create(connection.onDispose()).verifyComplete();
    }
  }

  @Test
  void sendsUnderWayFailWhenTheHandlerHasFailedForGood() {
    try (CapturedLog log = new CapturedLog()) {
      RioConnection connection = bind(this::endedByTest, it -> it.handlerRetry(Retry.max(0)));
      TestSubscriber<Void> send = server.send(Flux.never());
      fail();

      assertThat(send.expectTerminalError()).isInstanceOf(ClosedChannelException.class);
      assertThat(connection.isDisposed()).isTrue();
    }
  }

  @Test
  void isNotSubscribedAgainWhenItsSocketHasFailed() {
    try (CapturedLog log = new CapturedLog()) {
      RioConnection connection = bind((in, out) -> in.receive().then());
      server.socket().failSocket(Kind.OTHER, 9);
      server.run();
      after(Duration.ofMinutes(1));

      assertThat(calls).hasSize(1);
      assertThat(endOf(connection)).isInstanceOf(KernelException.class);
      assertThat(log.errors()).singleElement().asString().contains("the socket failed");
      assertThat(log.warnings()).isEmpty();
    }
  }

  @Test
  void isNotSubscribedAgainWhenTheConnectionHasBeenDisposed() {
    try (CapturedLog log = new CapturedLog()) {
      RioConnection connection = bind((in, out) -> in.receive().then(Mono.error(failure)));
      connection.dispose();
      server.run();
      after(Duration.ofMinutes(1));

      assertThat(calls).hasSize(1);
      StepVerifier.create(connection.onDispose()).verifyComplete();
      assertThat(log.text()).isEmpty();
    }
  }

  @Test
  void aRetryThatIsDueAfterTheCloseIsNotMade() {
    try (CapturedLog log = new CapturedLog()) {
      RioConnection connection = bind((in, out) -> Mono.error(failure));
      assertThat(calls).hasSize(2);
      connection.dispose();
      server.run();
      after(Duration.ofMinutes(1));
    }

    assertThat(calls).hasSize(2);
  }

  @ParameterizedTest
  @FieldSource("WAYS_TO_FAIL_WITH_THE_JVM")
  void anErrorOfTheJvmIsNeverRetriedAndClosesTheConnectionWithIt(Lambda failing) {
    try (CapturedLog log = new CapturedLog()) {
      RioConnection connection = bind(failing);
      after(Duration.ofMinutes(1));

      assertThat(calls).hasSize(1);
      assertThat(connection.isDisposed()).isTrue();
      assertThat(endOf(connection)).isInstanceOf(NoClassDefFoundError.class);
      assertThat(connection.stats().handlerFailures()).isEqualTo(1);
    }
  }

  /** They throw it, so that no signal tells the handler. */
  @Test
  void anErrorOfTheJvmInOneOfItsOperatorsClosesTheConnectionToo() {
    try (CapturedLog log = new CapturedLog()) {
      RioConnection connection =
          bind((in, out) -> out.send(in.receive().map(HandlerTest::withoutItsClass)));
      server.deliver("a", "b");
      server.run();
      after(Duration.ofMinutes(1));

      assertThat(calls).hasSize(1);
      assertThat(endOf(connection)).isInstanceOf(NoClassDefFoundError.class);
      assertThat(connection.stats().handlerFailures()).isEqualTo(1);
    }
  }

  private static Datagram withoutItsClass(Datagram query) {
    throw new NoClassDefFoundError("of an operator");
  }

  @Test
  void aHandlerWhoseCancelThrowsDoesNotKeepTheConnectionOpen() {
    RioConnection connection =
        bind(
            (in, out) ->
                subscriber ->
                    subscriber.onSubscribe(
                        new Subscription() {
                          @Override
                          public void request(long n) {}

                          @Override
                          public void cancel() {
                            throw failure;
                          }
                        }));
    TestSubscriber<Void> send = server.send(Flux.never());

    try (CapturedLog log = new CapturedLog()) {
      connection.dispose();
      server.run();
      assertThat(log.errors()).hasSize(1);
    }

    assertThat(send.expectTerminalError()).isInstanceOf(ClosedChannelException.class);
    assertThat(server.socket().isReleased()).isTrue();
    StepVerifier.create(connection.onDispose()).verifyComplete();
  }

  @Test
  void theEchoOfTheReadmeEchoes() {
    bind((in, out) -> out.send(in.receive()));
    server.deliver("a", "b", "c");
    server.run();

    assertThat(server.sent()).containsExactly("a", "b", "c");
    assertThat(server.socket().sent())
        .extracting(SentDatagram::target)
        .containsOnly(SimulatedServer.PEER);
  }

  @Test
  void aReplyIsSentOnceAndInOrder() {
    bind((in, out) -> out.send(in.receive().map(query -> query.reply("re " + query.asString()))));
    server.deliver("a", "b");
    server.run();

    assertThat(server.sent()).containsExactly("re a", "re b");
    assertThat(server.send(Mono.just(datagram("beside"))).isTerminatedComplete()).isTrue();
  }
}
