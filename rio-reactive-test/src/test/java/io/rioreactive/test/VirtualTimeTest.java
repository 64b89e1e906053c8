package io.rioreactive.test;

import static io.rioreactive.test.NetworkEcho.client;
import static io.rioreactive.test.NetworkEcho.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Links, pumps and the application's timeouts move together, and nobody waits for real. */
@Timeout(30)
class VirtualTimeTest {

  private static final Duration LATENCY = Duration.ofMillis(50);

  private final List<SimulatedNetwork> networks = new ArrayList<>();

  @AfterEach
  void close() {
    networks.forEach(SimulatedNetwork::close);
    networks.forEach(NetworkLaw::assertThatItHolds);
    assertThat(VirtualTimeScheduler.isFactoryEnabled()).as("virtual time is reset").isFalse();
  }

  private SimulatedNetwork network() {
    SimulatedNetwork network =
        SimulatedNetwork.create(7)
            .link(Link.create().latency(LATENCY))
            .failBlockAfter(Duration.ofHours(1)); // nobody is to be rescued here
    networks.add(network);
    return network;
  }

  private static Mono<Datagram> ask(RioConnection client, String text) {
    return client.send(Mono.just(Datagram.of(text))).then(client.next());
  }

  @Test
  void anAnswerTakesTwiceTheLatencyOfVirtualTime() {
    StepVerifier.withVirtualTime(
            () -> {
              SimulatedNetwork network = network();
              echo(network);
              return ask(client(network), "hello").map(Datagram::asString);
            })
        .expectSubscription()
        .expectNoEvent(LATENCY.multipliedBy(2).minusNanos(1))
        .thenAwait(Duration.ofNanos(1))
        .expectNext("hello")
        .verifyComplete();
  }

  @Test
  void aNetworkMadeJustBeforeIsVirtualToo() {
    SimulatedNetwork network = network();
    StepVerifier.withVirtualTime(
            () -> {
              echo(network);
              return ask(client(network), "hello");
            })
        .thenAwait(LATENCY.multipliedBy(2))
        .expectNextCount(1)
        .verifyComplete();
    assertThat(network.now()).isEqualTo(LATENCY.multipliedBy(2));
  }

  @Test
  void timeoutsAndLinksShareTheClock() {
    StepVerifier.withVirtualTime(
            () -> {
              SimulatedNetwork network = network();
              echo(network);
              RioConnection client = client(network);
              return ask(client, "too late").timeout(LATENCY.multipliedBy(2).minusMillis(1));
            })
        .thenAwait(Duration.ofSeconds(1))
        .verifyError(TimeoutException.class);
  }

  @Test
  void disposeNowAndBindNowWorkAfterStepVerifierHasDisposedOfItsTime() {
    SimulatedNetwork network = network();
    List<RioConnection> opened = new ArrayList<>();
    StepVerifier.withVirtualTime(
            () -> {
              opened.add(echo(network));
              opened.add(client(network));
              return opened.getLast().send(Mono.just(Datagram.of("in flight for ever")));
            })
        .verifyComplete();

    opened.forEach(RioConnection::disposeNow);
    echo(network).disposeNow();

    assertThat(network.stats().inFlight()).isEqualTo(1);
    assertThat(opened).allMatch(RioConnection::isDisposed);
  }

  @Test
  void whatIsBroughtAfterTheEndOfVirtualTimeIsDoneByWhoeverBringsIt() {
    SimulatedNetwork network = network();
    List<RioConnection> opened = new ArrayList<>();
    StepVerifier.withVirtualTime(() -> Mono.fromRunnable(() -> opened.add(echo(network))))
        .verifyComplete();
    List<String> told = new ArrayList<>();
    opened.getFirst().onDispose().subscribe(null, null, () -> told.add("closed"));

    opened.getFirst().dispose();

    assertThat(told).containsExactly("closed");
  }

