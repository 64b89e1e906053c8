package io.rioreactive.test;

import static io.rioreactive.test.SimulatedServer.PEER;
import static io.rioreactive.test.SimulatedServer.datagram;
import static io.rioreactive.test.SimulatedServer.datagrams;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.Datagram;
import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.kernel.KernelException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.test.subscriber.TestSubscriber;

/**
 * The fast end: nobody is waited for but the kernel. That no slot is released while the kernel has
 * it, the simulated kernel checks in each test.
 */
@ParameterizedClass
@EnumSource(DisposeTest.Posts.class)
class DisposeTest {

  enum Posts {
    WITHDRAWN,
    KEPT;

    private SimulatedKernel kernel() {
      return this == KEPT ? SimulatedKernel.keepingPosts() : SimulatedKernel.withdrawingPosts();
    }
  }

  @Parameter private Posts posts;

  private final AtomicInteger unbound = new AtomicInteger();
  private VirtualTimeScheduler clock;
  private SimulatedServer server;
  private RioConnection connection;
  private SimulatedSocket socket;
  private TestSubscriber<Void> disposed;

  @BeforeEach
  void bind() {
    clock = VirtualTimeScheduler.getOrSet();
    server =
        SimulatedServer.bindOn(
            posts.kernel(), it -> it.doOnUnbound(gone -> unbound.incrementAndGet()));
    connection = server.connection();
    socket = server.socket();
    disposed = TestSubscriber.create();
    connection.onDispose().subscribe(disposed);
  }

  @AfterEach
  void close() {
    server.close();
    VirtualTimeScheduler.reset();
  }

  private void assertClosed() {
    assertThat(socket.isClosed()).isTrue();
    assertThat(socket.isReleased()).isTrue();
    assertThat(disposed.isTerminatedComplete()).isTrue();
    assertThat(connection.isDisposed()).isTrue();
    assertThat(unbound).hasValue(1);
    server.assertLawOfSends();
    server.assertLawOfReceives();
  }

  @Test
  void disposeCloses() {
    assertThat(connection.isDisposed()).isFalse();

    connection.dispose();
    assertThat(connection.isDisposed()).as("at once").isTrue();
    assertThat(disposed.isTerminated()).as("with the next turn").isFalse();
    server.run();

    assertClosed();
  }

  @Test
  void disposeWakesAParkedPump() {
    int before = server.pump().wakes();

    connection.dispose();

    assertThat(server.pump().wakes()).isEqualTo(before + 1);
  }

  @Test
  void disposeIsIdempotent() {
    connection.dispose();
    connection.dispose();
    server.run();
    connection.dispose();
    server.run();

    assertClosed();
  }

  @Test
  void disposeMayComeFromSeveralThreadsAtOnce() throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      threads.add(Thread.ofPlatform().start(connection::dispose));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    server.run();

