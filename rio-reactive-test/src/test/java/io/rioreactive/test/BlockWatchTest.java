package io.rioreactive.test;

import static io.rioreactive.test.NetworkEcho.client;
import static io.rioreactive.test.NetworkEcho.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.test.subscriber.TestSubscriber;

/** A wait that nothing can end fails in bounded time, and names what it waited for. */
@Timeout(30)
@Tag("once")
class BlockWatchTest {

  private static final Duration LIMIT = Duration.ofMillis(300);

  private final SimulatedNetwork network =
      SimulatedNetwork.create(99)
          .failBlockAfter(LIMIT)
          .link(Link.create().latency(Duration.ofMillis(40)));

  @AfterEach
  void close() {
    network.close();
    NetworkLaw.assertThatItHolds(network);
    assertThat(VirtualTimeScheduler.isFactoryEnabled()).isFalse();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void aBlockThatNeedsTimeSaysWhereAndWhatAndWhen() {
    network.virtualTime();
    echo(network);
    RioConnection client = client(network);

    Throwable thrown =
        catchThrowable(() -> client.send(Mono.just(Datagram.of("hi"))).then(client.next()).block());

    assertThat(thrown)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("block() at " + getClass().getName())
        .hasMessageContaining("BlockWatchTest.java:")
        .hasMessageContaining(client + " waits for a datagram: next()")
        .hasMessageContaining("virtual time stands at PT0S")
        .hasMessageContaining("the next datagram arrives at PT0.04S")
        .hasMessageContaining("advance it")
        .hasMessageContaining("SimulatedNetwork.create(99L)")
        .hasMessageContaining("PT0S send 127.0.0.1:50000 → 10.0.0.1:53 2 bytes");
  }

  @Test
  void aBlockForADatagramThatWasLostSaysThatNothingIsUnderWay() {
    network.virtualTime();
    assertThatThrownBy(() -> echo(network).next().block())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("has a subscriber already"); // the handler's: nothing to wait for
    RioConnection silent = RioUdpServer.create().runOn(network.pumps()).bindNow();
    assertThatThrownBy(() -> silent.receive().blockFirst())
        .hasMessageContaining("no datagram is under way");
    assertThat(silent.isDisposed()).isTrue();
  }

  @Test
  void blockingIterationIsFoundToo() {
    network.virtualTime();
    RioConnection server = RioUdpServer.create().runOn(network.pumps()).bindNow();
    assertThatThrownBy(() -> server.receive().toIterable().iterator().next())
        .hasMessageContaining("nothing can end it");
  }

  @Test
  void aStepVerifierThatForgetsToAdvanceTimeFails() {
    assertThatThrownBy(
            () ->
                StepVerifier.withVirtualTime(
                        () -> {
                          echo(network);
                          RioConnection client = client(network);
                          return client.send(Mono.just(Datagram.of("hi"))).then(client.next());
                        })
                    .expectNextCount(1)
                    .verifyComplete())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("StepVerifier.verify() at")
        .hasMessageContaining("virtual time stands at PT0S");
  }

  @Test
  void aBlockForSomethingElseIsInterrupted() {
    network.virtualTime();
    echo(network);
    assertThatThrownBy(() -> Mono.delay(Duration.ofHours(1)).block())
        .hasRootCauseInstanceOf(InterruptedException.class);
  }

  @Test
  void aBlockOnTheThreadThatTurnsTheNetworkIsFound() {
    network.link(Link.create()).virtualTime();
    RioConnection server =
        RioUdpServer.create().host("10.0.0.1").port(53).runOn(network.pumps()).bindNow();
    RioConnection client = client(network);
    CompletableFuture<Throwable> blocked = new CompletableFuture<>();
    server.receive().subscribe(hi -> blocked.complete(catchThrowable(() -> client.next().block())));

    client.send(Mono.just(Datagram.of("hi"))).subscribe();

    assertThat(blocked.join()).hasRootCauseInstanceOf(InterruptedException.class);
  }

  @Test
  void waitsOfThreadsThatDoNotUseTheNetworkAreNotItsBusiness() throws Exception {
    CompletableFuture<String> other = new CompletableFuture<>();
    CompletableFuture<Object> result = new CompletableFuture<>();
    Thread bystander =
        new Thread(
            () -> {
              try {
                result.complete(Mono.fromFuture(other).block());
              } catch (RuntimeException e) {
                result.complete(e);
              }
            });
    bystander.start();
    network.virtualTime();
    RioConnection server = echo(network);

    await().during(LIMIT.multipliedBy(3)).until(() -> !server.isDisposed() && !result.isDone());
    other.complete("done");
    assertThat(result.join()).isEqualTo("done");
    bystander.join();
  }

  @Test
  void somebodyElseMayMoveTimeMeanwhile() {
    network.failBlockAfter(Duration.ofSeconds(20)).virtualTime();
    echo(network);
    RioConnection client = client(network);
    Thread mover =
        Thread.startVirtualThread(
            () -> {
              while (network.stats().delivered() < 2) {
                network.advance(Duration.ofMillis(1));
                LockSupport.parkNanos(1_000);
              }
            });

    assertThat(client.send(Mono.just(Datagram.of("hi"))).then(client.next()).block().asString())
        .isEqualTo("hi");
    assertThat(mover.isDaemon()).isTrue();
  }

  @Test
  void onTheWallAWaitEndsWhileNothingIsUnderWay() {
    RioConnection silent = RioUdpServer.create().runOn(network.pumps()).bindNow();
    assertThatThrownBy(() -> silent.receive().blockFirst())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("block() at " + getClass().getName())
        .hasMessageContaining("waits for datagrams: receive()")
        .hasMessageContaining("no datagram is under way")
        .hasMessageContaining("failBlockAfter");
  }

  @Test
  void onTheWallAStepVerifierEndsToo() {
    RioConnection silent = RioUdpServer.create().runOn(network.pumps()).bindNow();
    assertThatThrownBy(() -> StepVerifier.create(silent.next()).expectNextCount(1).verifyComplete())
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("StepVerifier.verify() at")
        .hasMessageContaining("no datagram is under way");
  }

  @Test
  void onTheWallABlockWithATimeoutAndOneForADatagramUnderWayAreLeftAlone() {
    network.link(Link.create().latency(LIMIT.multipliedBy(3)));
    RioConnection server = echo(network);
    RioConnection client = client(network);

    assertThat(client.send(Mono.just(Datagram.of("hi"))).then(client.next()).block().asString())
        .isEqualTo("hi");
    assertThatThrownBy(() -> client.next().block(LIMIT.multipliedBy(3)))
        .hasMessageContaining("Timeout on blocking read");
    assertThat(server.isDisposed()).isFalse();
  }

  @Test
  void onTheWallAWaitForSomethingElseIsNotInterrupted() {
    echo(network);
    assertThat(Mono.delay(LIMIT.multipliedBy(4)).block()).isZero();
  }

  @Test
  void byHandAWaitForAPumpThatNobodyTurnsEnds() {
    SimulatedKernel kernel = SimulatedKernel.withdrawingPosts();
    try (ManualPump pump = ManualPump.over(kernel)) {
      pump.failBlockAfter(kernel, LIMIT);
      RioConnection server = RioUdpServer.create().runOn(pump.group()).bindNow();

      assertThatThrownBy(
              () -> StepVerifier.create(server.next()).expectNextCount(1).verifyComplete())
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("nobody turns the pump")
          .hasMessageContaining("by hand; the last events:");
    }
  }

  @Test
  void aLimitMustBePositive() {
    assertThatThrownBy(() -> network.failBlockAfter(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("failBlockAfter is PT0S");
  }

  @Test
  void aTestSubscriberThatBlocksIsFoundToo() {
    network.virtualTime();
    RioConnection server = RioUdpServer.create().runOn(network.pumps()).bindNow();
    TestSubscriber<Datagram> subscriber = TestSubscriber.create();
    server.receive().subscribe(subscriber);

    subscriber.block(Duration.ofSeconds(20));

    assertThat(subscriber.expectTerminalError()).hasMessageContaining("TestSubscriber.block() at");
  }

  @Test
  void aBlockOnAThreadThatDoesNothingButMoveTimeIsFound() throws Exception {
    network.virtualTime();
    RioConnection server =
        RioUdpServer.create().host("10.0.0.1").port(53).runOn(network.pumps()).bindNow();
    RioConnection client = client(network);
    CompletableFuture<Throwable> blocked = new CompletableFuture<>();
    server.receive().subscribe(hi -> blocked.complete(catchThrowable(() -> Mono.never().block())));
    client.send(Mono.just(Datagram.of("hi"))).subscribe();

    Thread.ofPlatform().daemon().start(() -> network.advance(Duration.ofMillis(40)));

    assertThat(blocked.get(10, TimeUnit.SECONDS))
        .hasRootCauseInstanceOf(InterruptedException.class);
  }

  @Test
  void whileSomebodyMovesTimeAWaitCanEndThoughTheNetworkRests() {
    network.virtualTime();
    echo(network);
    VirtualTimeScheduler time = VirtualTimeScheduler.get();
    Mono<Long> delayed = Mono.delay(Duration.ofHours(1)).cache();
    delayed.subscribe();
    long started = System.nanoTime();
    Thread.startVirtualThread(
        () -> {
          while (System.nanoTime() - started < LIMIT.multipliedBy(3).toNanos()) {
            time.advanceTimeBy(Duration.ofNanos(1));
            LockSupport.parkNanos(1_000_000);
          }
          time.advanceTimeBy(Duration.ofHours(1));
        });

    assertThat(delayed.block()).isZero();
  }

  @Test
  void aLimitMayBeLongerThanALongOfNanoseconds() throws InterruptedException {
    network.failBlockAfter(Duration.ofSeconds(Long.MAX_VALUE)).virtualTime();
    echo(network);
    Thread watch =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().equals("rio-network-watch"))
            .max(Comparator.comparingLong(Thread::threadId))
            .orElseThrow();

    assertThat(watch.join(Duration.ofMillis(200))).as("the watch has ended").isFalse();
  }
}
