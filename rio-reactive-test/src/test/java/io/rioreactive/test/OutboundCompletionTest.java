package io.rioreactive.test;

import static io.rioreactive.test.SimulatedServer.PEER;
import static io.rioreactive.test.SimulatedServer.datagram;
import static io.rioreactive.test.SimulatedServer.datagrams;
import static io.rioreactive.test.SimulatedServer.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.Scannable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.publisher.TestPublisher.Violation;
import reactor.test.subscriber.TestSubscriber;
import reactor.util.context.Context;

/** When the Mono of a send ends, and how. */
class OutboundCompletionTest {

  @AutoClose private final SimulatedServer server = SimulatedServer.bind();
  private final RioConnection connection = server.connection();
  private final SimulatedSocket socket = server.socket();

  @Test
  void theMonoIsCold() {
    AtomicInteger subscriptions = new AtomicInteger();
    Mono<Void> send =
        connection.send(
            Flux.defer(() -> Flux.just(datagram("d" + subscriptions.getAndIncrement()))));
    server.run();
    assertThat(subscriptions).hasValue(0);
    assertThat(server.sent()).isEmpty();

    StepVerifier.create(send).then(server::run).verifyComplete();
    StepVerifier.create(send).then(server::run).verifyComplete();
    assertThat(server.sent()).containsExactly("d0", "d1");
  }

  @Test
  void completesOnlyWhenTheKernelHasCompletedEverySend() {
    socket.holdSends();
    TestSubscriber<Void> done = server.send(datagrams("d", 3));

    for (int slot : socket.sendsHeld()) {
      assertThat(done.isTerminated()).isFalse();
      socket.completeSend(slot);
      server.run();
    }

    assertThat(done.isTerminatedComplete()).isTrue();
  }

  @Test
  void completesWhenThePublisherEndsAfterTheLastSend() {
    TestPublisher<Datagram> source = TestPublisher.create();
    TestSubscriber<Void> done = server.send(source);
    source.next(datagram("last"));
    server.run();
    assertThat(done.isTerminated()).isFalse();

    source.complete();
    server.run();

    assertThat(done.isTerminatedComplete()).isTrue();
  }

  @Test
  void anEmptyPublisherCompletes() {
    assertThat(server.send(Flux.empty()).isTerminatedComplete()).isTrue();
    assertThat(server.send(Mono.empty()).isTerminatedComplete()).isTrue();
  }

  @Test
  void anErrorOfThePublisherComesAfterWhatWasAcceptedHasCompleted() {
    socket.holdSends();
    IllegalStateException failure = new IllegalStateException("upstream");
    TestSubscriber<Void> done = server.send(datagrams("d", 6).concatWith(Flux.error(failure)));
    assertThat(socket.sendsHeld()).hasSize(4);
    assertThat(done.isTerminated()).isFalse();

    completeOne();
    completeOne();
    assertThat(done.isTerminated()).as("four are in flight").isFalse();
    socket.releaseSends();
    server.run();

    assertThat(done.expectTerminalError()).isSameAs(failure);
    assertThat(server.sent()).isEqualTo(texts("d", 6));
  }

  private void completeOne() {
    socket.completeSend(socket.sendsHeld().getFirst());
    server.run();
  }

  @Test
  void anErrorOfThePublisherWithoutElementsComesAtOnce() {
    IllegalStateException failure = new IllegalStateException("upstream");

    assertThat(server.send(Flux.error(failure)).expectTerminalError()).isSameAs(failure);
  }

  @Test
  void oneDatagramNeverFailsTheSend() {
    StepVerifier.create(
            connection.send(
                Flux.range(0, 6),
                (i, writer) -> {
                  if (i % 2 == 0) {
                    throw new IllegalStateException("even");
                  }
                  writer.remoteAddress(PEER).put("d" + i);
                }))
        .then(server::run)
        .verifyComplete();
    assertThat(server.sent()).containsExactly("d1", "d3", "d5");
  }

  @Test
  void closeFailsEverySendWithClosedChannelException() {
    TestPublisher<Datagram> idle = TestPublisher.create();
    socket.holdSends();
    TestSubscriber<Void> waiting = server.send(datagrams("d", 20));
    TestSubscriber<Void> withoutElements = server.send(idle);
    TestSubscriber<Void> justSubscribed = server.subscribe(Flux.never());

    connection.dispose();
    server.run();

    for (TestSubscriber<Void> each : List.of(waiting, withoutElements, justSubscribed)) {
      assertThat(each.expectTerminalError()).isInstanceOf(ClosedChannelException.class);
    }
    idle.assertCancelled();
    server.assertLawOfSends();
  }