  @Test
  void aSecondVirtualTimeGoesOnWhereTheFirstEnded() {
    SimulatedNetwork network = network();
    for (int i = 1; i <= 2; i++) {
      String text = "hello " + i;
      StepVerifier.withVirtualTime(
              () -> {
                RioConnection server = echo(network);
                RioConnection client = client(network);
                return ask(client, text)
                    .map(Datagram::asString)
                    .doFinally(
                        signal -> {
                          server.dispose();
                          client.dispose();
                        });
              })
          .thenAwait(LATENCY.multipliedBy(2))
          .expectNext(text)
          .verifyComplete();
      assertThat(network.now()).isEqualTo(LATENCY.multipliedBy(2L * i));
    }
  }

  @Test
  void virtualTimeOnRequestIsMovedByTheNetworkAndResetByItsClose() {
    SimulatedNetwork network = network().virtualTime();
    echo(network);
    RioConnection client = client(network);
    AtomicReference<Datagram> answer = new AtomicReference<>();

    ask(client, "hello").subscribe(answer::set);
    network.advance(LATENCY.multipliedBy(2).minusNanos(1));
    assertThat(answer).hasNullValue();
    network.advance(Duration.ofNanos(1));

    assertThat(answer.get().asString()).isEqualTo("hello");
    assertThat(network.now()).isEqualTo(LATENCY.multipliedBy(2));
  }

  @Test
  void bindNowAndDisposeNowWithinATaskOfVirtualTimeTurnTheNetworkThemselves() {
    SimulatedNetwork network = network().virtualTime();
    List<String> done = new ArrayList<>();

    Schedulers.parallel()
        .schedule(
            () -> {
              RioConnection server = echo(network);
              done.add("bound");
              client(network).disposeNow();
              server.disposeNow();
              done.add("disposed");
            });

    assertThat(done).containsExactly("bound", "disposed");
  }

  @Test
  void bindNowMovesNoTime() {
    SimulatedNetwork network = network().virtualTime();
    echo(network).disposeNow();
    client(network);
    assertThat(network.now()).isZero();
  }

  @Test
  void blockingCallsInsideATurnAreRefused() {
    SimulatedNetwork network = network().link(Link.create()).virtualTime();
    List<Throwable> refusals = new ArrayList<>();
    RioConnection server =
        RioUdpServer.create().host("10.0.0.1").port(53).runOn(network.pumps()).bindNow();
    server
        .receive()
        .subscribe(
            datagram -> {
              for (Runnable call : List.<Runnable>of(() -> client(network), server::disposeNow)) {
                try {
                  call.run();
                } catch (IllegalStateException refused) {
                  refusals.add(refused);
                }
              }
            });

    client(network).send(Mono.just(Datagram.of("hi"))).subscribe();

    assertThat(refusals).hasSize(2).allMatch(it -> it.getMessage().contains("wait for itself"));
  }

  @Test
  void aGivenSchedulerCanBeAVirtualOne() {
    VirtualTimeScheduler own = VirtualTimeScheduler.create();
    SimulatedNetwork network = network().scheduler(own);
    echo(network);
    AtomicReference<Datagram> answer = new AtomicReference<>();
    ask(client(network), "hello").subscribe(answer::set);

    own.advanceTimeBy(Duration.ofSeconds(1));

    assertThat(answer.get().asString()).isEqualTo("hello");
    own.dispose();
  }

  @Test
  void aGivenSchedulerWithManyThreads() {
    SimulatedNetwork network =
        network().link(Link.create()).scheduler(Schedulers.newParallel("net", 4));
    echo(network);
    List<RioConnection> clients = Flux.range(0, 20).map(i -> client(network)).collectList().block();

    for (RioConnection client : clients) {
      assertThat(ask(client, "hello").block(Duration.ofSeconds(10)).asString()).isEqualTo("hello");
    }
  }

  @Test
  void whatIsSetTooLateIsRefused() {
    SimulatedNetwork network = network();
    echo(network);
    assertThatThrownBy(network::virtualTime).hasMessageContaining("comes too late");
    assertThatThrownBy(() -> network.scheduler(Schedulers.parallel()))
        .hasMessageContaining("comes too late");
    assertThatThrownBy(() -> network.advance(LATENCY)).hasMessageContaining("the wall's time");
  }

