package io.rioreactive.test.contract;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.contract.Testbed.LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.Datagram;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.Peer;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;

/** Connections that share a pump do not disturb each other. */
interface SharedPumpContract extends OnTestbed {

  private static RioUdpServer on(PumpGroup pumps) {
    return RioUdpServer.create().host("127.0.0.1").runOn(pumps);
  }

  @Test
  default void twoConnectionsOnOneThreadBothAnswer() {
    PumpGroup pumps = testbed().pumps();
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    RioUdpServer server =
        on(pumps)
            .handle(
                (in, out) ->
                    out.send(in.receive().doOnNext(d -> threads.add(Thread.currentThread()))));
    RioConnection first = testbed().bind(server);
    RioConnection second = testbed().bind(server);
    Peer peer = testbed().peer();

    for (int i = 0; i < 20; i++) {
      assertThat(peer.ask("first " + i, first.localAddress())).isEqualTo("first " + i);
      assertThat(peer.ask("second " + i, second.localAddress())).isEqualTo("second " + i);
    }

    assertThat(threads).hasSize(1);
    eventually(() -> assertThat(first.stats().received()).isEqualTo(20));
    eventually(() -> assertThat(second.stats().received()).isEqualTo(20));
  }

  @Test
  default void oneWithoutDemandOrOneThatThrowsDoesNotStopTheOther() {
    PumpGroup pumps = testbed().pumps();
    RioConnection idle = testbed().bind(on(pumps));
    RioConnection throwing = testbed().bind(on(pumps));
    RioConnection echo = testbed().echo(on(pumps));
    Peer peer = testbed().peer();
    throwing
        .receive()
        .subscribe(
            new BaseSubscriber<Datagram>() {
              @Override
              protected void hookOnNext(Datagram datagram) {
                throw new OnPurpose();
              }
            });

    peer.send("unread", idle.localAddress());
    peer.send("throws", throwing.localAddress());

    assertThat(peer.ask("hello", echo.localAddress())).isEqualTo("hello");
    eventually(() -> assertThat(throwing.stats().delivered()).isEqualTo(1));
    assertThat(peer.ask("again", echo.localAddress())).isEqualTo("again");
  }

  @Test
  default void closingOneLeavesTheOtherOpen() {
    PumpGroup pumps = testbed().pumps();
    RioConnection first = testbed().echo(on(pumps));
    RioConnection second = testbed().echo(on(pumps));

    first.disposeNow();

    assertThat(testbed().peer().ask("hello", second.localAddress())).isEqualTo("hello");
    RioConnection third = testbed().echo(on(pumps));
    assertThat(testbed().peer().ask("hello", third.localAddress())).isEqualTo("hello");
  }

  @Test
  default void loopsOfNextDoNotStopAShutdownNorTheOtherConnections() {
    PumpGroup pumps = testbed().pumps();
    RioConnection polite = testbed().bind(on(pumps));
    RioConnection stubborn = testbed().bind(on(pumps));
    RioConnection echo = testbed().echo(on(pumps));
    AtomicBoolean isOver = new AtomicBoolean();
    try {
      stubborn.next().repeat(() -> !isOver.get()).subscribe();

      StepVerifier.create(polite.next().repeat(() -> !polite.isDisposed()))
          .then(() -> polite.shutdown(LONG).subscribe())
          .expectComplete()
          .verify(LONG);
      StepVerifier.create(stubborn.shutdown(LONG)).expectComplete().verify(LONG);
      assertThat(testbed().peer().ask("hello", echo.localAddress())).isEqualTo("hello");
    } finally {
      isOver.set(true);
    }
  }

  @Test
  default void theEndOfTheGroupClosesAllOfItAndNothingCanBeBoundAnyMore() {
    PumpGroup pumps = testbed().pumps();
    RioConnection first = testbed().echo(on(pumps));
    RioConnection second = testbed().echo(on(pumps));

    pumps.dispose();

    StepVerifier.create(first.onDispose()).expectComplete().verify(LONG);
    StepVerifier.create(second.onDispose()).expectComplete().verify(LONG);
    assertThatThrownBy(() -> on(pumps).bindNow())
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("disposed");
  }

  @Test
  default void whatOneReceivesTheOtherCanSend() {
    PumpGroup pumps = testbed().pumps();
    RioConnection front = testbed().bind(on(pumps));
    RioConnection back = testbed().bind(on(pumps));
    Peer peer = testbed().peer();
    var relay =
        back.send(
                front
                    .receive()
                    .publishOn(Schedulers.parallel())
                    .map(d -> d.reply("by way of back: " + d.asString())))
            .subscribe();

    assertThat(peer.ask("hello", front.localAddress())).isEqualTo("by way of back: hello");
    relay.dispose();
  }
}
