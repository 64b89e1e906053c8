package io.rioreactive.test;

import static io.rioreactive.test.SimulatedServer.datagram;
import static io.rioreactive.test.SimulatedServer.datagrams;
import static io.rioreactive.test.SimulatedServer.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.rioreactive.Datagram;
import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.RioInbound;
import io.rioreactive.RioOutbound;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelException.Kind;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.publisher.PublisherProbe;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.test.subscriber.TestSubscriber;

/** The slow end: what is under way is waited for, as long as there is time. */
class ShutdownTest {

  private static final Duration TIME = Duration.ofSeconds(5);

  private VirtualTimeScheduler clock;
  private SimulatedServer server;
  private RioConnection connection;
  private SimulatedSocket socket;

  @BeforeEach
  void bind() {
    clock = VirtualTimeScheduler.getOrSet();
    use(SimulatedServer.bind());
  }

  private void use(SimulatedServer another) {
    server = another;
    connection = server.connection();
    socket = server.socket();
  }

  private void bindHandler(BiFunction<RioInbound, RioOutbound, ? extends Publisher<Void>> handler) {
    server.close();
    use(SimulatedServer.bind(it -> it.handle(handler)));
  }

  @AfterEach
  void close() {
    server.close();
    VirtualTimeScheduler.reset();
  }

  private TestSubscriber<Void> shutdown() {
    return shutdown(TIME);
  }

  private TestSubscriber<Void> shutdown(Duration timeout) {
    TestSubscriber<Void> closed = TestSubscriber.create();
    connection.shutdown(timeout).subscribe(closed);
    server.run();
    return closed;
  }

  private void after(Duration duration) {
    clock.advanceTimeBy(duration);
    server.run();
  }

  private boolean isClosed() {
    TestSubscriber<Void> disposed = TestSubscriber.create();
    connection.onDispose().subscribe(disposed);
    return disposed.isTerminated();
  }

  @Test
  void anIdleConnectionClosesAtOnce() {
    TestSubscriber<Void> closed = shutdown();

    assertThat(closed.isTerminatedComplete()).isTrue();
    assertThat(socket.isReleased()).isTrue();
    assertThat(connection.isDisposed()).isTrue();
    StepVerifier.create(connection.onDispose()).verifyComplete();
  }