  @Test
  void closeGivesWhatWaitsForASlotToOnDiscard() {
    List<Object> discarded = new ArrayList<>();
    socket.holdSends();
    server.subscribe(
        connection
            .send(datagrams("d", 7).concatWith(Flux.never()))
            .contextWrite(it -> onDiscard(it, discarded)));
    server.run();

    connection.dispose();
    server.run();

    assertThat(discarded).containsExactly(datagram("d4"), datagram("d5"), datagram("d6"));
    assertThat(server.stats().discarded()).isEqualTo(7);
    assertThat(server.sent()).isEmpty();
  }

  @Test
  void aSendSubscribedAfterCloseFailsAndDoesNotSubscribeItsPublisher() {
    connection.dispose();
    server.run();
    TestPublisher<Datagram> source = TestPublisher.create();

    TestSubscriber<Void> done = server.send(source);

    assertThat(done.expectTerminalError()).isInstanceOf(ClosedChannelException.class);
    source.assertWasNotSubscribed();
  }

  @Test
  void aSendSubscribedBetweenDisposeAndTheNextTurnFails() {
    connection.dispose();
    TestPublisher<Datagram> source = TestPublisher.create();

    TestSubscriber<Void> done = server.send(source);

    assertThat(done.expectTerminalError()).isInstanceOf(ClosedChannelException.class);
    source.assertCancelled();
  }

