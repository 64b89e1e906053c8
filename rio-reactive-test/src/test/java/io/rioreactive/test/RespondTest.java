package io.rioreactive.test;

import static io.rioreactive.test.SimulatedServer.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.rioreactive.Datagram;
import io.rioreactive.RioUdpServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.test.subscriber.TestSubscriber;
import reactor.util.context.Context;

/** The function given to {@code respond}: a call for each datagram, each by itself. */
class RespondTest {

  /** A responder, as the user writes it. */
  interface Lambda extends Function<Datagram, Publisher<Datagram>> {}

  static final List<Lambda> WAYS_TO_FAIL =
      List.of(
          query -> Mono.error(new IOException("from the call")),
          query -> Flux.error(new IOException("from the call")),
          query -> {
            throw new IllegalStateException("from the call");
          },
          query -> null,
          query -> Mono.fromCallable(() -> Integer.parseInt("x")).map(i -> query.reply("never")),
          query ->
              subscriber -> {
                throw new IllegalStateException("from the call");
              });

  private final List<Sinks.One<Datagram>> ends = new ArrayList<>();
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

  private void respond(Lambda function) {
    bind(it -> it.respond(function));
  }

  private void bind(UnaryOperator<RioUdpServer> options) {
    server = SimulatedServer.bind(options);
  }

  private void arrive(String... texts) {
    server.deliver(texts);
    server.run();
  }

  private void after(Duration duration) {
    clock.advanceTimeBy(duration);
    server.run();
  }

  /** It ends when the test says so. */
  private Publisher<Datagram> endedByTest(Datagram query) {
    Sinks.One<Datagram> end = Sinks.one();
    ends.add(end);
    return end.asMono();
  }

  private static Publisher<Datagram> echo(Datagram query) {
    return Mono.just(query.reply("re: " + query.asString()));
  }

  @Test
  void eachDatagramIsAnswered() {
    respond(RespondTest::echo);

    arrive("1", "2", "3", "4", "5", "6");

    assertThat(server.sent())
        .containsExactlyInAnyOrder("re: 1", "re: 2", "re: 3", "re: 4", "re: 5", "re: 6");
    assertThat(server.stats().delivered()).isEqualTo(6);
  }

  @Test
  void aCallMayAnswerNothingAndMaySayMuch() {
    respond(
        query ->
            query.asString().equals("many")
                ? Flux.range(0, 1_000).map(i -> query.reply("" + i))
                : Mono.empty());

    arrive("none", "many", "none");

    assertThat(server.sent()).isEqualTo(texts("", 1_000));
  }

  @ParameterizedTest
  @FieldSource("WAYS_TO_FAIL")
  void whatOneCallDoesConcernsNoOther(Lambda failing) {
    respond(query -> query.asString().equals("bad") ? failing.apply(query) : echo(query));
    try (CapturedLog log = new CapturedLog()) {
      arrive("1", "bad", "2", "bad", "bad", "bad", "bad", "bad", "3");

      assertThat(server.sent()).containsExactlyInAnyOrder("re: 1", "re: 2", "re: 3");
      assertThat(server.stats().handlerFailures()).isEqualTo(6);
      assertThat(server.stats().delivered()).isEqualTo(9);
      assertThat(log.warnings()).singleElement().asString().contains("respond function failed");
      assertThat(log.errors()).isEmpty();
    }
    assertThat(server.connection().isDisposed()).isFalse();
  }

  @Test
  void aCallThatAnswersAndThenFailsHasAnswered() {
    respond(query -> Flux.concat(echo(query), Mono.error(new IOException("from the call"))));

    arrive("1", "2");

    assertThat(server.sent()).containsExactlyInAnyOrder("re: 1", "re: 2");
    assertThat(server.stats().handlerFailures()).isEqualTo(2);
  }

  @Test
  void callsUnderWayAreTheDemand() {
    bind(it -> it.respond(this::endedByTest, 3));
    assertThat(server.stats().demand()).isEqualTo(3);

    arrive("1", "2", "3", "4");
    assertThat(ends).hasSize(3);
    assertThat(server.stats().posted()).isZero();

    ends.get(1).tryEmitEmpty();
    server.run();
    assertThat(ends).as("the fourth").hasSize(4);
    ends.forEach(Sinks.One::tryEmitEmpty);
    server.run();
    assertThat(server.stats().posted()).isEqualTo(3);
  }