  @Test
  void theMonoIsCold() {
    Mono<Void> shutdown = connection.shutdown(TIME);
    after(TIME);
    assertThat(connection.isDisposed()).isFalse();
    assertThat(server.send(datagrams("d", 1)).isTerminatedComplete()).isTrue();

    StepVerifier.create(shutdown).then(server::run).verifyComplete();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1})
  void aTimeoutThatIsNotPositiveIsRefusedAtTheCall(long millis) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> connection.shutdown(Duration.ofMillis(millis)))
        .withMessageContaining(Duration.ofMillis(millis).toString())
        .withMessageContaining("dispose()");
  }

  @Test
  void theInboundCompletesAtOnceAndNothingIsPostedAnyMore() {
    TestSubscriber<Datagram> received = TestSubscriber.create();
    connection.receive().subscribe(received);
    socket.holdSends();
    server.send(datagrams("d", 1));

    TestSubscriber<Void> closed = shutdown();

    assertThat(received.isTerminatedComplete()).isTrue();
    assertThat(socket.posted()).isEmpty();
    TestSubscriber<Datagram> late = TestSubscriber.create();
    connection.receive().subscribe(late);
    server.run();
    assertThat(late.isTerminatedComplete()).isTrue();
    assertThat(closed.isTerminated()).as("the send is under way").isFalse();
    assertThat(socket.isClosed()).isFalse();
  }

  @Test
  void aConnectionThatIsShutDownIsDisposedFromThenOnThoughItIsNotClosed() {
    server.send(Flux.never());
    assertThat(connection.isDisposed()).isFalse();

    shutdown();

    assertThat(connection.isDisposed()).isTrue();
    assertThat(isClosed()).isFalse();
  }

  @Test
  void nextRepeatedUntilItIsDisposedEndsWithTheInbound() {
    server.send(Flux.never());
    AtomicInteger asked = new AtomicInteger();
    TestSubscriber<Datagram> received = TestSubscriber.create();
    connection
        .next()
        .repeat(() -> asked.incrementAndGet() < 1_000 && !connection.isDisposed())
        .subscribe(received);
    server.run();

    shutdown();

    assertThat(received.isTerminatedComplete()).isTrue();
    assertThat(asked).hasValue(1);
  }

  @Test
  void nextRepeatedWithoutEndLeavesTurnsToTheOthersOnThePump() {
    server.send(Flux.never());
    RioConnection other = server.bindAnother(it -> it);
    AtomicInteger asked = new AtomicInteger();
    connection.next().repeat(() -> asked.incrementAndGet() < 1_000).subscribe();
    server.run();
    TestSubscriber<Void> closed = TestSubscriber.create();

    connection.shutdown(TIME).subscribe(closed);
    TestSubscriber<Void> send = server.subscribe(other.send(Mono.just(datagram("beside"))));
    server.turn(5);

    assertThat(asked.get()).isBetween(1, 10);
    assertThat(send.isTerminatedComplete()).isTrue();
    clock.advanceTimeBy(TIME);
    try (CapturedLog log = new CapturedLog()) { // the time is up
      server.turn(5);
    }
    assertThat(closed.isTerminatedComplete()).isTrue();
  }

  @Test
  void whatArrivesLaterOnKeptPostsIsDroppedAsClosed() {
    server.close();
    use(SimulatedServer.bindOn(SimulatedKernel.keepingPosts(), it -> it));
    connection.receive().subscribe();
    socket.holdSends();
    server.send(datagrams("d", 1));
    shutdown();
    assertThat(socket.posted()).hasSize(4);

    server.deliver("late", "later");
    server.run();

    assertThat(server.stats().received()).isEqualTo(2);
    assertThat(server.stats().count(DropReason.CLOSED)).isEqualTo(2);
    assertThat(server.drops()).hasSize(2);
    assertThat(socket.posted()).as("and not posted again").hasSize(2);
    server.assertLawOfReceives();
  }

  @Test
  void everySendUnderWayIsWaitedFor() {
    socket.holdSends();
    TestSubscriber<Void> done = server.send(datagrams("d", 10));
    TestPublisher<Datagram> source = TestPublisher.create();
    TestSubscriber<Void> slow = server.send(source);

    TestSubscriber<Void> closed = shutdown();
    socket.releaseSends();
    server.run();
    assertThat(done.isTerminatedComplete()).isTrue();
    assertThat(server.sent()).isEqualTo(texts("d", 10));
    assertThat(closed.isTerminated()).as("the other publisher has not ended").isFalse();

    source.next(datagram("slow"));
    server.run();
    assertThat(server.sent()).contains("slow");
    source.complete();
    server.run();

    assertThat(slow.isTerminatedComplete()).isTrue();
    assertThat(closed.isTerminatedComplete()).isTrue();
    assertThat(socket.isReleased()).isTrue();
  }

  @Test
  void whatACancelledSendHasInSlotsIsWaitedFor() {
    socket.holdSends();
    server.send(datagrams("d", 10)).cancel();

    TestSubscriber<Void> closed = shutdown();
    assertThat(closed.isTerminated()).isFalse();
    socket.releaseSends();
    server.run();

    assertThat(server.sent()).isEqualTo(texts("d", 4));
    assertThat(closed.isTerminatedComplete()).isTrue();
  }

  @Test
  void aSendThatIsCancelledMeanwhileIsWaitedForNoLonger() {
    TestSubscriber<Void> send = server.send(Flux.never());
    TestSubscriber<Void> closed = shutdown();
    assertThat(closed.isTerminated()).isFalse();

    send.cancel();
    server.run();

    assertThat(closed.isTerminatedComplete()).isTrue();
  }

  @Test
  void theHandlerIsWaitedFor() {
    Sinks.Empty<Void> work = Sinks.empty();
    bindHandler((in, out) -> in.receive().then(work.asMono()));

    TestSubscriber<Void> closed = shutdown();
    assertThat(closed.isTerminated()).isFalse();
    work.tryEmitEmpty();
    server.run();

    assertThat(closed.isTerminatedComplete()).isTrue();
  }

  @Test
  void aHandlerMaySendItsLastWordsWhileItIsWaitedFor() {
    Sinks.Empty<Void> work = Sinks.empty();
    bindHandler(
        (in, out) -> in.receive().then(work.asMono()).then(out.send(Mono.just(datagram("bye")))));

    TestSubscriber<Void> closed = shutdown();
    work.tryEmitEmpty();
    server.run();

    assertThat(server.sent()).containsExactly("bye");
    assertThat(closed.isTerminatedComplete()).isTrue();
  }

  @Test
  void anEchoAnswersWhatItHasReceivedAndThenCloses() {
    bindHandler((in, out) -> out.send(in.receive()));
    socket.holdSends();
    server.deliver("a", "b");
    server.run();

    TestSubscriber<Void> closed = shutdown();
    assertThat(closed.isTerminated()).isFalse();
    socket.releaseSends();
    server.run();

    assertThat(server.sent()).containsExactly("a", "b");
    assertThat(closed.isTerminatedComplete()).isTrue();
  }

  @Test
  void aHandlerThatNeverCompletesByRequestDoesNotKeepItOpen() {
    bindHandler((in, out) -> out.neverComplete());

    assertThat(shutdown().isTerminatedComplete()).isTrue();
    assertThat(connection.isDisposed()).isTrue();
  }

  @Test
  void aHandlerThatFailsMeanwhileDoesNotKeepItOpenAndIsNoErrorOfTheShutdown() {
    Sinks.Empty<Void> work = Sinks.empty();
    bindHandler((in, out) -> in.receive().then(work.asMono()));
    TestSubscriber<Void> closed = shutdown();

    try (CapturedLog log = new CapturedLog()) {
      work.tryEmitError(new IllegalStateException("too late"));
      server.run();
      assertThat(log.text())
          .contains("failed for good", "java.lang.IllegalStateException")
          .doesNotContain("handlerRetry", "too late");
    }

    assertThat(closed.isTerminatedComplete()).isTrue();
    StepVerifier.create(connection.onDispose()).verifyComplete();
  }

  @Test
  void whenTheTimeIsUpItCancelsAndSaysHowManyWereLost() {
    PublisherProbe<Void> handler = PublisherProbe.of(Mono.never());
    bindHandler((in, out) -> handler.mono());
    socket.holdSends();
    TestSubscriber<Void> first = server.send(datagrams("d", 6));
    TestSubscriber<Void> second = server.send(datagrams("e", 2));
    TestSubscriber<Void> closed = shutdown();

    try (CapturedLog log = new CapturedLog()) {
      after(TIME.minusMillis(1));
      assertThat(closed.isTerminated()).isFalse();
      assertThat(log.text()).isEmpty();

      after(Duration.ofMillis(1));
      assertThat(log.warnings())
          .singleElement()
          .asString()
          .contains(
              "time is up after PT5S",
              "2 sends with 4 datagrams waiting",
              "4 in flight",
              "and the handler");
    }
    assertThat(closed.isTerminatedComplete()).isTrue();
    assertThat(first.expectTerminalError()).isInstanceOf(ClosedChannelException.class);
    assertThat(second.expectTerminalError()).isInstanceOf(ClosedChannelException.class);
    handler.assertWasCancelled();
    assertThat(server.stats().discarded()).isEqualTo(8);
    assertThat(socket.isReleased()).isTrue();
    server.assertLawOfSends();
    StepVerifier.create(connection.onDispose()).verifyComplete();
  }

  @Test
  void whenAllWasDoneInTimeNothingIsLogged() {
    try (CapturedLog log = new CapturedLog()) {
      shutdown();
      after(TIME);
      assertThat(log.text()).isEmpty();
    }
  }

  @Test
  void aSocketThatFailsMeanwhileCompletesTheShutdownAllTheSame() {
    socket.holdSends();
    server.send(datagrams("d", 1));
    TestSubscriber<Void> closed = shutdown();

    socket.failSocket(Kind.OTHER, 9);
    try (CapturedLog log = new CapturedLog()) {
      server.run();
      assertThat(log.errors()).hasSize(1);
    }

    assertThat(closed.isTerminatedComplete()).isTrue();
    StepVerifier.create(connection.onDispose()).verifyError(KernelException.class);
  }

  @Test
  void twoShutdownsBothCompleteAndTheShorterTimeCounts() {
    server.send(Flux.never());
    TestSubscriber<Void> patient = shutdown(Duration.ofHours(1));
    TestSubscriber<Void> hasty = shutdown(TIME);

    try (CapturedLog log = new CapturedLog()) {
      after(TIME);
      assertThat(log.warnings()).hasSize(1);
    }

    assertThat(hasty.isTerminatedComplete()).isTrue();
    assertThat(patient.isTerminatedComplete()).isTrue();
  }

  @Test
  void aShutdownOfAClosedConnectionCompletesAtOnce() {
    connection.dispose();
    server.run();

    StepVerifier.create(connection.shutdown(TIME)).verifyComplete();
  }

  @Test
  void aShutdownAfterDisposeCompletesWhenItIsClosed() {
    socket.holdSends();
    server.send(datagrams("d", 1));
    socket.holdCancellations();
    connection.dispose();

    TestSubscriber<Void> closed = shutdown();
    assertThat(closed.isTerminated()).isFalse();
    socket.releaseCancellations();
    server.run();

    assertThat(closed.isTerminatedComplete()).isTrue();
  }

  @Test
  void disposeDuringAShutdownEndsIt() {
    TestSubscriber<Void> send = server.send(Flux.never());
    TestSubscriber<Void> closed = shutdown();

    connection.dispose();
    server.run();

    assertThat(closed.isTerminatedComplete()).isTrue();
    assertThat(send.expectTerminalError()).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void aTimeoutOfCenturiesIsAllowed() {
    VirtualTimeScheduler.reset(); // which cannot count that far
    server.send(Flux.never());

    TestSubscriber<Void> closed = shutdown(Duration.ofSeconds(Long.MAX_VALUE));
    server.run();

    assertThat(closed.isTerminated()).isFalse();
    assertThat(isClosed()).isFalse();
  }

  @Test
  void shutdownInsideOnNextCompletesTheStreamItWasCalledIn() {
    TestSubscriber<Datagram> received = TestSubscriber.create();
    TestSubscriber<Void> closed = TestSubscriber.create();
    connection
        .receive()
        .doOnNext(ignored -> connection.shutdown(TIME).subscribe(closed))
        .subscribe(received);
    server.run();
    server.deliver("a");
    server.run();

    assertThat(received.getReceivedOnNext()).extracting(Datagram::asString).containsExactly("a");
    assertThat(received.isTerminatedComplete()).isTrue();
    assertThat(closed.isTerminatedComplete()).isTrue();
  }

  @Test
  void shutdownInsideAHandlerWaitsForThatHandler() {
    AtomicInteger calls = new AtomicInteger();
    Sinks.Empty<Void> work = Sinks.empty();
    TestSubscriber<Void> closed = TestSubscriber.create();
    RioConnection[] mine = new RioConnection[1];
    server.bindAnother(
        it ->
            it.doOnBound(bound -> mine[0] = bound)
                .handle(
                    (in, out) -> {
                      calls.incrementAndGet();
                      mine[0].shutdown(TIME).subscribe(closed);
                      return work.asMono();
                    }));
    assertThat(closed.isTerminated()).isFalse();

    work.tryEmitEmpty();
    server.run();

    assertThat(closed.isTerminatedComplete()).isTrue();
    assertThat(calls).hasValue(1);
  }

  @Test
  void shutdownWakesAParkedPump() {
    int before = server.pump().wakes();

    connection.shutdown(TIME).subscribe();

    assertThat(server.pump().wakes()).isEqualTo(before + 1);
  }
}