  @Test
  void timeThatStepVerifierHasDisposedOfIsNotAdvancedInSilence() {
    SimulatedNetwork network = network().virtualTime();
    echo(network);
    RioConnection client = client(network);
    StepVerifier.withVirtualTime(() -> ask(client, "hello"))
        .thenAwait(LATENCY.multipliedBy(2))
        .expectNextCount(1)
        .verifyComplete();

    assertThatThrownBy(() -> network.advance(LATENCY))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("virtual time is over at PT0.1S", "StepVerifier", "thenAwait");
  }

  @Test
  void twoThatAnswerEachOtherWithoutLatencyAreStopped() {
    SimulatedNetwork network = network().link(Link.create()).virtualTime();
    RioConnection server = echo(network);
    RioConnection client =
        RioUdpClient.create()
            .host("10.0.0.1")
            .port(53)
            .runOn(network.pumps())
            .handle((in, out) -> out.send(Flux.just(Datagram.of("ping")).concatWith(in.receive())))
            .connectNow();

    assertThatThrownBy(() -> client.onDispose().block(Duration.ofSeconds(20)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("does not come to rest");
    assertThat(server.isDisposed()).isTrue();
  }

  private static void endVirtualTimeWithADatagramUnderWay(SimulatedNetwork network) {
    StepVerifier.withVirtualTime(
            () -> {
              echo(network);
              return client(network).send(Mono.just(Datagram.of("in flight")));
            })
        .verifyComplete();
  }

  @Test
  void timeThatIsOverIsNotAdvanced() {
    SimulatedNetwork network = network();
    endVirtualTimeWithADatagramUnderWay(network);

    assertThatThrownBy(() -> network.advance(LATENCY))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is over")
        .hasMessageContaining("thenAwait");
    assertThat(network.now()).isZero();
  }

  @Test
  void aVirtualTimeThatTakesOverBringsWhatIsUnderWay() {
    SimulatedNetwork network = network();
    endVirtualTimeWithADatagramUnderWay(network);
    VirtualTimeScheduler next = VirtualTimeScheduler.getOrSet();

    network.advance(LATENCY);

    assertThat(network.stats().delivered()).isEqualTo(1);
    next.dispose();
  }

  @Test
  void stepsAreForwardAndFinite() {
    SimulatedNetwork network = network().virtualTime();
    for (Duration step : List.of(Duration.ofNanos(-1), Duration.ofSeconds(Long.MAX_VALUE))) {
      assertThatThrownBy(() -> network.advance(step))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("advance by " + step);
    }
    network.advance(Duration.ofDays(36_500));
    assertThat(network.now()).isEqualTo(Duration.ofDays(36_500));
  }

  @Test
  void theEndOfTimeItselfBreaksNothing() {
    VirtualTimeScheduler own = VirtualTimeScheduler.create();
    SimulatedNetwork network = network().scheduler(own);
    RioConnection server = echo(network);
    own.advanceTimeBy(Duration.ofNanos(Long.MAX_VALUE));

    server.disposeNow();

    assertThat(server.isDisposed()).isTrue();
    own.dispose();
  }

  @Test
  void aSchedulerWithoutDelaysIsRefused() {
    SimulatedNetwork network = network();
    assertThatThrownBy(() -> network.scheduler(Schedulers.immediate()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("takes no task with a delay");
  }

  @Test
  void whatWasScheduledWhenTimeEndedDoesNotStopTheNetwork() {
    SimulatedNetwork network = network();
    VirtualTimeScheduler own = VirtualTimeScheduler.getOrSet();
    RioConnection server =
        RioUdpServer.create().host("10.0.0.1").port(53).runOn(network.pumps()).bindNow();
    own.schedule(
        () -> {
          server.next().subscribe(); // wakes the network, on the time that ends now
          own.dispose();
        },
        1,
        TimeUnit.SECONDS);
    own.advanceTimeBy(Duration.ofSeconds(1));
    client(network);
    List<String> told = new ArrayList<>();
    server.onDispose().subscribe(null, null, () -> told.add("closed"));

    server.dispose();

    assertThat(told).containsExactly("closed");
  }
}
