package io.rioreactive.test.contract;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.contract.Testbed.payload;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.Peer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** More comes than can be taken, from a thread that does nothing else. */
interface OverloadContract extends OnTestbed {

  /** Sends until it is told to stop; the machine decides how much that is. */
  final class Flood implements AutoCloseable {

    private final AtomicBoolean isOver = new AtomicBoolean();
    private final Thread sender;

    Flood(Peer peer, RioConnection target) {
      sender =
          Thread.ofPlatform()
              .daemon()
              .name("flood")
              .start(
                  () -> {
                    while (!isOver.get()) {
                      peer.send(payload(64), target.localAddress());
                    }
                  });
    }

    @Override
    public void close() {
      isOver.set(true);
      eventually(() -> assertThat(sender.isAlive()).isFalse());
    }
  }

  private static RioUdpServer on(PumpGroup pumps) {
    return RioUdpServer.create().host("127.0.0.1").runOn(pumps);
  }

  @Test
  default void aFloodedConnectionLeavesTheOthersOfItsPumpTheirTurn() {
    PumpGroup pumps = testbed().pumps();
    RioConnection flooded = testbed().echo(on(pumps));
    RioConnection polite = testbed().echo(on(pumps));
    Peer peer = testbed().peer();
    try (Flood flood = new Flood(testbed().peer(), flooded)) {
      eventually(() -> assertThat(flooded.stats().received()).isPositive());

      for (int i = 0; i < 50; i++) {
        assertThat(peer.ask("no. " + i, polite.localAddress())).isEqualTo("no. " + i);
      }
    }
    assertThat(polite.stats().delivered()).isEqualTo(50);
  }

  @Test
  default void aConsumerThatTakesATenthIsAskedForNoMoreThanItTakes() {
    RioConnection connection = testbed().bind(testbed().server().receiveSlots(64));
    try (Flood flood = new Flood(testbed().peer(), connection)) {
      for (int i = 0; i < 20; i++) {
        connection.receive().map(Datagram::length).take(10).then().block(Testbed.LONG);
      }
    }

    eventually(
        () -> {
          assertThat(connection.stats().delivered()).isEqualTo(200);
          Testbed.requireNothingLost(connection.stats());
        });
  }

  @Test
  default void whatIsRefusedInAFloodKeepsNobodyFromBeingAnswered() {
    Peer attacker = testbed().peer();
    Peer peer = testbed().peer();
    int refused = attacker.address().getPort();
    RioConnection server =
        testbed()
            .bind(
                testbed()
                    .server()
                    .sourceFilter(source -> source.port() != refused)
                    .respond(query -> Mono.just(query.reply(query.asString()))));
    try (Flood flood = new Flood(attacker, server)) {
      eventually(() -> assertThat(server.stats().droppedTotal()).isPositive());
      // The flood may push any of them out of the receive buffer.
      eventually(
          () -> {
            peer.send("hello", server.localAddress());
            assertThat(server.stats().sent()).isGreaterThanOrEqualTo(20);
          });
    }
    assertThat(server.stats().handlerFailures()).isZero();
  }
}
