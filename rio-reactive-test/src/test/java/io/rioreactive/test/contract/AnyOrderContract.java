package io.rioreactive.test.contract;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.contract.Testbed.LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.CapturedLog;
import io.rioreactive.test.Peer;
import java.net.InetSocketAddress;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Everything that other threads may do, at any point, and in any order: afterwards nothing is lost
 * or left over, and the connection still answers. What is done comes from a seed, when it is done
 * from the machine.
 */
interface AnyOrderContract extends OnTestbed {

  int THREADS = 3;
  int STEPS = 400;
  Scheduler OTHERS = Schedulers.boundedElastic();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  default void subscribersAndSendsThatComeAndGoLeaveNothingBehind(long seed) {
    try (CapturedLog log = new CapturedLog()) {
      RioUdpServer server = testbed().server().receiveSlots(16).sendSlots(4);
      RioConnection connection = testbed().bind(server);
      Peer peer = testbed().peer();
      InetSocketAddress sink = testbed().peer().address(); // nobody looks at what comes there

      AtomicBoolean done = new AtomicBoolean();

      Flux<Void> workers =
          Flux.range(0, THREADS)
              .map(thread -> new Worker(connection, sink, seed * THREADS + thread))
              .flatMap(worker -> Mono.<Void>fromRunnable(worker).subscribeOn(OTHERS))
              .doFinally(ignored -> done.set(true));
      Mono<Void> traffic =
          Mono.<Void>fromRunnable(() -> sendUntil(done, peer, connection)).subscribeOn(OTHERS);
      Mono.when(workers, traffic).block(LONG.multipliedBy(2));

      eventually(() -> assertThat(connection.stats().inFlight()).isZero());
      eventually(
          () -> {
            connection.send(Mono.just(Datagram.to(peer.address(), "still there"))).block(LONG);
            assertThat(peer.receiveText()).isEqualTo("still there");
          });
      AtomicReference<Datagram> next = new AtomicReference<>();
      connection.next().subscribe(next::set);
      eventually(
          () -> {
            peer.send("for whoever is next", connection.localAddress());
            assertThat(next.get()).isNotNull();
          });
      assertThat(log.errors())
          .allMatch(line -> line.contains("Operator called default onErrorDropped"));
    }
  }

  private static void sendUntil(AtomicBoolean done, Peer peer, RioConnection connection) {
    for (long sent = 0; !done.get(); ) {
      if (sent - connection.stats().received() < 100) {
        peer.send("datagram", connection.localAddress());
        sent++;
      } else {
        Thread.onSpinWait();
      }
    }
  }

  /** One thread that does as its seed says. */
  final class Worker implements Runnable {

    private final RioConnection connection;
    private final InetSocketAddress sink;
    private final Random random;

    Worker(RioConnection connection, InetSocketAddress sink, long seed) {
      this.connection = connection;
      this.sink = sink;
      this.random = new Random(seed);
    }

    @Override
    public void run() {
      for (int i = 0; i < STEPS; i++) {
        switch (random.nextInt(6)) {
          case 0 -> receiveAndCancel(new Visitor());
          case 1 -> receiveAndCancel(new Thrower());
          case 2 -> receiveAndCancel(new Offender());
          case 3 -> connection.next().timeout(Mono.empty()).onErrorComplete().subscribe();
          case 4 -> sendAndCancel();
          default -> sendAll();
        }
      }
    }

    private void receiveAndCancel(BaseSubscriber<Datagram> subscriber) {
      connection.receive().subscribe(subscriber);
      for (int i = random.nextInt(4); i > 0; i--) {
        subscriber.request(1 + random.nextInt(30));
        for (int spins = random.nextInt(10_000); spins > 0; spins--) {
          Thread.onSpinWait(); // some datagrams may come meanwhile
        }
      }
      subscriber.cancel();
    }

    private void sendAndCancel() {
      Flux<Datagram> endless = Mono.just(Datagram.to(sink, "from an endless send")).repeat();
      connection.send(endless.take(1_000)).subscribe().dispose();
    }

    private void sendAll() {
      int count = random.nextInt(20);
      connection.send(Flux.range(0, count).map(i -> Datagram.to(sink, "no. " + i))).block(LONG);
    }
  }

  /** Asks when it is told to, and does not mind if the place is taken. */
  class Visitor extends BaseSubscriber<Datagram> {
    @Override
    protected void hookOnSubscribe(Subscription subscription) {}

    @Override
    protected void hookOnError(Throwable failure) {}
  }

  /** Throws at its first datagram. */
  final class Thrower extends Visitor {
    @Override
    protected void hookOnNext(Datagram datagram) {
      throw new OnPurpose();
    }
  }

  /** Requests what it must not. */
  final class Offender extends Visitor {
    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      subscription.request(-1);
    }
  }
}