  @Test
  void aSendSubscribedAfterThePumpHasEndedFails() {
    server.pump().group().dispose();
    server.run();
    assertThat(server.pump().isEnded()).isTrue();

    assertThat(server.subscribe(Flux.never()).expectTerminalError())
        .isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void noSendIsForgottenHoweverManyThereAreWhenThePumpEnds() {
    server.pump().group().dispose();
    List<TestSubscriber<Void>> all = new ArrayList<>();
    for (int i = 0; i < 5_000; i++) {
      all.add(server.subscribe(Flux.never()));
    }

    server.run();

    assertThat(all.stream().filter(TestSubscriber::isTerminatedError)).hasSize(5_000);
  }

  @Test
  void cancelStopsThePublisherAndWhatHasASlotStillGoesOut() {
    List<Object> discarded = new ArrayList<>();
    TestPublisher<Datagram> source = TestPublisher.create();
    socket.holdSends();
    TestSubscriber<Void> done =
        server.subscribe(connection.send(source).contextWrite(it -> onDiscard(it, discarded)));
    server.run();
    source.next(datagram("d0"), datagram("d1"), datagram("d2"), datagram("d3"));
    server.run();
    source.next(datagram("d4"));
    server.run();

    done.cancel();
    source.assertCancelled();
    server.run();
    assertThat(discarded).containsExactly(datagram("d4"));
    assertThat(socket.sendsHeld()).hasSize(4);

    socket.releaseSends();
    server.run();
    assertThat(server.sent()).isEqualTo(texts("d", 4));
    assertThat(server.stats().sent()).isEqualTo(4);
    assertThat(server.stats().discarded()).isEqualTo(1);
    assertThat(done.isTerminated()).isFalse();
  }

  @Test
  void aCancelledSendEncodesNothingMore() {
    TestPublisher<Datagram> source = TestPublisher.create();
    TestSubscriber<Void> done = server.send(source);
    source.next(datagram("too late"));

    done.cancel();
    server.run();

    assertThat(server.sent()).isEmpty();
    assertThat(server.stats().discarded()).isEqualTo(1);
  }

  @Test
  void cancelByAnotherThreadInTheMiddleOfATurnCountsForTheRestOfThatTurn() {
    AtomicReference<TestSubscriber<Void>> other = new AtomicReference<>();
    TestSubscriber<Void> done =
        server.subscribe(
            connection.send(
                Flux.just("first"),
                (text, writer) -> {
                  Thread.ofPlatform().start(() -> other.get().cancel()).join();
                  writer.remoteAddress(PEER).put(text);
                }));
    other.set(server.subscribe(datagrams("second", 2)));
    server.run();

    assertThat(done.isTerminatedComplete()).isTrue();
    assertThat(server.sent()).containsExactly("first");
    assertThat(server.stats().discarded()).isEqualTo(2);
  }

  @Test
  void cancelOfOneSendLeavesTheOthersAlone() {
    socket.holdSends();
    TestSubscriber<Void> cancelled = server.send(datagrams("a", 10));
    TestSubscriber<Void> other = server.send(datagrams("b", 10));

    cancelled.cancel();
    socket.releaseSends();
    server.run();

    assertThat(server.sent()).containsAll(texts("b", 10));
    assertThat(other.isTerminatedComplete()).isTrue();
  }

  @Test
  void cancelWithinOnSubscribeSendsNothing() {
    TestSubscriber<Void> done = TestSubscriber.create();
    connection.send(datagrams("d", 3)).doOnSubscribe(Subscription::cancel).subscribe(done);
    server.run();

    assertThat(server.sent()).isEmpty();
    assertThat(done.isTerminated()).isFalse();
    assertThat(server.stats().sent()).isZero();
  }

  @Test
  void anElementThatComesAfterCancelGoesToOnDiscard() {
    List<Object> discarded = new ArrayList<>();
    TestPublisher<Datagram> source =
        TestPublisher.createNoncompliant(
            Violation.CLEANUP_ON_TERMINATE, Violation.REQUEST_OVERFLOW);
    TestSubscriber<Void> done =
        server.subscribe(
            connection.send(unstoppable(source)).contextWrite(it -> onDiscard(it, discarded)));
    done.cancel();
    server.run();

    source.next(datagram("late"));
    server.run();

    assertThat(discarded).containsExactly(datagram("late"));
  }

  /** Its cancel does not get through, as when it crosses an element on its way. */
  private static Flux<Datagram> unstoppable(TestPublisher<Datagram> source) {
    return Flux.from(
        subscriber ->
            source
                .flux()
                .subscribe(
                    new BaseSubscriber<Datagram>() {
                      @Override
                      protected void hookOnSubscribe(Subscription subscription) {
                        subscriber.onSubscribe(
                            new Subscription() {
                              @Override
                              public void request(long n) {
                                subscription.request(n);
                              }

                              @Override
                              public void cancel() {}
                            });
                      }

                      @Override
                      protected void hookOnNext(Datagram value) {
                        subscriber.onNext(value);
                      }
                    }));
  }

  @Test
  void aPublisherThatEmitsMoreThanRequestedFailsItsSendWithOverflow() {
    List<Object> discarded = new ArrayList<>();
    TestPublisher<Datagram> source = TestPublisher.createNoncompliant(Violation.REQUEST_OVERFLOW);
    List<Datagram> emitted = new ArrayList<>();
    socket.holdSends();
    TestSubscriber<Void> done =
        server.subscribe(
            connection
                .send(source.flux().doOnNext(emitted::add))
                .contextWrite(it -> onDiscard(it, discarded)));
    server.run();

    for (int i = 0; i < 40; i++) {
      source.next(datagram("d" + i));
    }
    socket.releaseSends();
    server.run();

    assertThat(done.expectTerminalError())
        .matches(Exceptions::isOverflow)
        .hasMessageContaining("more than the 4 elements requested");
    source.assertCancelled();
    assertThat(server.sent()).isEqualTo(texts("d", server.sent().size()));
    assertThat(server.sent()).hasSize(emitted.size() - 1);
    assertThat(discarded).containsExactly(emitted.getLast());
  }

  @Test
  void aNullElementIsRefusedAsTheRulesAsk() {
    List<Throwable> thrown = new ArrayList<>();
    TestSubscriber<Void> done =
        server.send(
            subscriber ->
                subscriber.onSubscribe(
                    new Subscription() {
                      @Override
                      public void request(long n) {
                        try {
                          subscriber.onNext(null);
                        } catch (NullPointerException expected) {
                          thrown.add(expected);
                          subscriber.onError(expected);
                        }
                      }

                      @Override
                      public void cancel() {}
                    }));

    assertThat(thrown).hasSize(1);
    assertThat(done.expectTerminalError()).isSameAs(thrown.getFirst());
  }

  @Test
  void nullArgumentsAreRefusedAtTheCall() {
    assertThatNullPointerException().isThrownBy(() -> connection.send(null));
    assertThatNullPointerException().isThrownBy(() -> connection.send(Flux.just(1), null));
  }

  @Test
  void aPublisherThatThrowsFromRequestFailsItsSend() {
    IllegalStateException failure = new IllegalStateException("from request");
    AtomicInteger requests = new AtomicInteger();
    try (CapturedLog log = new CapturedLog()) {
      TestSubscriber<Void> done =
          server.send(
              subscriber ->
                  subscriber.onSubscribe(
                      new Subscription() {
                        @Override
                        public void request(long n) {
                          if (requests.incrementAndGet() == 2) {
                            throw failure;
                          }
                          for (int i = 0; i < n; i++) {
                            subscriber.onNext(datagram("d" + i));
                          }
                        }

                        @Override
                        public void cancel() {}
                      }));

      assertThat(done.expectTerminalError()).isSameAs(failure);
      assertThat(server.sent()).isEqualTo(texts("d", 4));
      assertThat(log.errors()).singleElement().asString().contains("threw from request");
    }
  }

  @Test
  void aSubscriberThatThrowsWhenTheSendEndsHarmsNobody() {
    try (CapturedLog log = new CapturedLog()) {
      connection
          .send(datagrams("d", 1))
          .subscribe(
              new CoreSubscriber<>() {
                @Override
                public void onSubscribe(Subscription subscription) {}

                @Override
                public void onNext(Void ignored) {}

                @Override
                public void onError(Throwable failure) {}

                @Override
                public void onComplete() {
                  throw new IllegalStateException("from onComplete");
                }
              });
      server.run();
      assertThat(log.errors()).singleElement().asString().contains("threw when it ended");
    }
    assertThat(server.send(datagrams("e", 1)).isTerminatedComplete()).isTrue();
    assertThat(connection.isDisposed()).isFalse();
  }

  @Test
  void cancelOfAPublisherThatThrowsHarmsNobodyAtClose() {
    TestSubscriber<Void> thrower = server.send(holdingOn());
    TestSubscriber<Void> other = server.send(Flux.never());

    try (CapturedLog log = new CapturedLog()) {
      connection.dispose();
      server.run();
      assertThat(log.errors()).singleElement().asString().contains("threw from cancel");
    }
    assertThat(thrower.expectTerminalError()).isInstanceOf(ClosedChannelException.class);
    assertThat(other.expectTerminalError()).isInstanceOf(ClosedChannelException.class);
    StepVerifier.create(connection.onDispose()).verifyComplete();
  }

  @Test
  void aCancelledSendIsOverAlsoWhenCancelOfItsPublisherThrows() {
    TestSubscriber<Void> done = server.send(holdingOn());

    assertThatThrownBy(done::cancel).hasMessage("from cancel");
    TestSubscriber<Void> closed = TestSubscriber.create();
    connection.shutdown(Duration.ofHours(1)).subscribe(closed);
    server.run();

    assertThat(closed.isTerminatedComplete()).isTrue();
  }

  @Test
  void thePublisherSeesTheContextOfTheSendsSubscriber() {
    StepVerifier.create(
            connection
                .send(Flux.deferContextual(context -> Flux.just(datagram(context.get("greeting")))))
                .contextWrite(Context.of("greeting", "hello")))
        .then(server::run)
        .verifyComplete();
    assertThat(server.sent()).containsExactly("hello");
  }

  @Test
  void theMonoPassesReactorsAssemblyHooks() {
    List<String> assembled = new ArrayList<>();
    Hooks.onEachOperator(
        "test",
        publisher -> {
          assembled.add(publisher.getClass().getSimpleName());
          return publisher;
        });
    try {
      Mono<Void> _ = connection.send(Flux.never());
    } finally {
      Hooks.resetOnEachOperator("test");
    }
    assertThat(assembled).contains("SendMono");
  }

  @Test
  void aSendUnderWayCanBeScanned() {
    socket.holdSends();
    TestPublisher<Datagram> source = TestPublisher.create();
    TestSubscriber<Void> done = server.send(source);
    source.next(datagram("d0"), datagram("d1"), datagram("d2"), datagram("d3"));
    server.run();
    source.next(datagram("d4"));
    server.run();

    Scannable send = Scannable.from(done).parents().findFirst().orElseThrow();
    assertThat(send.scan(Scannable.Attr.PREFETCH)).isEqualTo(4);
    assertThat(send.scan(Scannable.Attr.BUFFERED)).isEqualTo(1);
    assertThat(send.scan(Scannable.Attr.RUN_STYLE)).isEqualTo(Scannable.Attr.RunStyle.ASYNC);
    assertThat(send.scan(Scannable.Attr.TERMINATED)).isFalse();
    assertThat(send.scan(Scannable.Attr.CANCELLED)).isFalse();

    done.cancel();
    assertThat(send.scan(Scannable.Attr.CANCELLED)).isTrue();
  }

  /** Its cancel throws. */
  private static Publisher<Datagram> holdingOn() {
    return subscriber ->
        subscriber.onSubscribe(
            new Subscription() {
              @Override
              public void request(long n) {}

              @Override
              public void cancel() {
                throw new IllegalStateException("from cancel");
              }
            });
  }

  private static Context onDiscard(Context context, List<Object> discarded) {
    return Operators.enableOnDiscard(context, discarded::add);
  }
}