  @Test
  void withoutANumberThereAreAsManyAtOnceAsReceiveSlots() {
    respond(this::endedByTest);

    arrive("1", "2", "3", "4", "5");

    assertThat(ends).hasSize(4);
  }

  @Test
  void aThousandSlotsMakeAtMost256CallsAtOnce() {
    bind(it -> it.receiveSlots(1_000).respond(this::endedByTest));

    assertThat(server.stats().posted()).isEqualTo(256);
  }

  @Test
  void callsThatDoNotEndAreCancelledAndCounted() {
    respond(this::endedByTest);
    try (CapturedLog log = new CapturedLog()) {
      arrive("1", "2", "3", "4");
      ends.getFirst().tryEmitEmpty();
      after(Duration.ofMillis(29_999));
      assertThat(server.stats().respondTimeouts()).isZero();
      assertThat(ends).hasSize(4);

      after(Duration.ofMillis(1));

      assertThat(server.stats().respondTimeouts()).isEqualTo(3);
      assertThat(server.stats().handlerFailures()).isZero();
      assertThat(ends).noneMatch(end -> end.currentSubscriberCount() > 0);
      assertThat(server.stats().posted()).isEqualTo(4);
      assertThat(log.warnings()).hasSize(1);
      assertThat(log.text()).contains("has not ended within PT30S");
    }
  }

  @Test
  void aCallThatGoesOnAnsweringIsCancelledInTime() {
    bind(
        it ->
            it.respond(query -> Flux.interval(Duration.ofSeconds(1)).map(i -> query.reply("" + i)))
                .respondTimeout(Duration.ofMillis(3_500)));
    arrive("1");

    for (int i = 0; i < 10; i++) {
      after(Duration.ofSeconds(1));
    }

    assertThat(server.sent()).containsExactly("0", "1", "2");
    assertThat(server.stats().respondTimeouts()).isEqualTo(1);
  }

  @Test
  void withATimeoutOfZeroACallMayTakeForEver() {
    bind(it -> it.respond(this::endedByTest).respondTimeout(Duration.ZERO));
    arrive("1");

    after(Duration.ofDays(365));

    assertThat(server.stats().respondTimeouts()).isZero();
    ends.getFirst().tryEmitValue(SimulatedServer.datagram("at last"));
    server.run();
    assertThat(server.sent()).containsExactly("at last");
  }

  @Test
  void aCallSeesTheContextOfWhoBinds() {
    server = SimulatedServer.bind();
    RioUdpServer.create()
        .respond(
            query ->
                Mono.deferContextual(context -> Mono.just(query.reply(context.<String>get("key")))))
        .runOn(server.pump().group())
        .bind()
        .contextWrite(Context.of("key", "value"))
        .subscribe();
    server.run();
    SimulatedSocket socket = server.kernel().lastSocket();

    socket.deliver(new byte[1], SimulatedServer.PEER);
    server.run();

    assertThat(socket.sent()).extracting(SentDatagram::asString).containsExactly("value");
  }

  @Test
  void shutdownLetsTheCallsUnderWayAnswer() {
    respond(this::endedByTest);
    arrive("1", "2");
    TestSubscriber<Void> down = TestSubscriber.create();
    server.connection().shutdown(Duration.ofSeconds(5)).subscribe(down);
    server.run();
    arrive("too late");
    assertThat(ends).hasSize(2);
    assertThat(down.isTerminated()).isFalse();

    ends.forEach(end -> end.tryEmitValue(SimulatedServer.datagram("answer")));
    server.run();

    assertThat(server.sent()).containsExactly("answer", "answer");
    assertThat(down.isTerminatedComplete()).isTrue();
  }

  @Test
  void whenTheTimeToShutDownIsUpTheCallsAreCancelledAndTold() {
    respond(this::endedByTest);
    arrive("1", "2");
    try (CapturedLog log = new CapturedLog()) {
      TestSubscriber<Void> down = TestSubscriber.create();
      server.connection().shutdown(Duration.ofSeconds(5)).subscribe(down);
      after(Duration.ofSeconds(5));

      assertThat(down.isTerminatedComplete()).isTrue();
      assertThat(ends).noneMatch(end -> end.currentSubscriberCount() > 0);
      assertThat(log.warnings()).singleElement().asString().contains("2 calls of respond given up");
    }
  }