    assertClosed();
  }

  @Test
  void disposeCompletesTheInboundAlsoForThoseWhoComeLater() {
    TestSubscriber<Datagram> early = TestSubscriber.create();
    connection.receive().subscribe(early);
    server.run();

    connection.dispose();
    server.run();
    TestSubscriber<Datagram> late = TestSubscriber.create();
    connection.receive().subscribe(late);
    StepVerifier.create(connection.next()).then(server::run).verifyComplete();

    assertThat(early.isTerminatedComplete()).isTrue();
    assertThat(late.isTerminatedComplete()).isTrue();
    assertClosed();
  }

  @Test
  void disposeInsideOnNextEndsWithTheDatagramUnderWay() {
    TestSubscriber<Datagram> received = TestSubscriber.create();
    connection.receive().doOnNext(ignored -> connection.dispose()).subscribe(received);
    server.run();

    server.deliver("a", "b", "c");
    server.run();

    assertThat(received.getReceivedOnNext()).extracting(Datagram::asString).containsExactly("a");
    assertThat(received.isTerminatedComplete()).isTrue();
    assertThat(server.stats().count(DropReason.CLOSED)).isEqualTo(2);
    assertClosed();
  }

  @Test
  void disposeInsideADecoderEndsWithTheDatagramUnderWay() {
    TestSubscriber<Integer> received = TestSubscriber.create();
    connection
        .receive(
            view -> {
              connection.dispose();
              return view.length();
            })
        .subscribe(received);
    server.run();

    server.deliver("abc", "de");
    server.run();

    assertThat(received.getReceivedOnNext()).containsExactly(3);
    assertThat(received.isTerminatedComplete()).isTrue();
    assertThat(server.stats().count(DropReason.CLOSED)).isEqualTo(1);
    assertClosed();
  }

  @Test
  void disposeInsideAnEncoderEndsWithTheDatagramUnderWay() {
    TestSubscriber<Void> done =
        server.subscribe(
            connection.send(
                Flux.range(0, 100),
                (i, writer) -> {
                  connection.dispose();
                  writer.remoteAddress(PEER).putInt(i);
                }));
    server.run();

    assertThat(done.isTerminatedError()).isTrue();
    assertThat(server.stats().sent()).isLessThanOrEqualTo(4);
    assertClosed();
  }

  @Test
  void disposeInsideAHandlerClosesBeforeItHasReceived() {
    AtomicReference<RioConnection> mine = new AtomicReference<>();
    RioConnection other =
        server.bindAnother(
            it ->
                it.doOnBound(mine::set)
                    .handle(
                        (in, out) -> {
                          mine.get().dispose();
                          return out.neverComplete();
                        }));

    StepVerifier.create(other.onDispose()).verifyComplete();
    assertThat(other.isDisposed()).isTrue();
  }

  @Test
  void whatHadArrivedWhenItClosedIsCountedAsClosed() {
    connection.receive().subscribe();
    server.run();
    server.deliver("a", "b");

    connection.dispose();
    server.run();

    assertThat(server.stats().received()).isEqualTo(2);
    assertThat(server.stats().count(DropReason.CLOSED)).isEqualTo(2);
    assertThat(server.drops())
        .allMatch(drop -> drop.reason() == DropReason.CLOSED && PEER.equals(drop.peer()))
        .hasSize(2);
    assertClosed();
  }

  @Test
  void slotsAreReleasedOnlyWhenEveryReceiveHasComeBack() {
    connection.receive().subscribe();
    server.run();
    int kept = posts == Posts.KEPT ? 4 : 0;
    socket.holdCancellations();

    connection.dispose();
    server.run();
    assertThat(socket.isClosed()).isTrue();
    assertThat(socket.posted()).hasSize(kept);
    assertThat(server.stats().posted()).isEqualTo(kept);
    assertThat(socket.isReleased()).isEqualTo(kept == 0);
    assertThat(disposed.isTerminated()).isEqualTo(kept == 0);

    socket.releaseCancellations();
    server.run();
    assertThat(server.stats().posted()).isZero();
    assertClosed();
  }

  @Test
  void slotsAreReleasedOnlyWhenEverySendHasComeBack() {
    socket.holdSends();
    server.send(datagrams("d", 6));
    socket.holdCancellations();

    connection.dispose();
    server.run();
    assertThat(socket.isReleased()).isFalse();
    assertThat(server.stats().inFlight()).isEqualTo(4);

    socket.completeSend(socket.sendsHeld().getFirst()); // it left before the close
    server.run();
    assertThat(socket.isReleased()).isFalse();
    assertThat(server.stats().inFlight()).isEqualTo(3);
    assertThat(disposed.isTerminated()).isFalse();
    server.assertLawOfSends();

    socket.releaseCancellations();
    server.run();
    assertThat(server.stats().sent()).isEqualTo(1);
    assertThat(server.stats().discarded()).isEqualTo(5);
    assertClosed();
  }

  @Test
  void completionsThatNeverComeLeaveTheirMemoryBehindOnPurposeAfterTenSeconds() {
    connection.receive().subscribe();
    socket.holdSends();
    server.send(datagrams("d", 3));
    socket.holdCancellations();
    connection.dispose();
    server.run();

    try (CapturedLog log = new CapturedLog()) {
      after(Duration.ofMillis(9_999));
      assertThat(socket.isAbandoned()).isFalse();
      assertThat(disposed.isTerminated()).isFalse();
      assertThat(log.text()).isEmpty();

      after(Duration.ofMillis(1));
      assertThat(socket.isAbandoned()).isTrue();
      assertThat(socket.isReleased()).isFalse();
      String receives = posts == Posts.KEPT ? "4 receives" : "0 receives";
      assertThat(log.errors())
          .singleElement()
          .asString()
          .contains(receives, "3 sends", "stays allocated on purpose");
    }
    assertThat(disposed.isTerminatedComplete()).isTrue();
    assertThat(unbound).hasValue(1);
    assertThat(server.stats().inFlight()).isEqualTo(3);
    server.assertLawOfSends();
  }

  @Test
  void completionsThatComeInTimeLeaveNothingBehind() {
    socket.holdSends();
    server.send(datagrams("d", 3));
    socket.holdCancellations();
    connection.dispose();
    server.run();

    after(Duration.ofSeconds(9));
    socket.releaseCancellations();
    server.run();
    after(Duration.ofSeconds(10));

    assertClosed();
  }

  private void after(Duration duration) {
    clock.advanceTimeBy(duration);
    server.run();
  }

  @Test
  void aSocketThatFailedEndsOnDisposeWithItsError() {
    TestSubscriber<Datagram> received = TestSubscriber.create();
    connection.receive().subscribe(received);
    server.run();

    socket.failSocket(Kind.OTHER, 9);
    try (CapturedLog log = new CapturedLog()) {
      server.run();
      assertThat(log.errors()).singleElement().asString().contains("the socket failed");
    }

    assertThat(disposed.expectTerminalError())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("receive failed: SIMULATED_OTHER (9)");
    assertThat(received.expectTerminalError()).isSameAs(disposed.expectTerminalError());
    assertThat(connection.isDisposed()).isTrue();
    assertThat(socket.isReleased()).isTrue();
    assertThat(unbound).hasValue(1);
    TestSubscriber<Datagram> late = TestSubscriber.create();
    connection.receive().subscribe(late);
    server.run();
    assertThat(late.expectTerminalError()).isSameAs(disposed.expectTerminalError());
  }

  @Test
  void onDisposeTellsAlsoThoseWhoAskLater() {
    connection.dispose();
    server.run();

    StepVerifier.create(connection.onDispose()).verifyComplete();
    StepVerifier.create(connection.onDispose()).verifyComplete();
  }

  @Test
  void statsAndAddressCanBeReadAfterwards() {
    connection.receive().subscribe();
    server.run();
    server.deliver("a", "bc");
    server.run();
    server.send(datagrams("d", 2));

    connection.dispose();
    server.run();

    assertThat(connection.stats().delivered()).isEqualTo(2);
    assertThat(connection.stats().bytesReceived()).isEqualTo(3);
    assertThat(connection.stats().sent()).isEqualTo(2);
    assertThat(connection.stats().demand()).isZero();
    assertThat(connection.stats().kernelDrops().isPresent()).isEqualTo(posts == Posts.WITHDRAWN);
    assertThat(connection.localAddress()).isEqualTo(socket.localAddress());
    assertThat(connection.toString()).contains("udp 127.0.0.1:");
    assertThat(connection.provider()).isEqualTo("simulated");
    assertClosed();
  }

  @Test
  void disposeNowReturnsWhenItIsClosed() {
    Thread caller = Thread.ofPlatform().start(connection::disposeNow);
    while (caller.isAlive()) {
      server.run();
      Thread.onSpinWait();
    }

    assertClosed();
  }

  @Test
  void disposeNowOnAThreadThatMustNotBlockThrowsAndDisposesAllTheSame() {
    VirtualTimeScheduler.reset();
    Scheduler nonBlocking = Schedulers.newSingle("no-blocking");
    try {
      StepVerifier.create(Mono.fromRunnable(connection::disposeNow).subscribeOn(nonBlocking))
          .verifyErrorSatisfies(
              thrown ->
                  assertThat(thrown)
                      .isInstanceOf(IllegalStateException.class)
                      .hasMessageContaining("block"));
    } finally {
      nonBlocking.dispose();
    }
    server.run();

    assertClosed();
  }

  @Test
  void disposeOfTheGroupClosesAllItsConnections() {
    RioConnection other = server.bindAnother(it -> it);
    connection.receive().subscribe();
    server.run();

    server.pump().group().dispose();
    server.pump().group().dispose();
    server.run();

    assertThat(server.pump().isEnded()).isTrue();
    assertThat(server.pump().group().isDisposed()).isTrue();
    StepVerifier.create(other.onDispose()).verifyComplete();
    assertClosed();
    assertThatThrownBy(() -> server.bindAnother(it -> it))
        .as("nothing was bound")
        .isInstanceOf(Exception.class);
  }

  @Test
  void disposeOfTheGroupWaitsForTheKernelToo() {
    socket.holdSends();
    server.send(datagrams("d", 3));
    socket.holdCancellations();

    server.pump().group().dispose();
    server.run();
    assertThat(server.pump().isEnded()).isFalse();

    socket.releaseCancellations();
    server.run();
    assertThat(server.pump().isEnded()).isTrue();
    assertClosed();
  }

  @Test
  void whatDoOnUnboundThrowsIsLogged() {
    RioConnection other =
        server.bindAnother(
            it ->
                it.doOnUnbound(
                    gone -> {
                      throw new IllegalStateException("from doOnUnbound");
                    }));
    try (CapturedLog log = new CapturedLog()) {
      other.dispose();
      server.run();
      assertThat(log.errors()).singleElement().asString().contains("doOnUnbound threw");
    }
    StepVerifier.create(other.onDispose()).verifyComplete();
    assertThat(connection.isDisposed()).isFalse();
  }

  @Test
  void cyclesOfBindAndCloseLeaveNothingBehind() {
    int port = connection.localAddress().getPort();
    connection.dispose();
    server.run();

    for (int i = 0; i < 100; i++) {
      RioConnection again = server.bindAnother(it -> it.port(port));
      again.receive().subscribe();
      server.run();
      again.dispose();
      server.run();
      assertThat(server.kernel().openSockets()).isZero();
      assertThat(server.kernel().lastSocket().index()).isEqualTo(socket.index());
    }
  }

  @Test
  void aSendThatIsTriedAgainAtOnceOnAClosedConnectionLeavesTurnsToTheOthers() {
    RioConnection other = server.bindAnother(it -> it);
    AtomicInteger tries = new AtomicInteger();
    connection
        .send(Flux.never())
        .doOnError(closed -> tries.incrementAndGet())
        .retry(1_000)
        .subscribe(ignored -> {}, ignored -> {});
    server.run();

    connection.dispose();
    TestSubscriber<Void> send = server.subscribe(other.send(Mono.just(datagram("beside"))));
    server.turn(5);

    assertThat(tries.get()).isBetween(1, 10);
    assertThat(send.isTerminatedComplete()).isTrue();
  }

  @Test
  void aSecondSubscriberThatTriesAgainAtOnceOnThePumpLeavesTurnsToTheOthers() {
    RioConnection other = server.bindAnother(it -> it);
    AtomicInteger tries = new AtomicInteger();
    Flux<Datagram> second =
        connection.receive().doOnError(taken -> tries.incrementAndGet()).retry(1_000);
    connection.receive().subscribe(ignored -> second.subscribe(nothing -> {}, failure -> {}));
    server.run();

    server.deliver("a");
    TestSubscriber<Void> send = server.subscribe(other.send(Mono.just(datagram("beside"))));
    server.turn(5);

    assertThat(tries.get()).isBetween(1, 10);
    assertThat(send.isTerminatedComplete()).isTrue();
  }
}