  @Test
  void disposeCancelsTheCalls() {
    respond(this::endedByTest);
    arrive("1", "2");

    server.connection().dispose();
    server.run();

    assertThat(ends).noneMatch(end -> end.currentSubscriberCount() > 0);
  }

  static final List<Lambda> WAYS_TO_FAIL_WITH_AN_ERROR =
      List.of(
          query -> Mono.just(overflow(query)),
          query -> Mono.error(new StackOverflowError("from the call")),
          query -> Mono.fromCallable(() -> overflow(query)),
          query -> Mono.just(query).hide().map(RespondTest::overflow),
          query -> Flux.range(0, 100).map(i -> overflow(query)),
          query -> Mono.just(query).hide().map(RespondTest::withoutItsClass));

  /** As a parser that meets one bracket after the other. */
  private static int depth(int depth) {
    return depth < 0 ? depth : depth(depth + 1);
  }

  private static Datagram overflow(Datagram query) {
    return query.reply("depth " + depth(0));
  }

  private static Datagram withoutItsClass(Datagram query) {
    throw new NoClassDefFoundError("of the call");
  }

  /** Operators throw these in place of a signal. */
  @ParameterizedTest
  @FieldSource("WAYS_TO_FAIL_WITH_AN_ERROR")
  void anErrorThatADatagramCanCauseConcernsNoOtherCall(Lambda failing) {
    respond(query -> query.asString().equals("bad") ? failing.apply(query) : echo(query));
    try (CapturedLog log = new CapturedLog()) {
      arrive("1", "bad", "2", "bad", "3");
      after(Duration.ofMinutes(1));

      assertThat(server.sent()).containsExactlyInAnyOrder("re: 1", "re: 2", "re: 3");
      assertThat(server.stats().handlerFailures()).isEqualTo(2);
      assertThat(server.stats().respondTimeouts()).isZero();
      assertThat(log.errors()).isEmpty();
    }
    assertThat(server.connection().isDisposed()).isFalse();
    assertThat(server.stats().posted()).isEqualTo(4);
  }

  static final List<Lambda> WAYS_TO_FAIL_WITH_THE_JVM =
      List.of(
          query -> Mono.just(brokenJvm(query)),
          query -> Mono.error(new InternalError("of the call")),
          query -> Mono.just(query).hide().map(RespondTest::brokenJvm));

  private static Datagram brokenJvm(Datagram query) {
    throw new InternalError("of the call");
  }

  @ParameterizedTest
  @FieldSource("WAYS_TO_FAIL_WITH_THE_JVM")
  void anErrorOfTheJvmEndsTheConnection(Lambda failing) {
    respond(failing);
    TestSubscriber<Void> disposed = TestSubscriber.create();
    server.connection().onDispose().subscribe(disposed);

    arrive("1");

    assertThat(disposed.expectTerminalError()).isInstanceOf(InternalError.class);
  }

  @Test
  void eitherHandleOrRespond() {
    RioUdpServer handling = RioUdpServer.create().handle((in, out) -> out.neverComplete());
    RioUdpServer responding = RioUdpServer.create().respond(RespondTest::echo);

    assertThatIllegalStateException()
        .isThrownBy(() -> handling.respond(RespondTest::echo))
        .withMessageContaining("handle and respond");
    assertThatIllegalStateException()
        .isThrownBy(() -> responding.handle((in, out) -> out.neverComplete()))
        .withMessageContaining("handle and respond");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, (1 << 24) + 1})
  void aNumberOfCallsOutOfRangeIsRefusedAtOnce(int concurrency) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RioUdpServer.create().respond(RespondTest::echo, concurrency))
        .withMessageContainingAll("concurrency is " + concurrency, "1 to 16777216");
  }

  @Test
  void aNegativeTimeoutIsRefusedAtOnce() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RioUdpServer.create().respondTimeout(Duration.ofMillis(-1)))
        .withMessageContainingAll("respondTimeout is PT-0.001S", "zero for no limit");
  }
}
