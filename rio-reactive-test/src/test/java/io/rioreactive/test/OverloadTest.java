package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import io.rioreactive.RioUdpServer;
import io.rioreactive.kernel.CompletionBatch;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What is promised when ten times as much comes as can be taken. */
@Timeout(120)
class OverloadTest {

  private static final int CONNECTIONS = 4;
  private static final Duration SERVICE = Duration.ofMillis(10); // so 100 a second are taken
  private static final Duration BETWEEN = Duration.ofMillis(1); // and 1,000 come
  private static final int RECEIVE_BUFFER = 256;
  private static final int COME = 10_000;

  /** One of the connections, and what it has taken. */
  private static final class Consumer {
    private final RioConnection connection;
    private final AtomicLong longestWait = new AtomicLong();

    Consumer(RioConnection connection) {
      this.connection = connection;
    }

    long delivered() {
      return connection.stats().delivered();
    }
  }

  private static Consumer consume(SimulatedNetwork network, String host) {
    Consumer consumer =
        new Consumer(
            RioUdpServer.create()
                .host(host)
                .port(5_050)
                .receiveSlots(64)
                .runOn(network.pumps())
                .bindNow());
    consumer
        .connection
        .receive(
            view -> {
              long waited = network.now().toNanos() - view.getLong(0);
              consumer.longestWait.accumulateAndGet(waited, Math::max);
              return waited;
            })
        .concatMap(waited -> Mono.delay(SERVICE))
        .subscribe();
    return consumer;
  }

  private static void load(SimulatedNetwork network, RioConnection sender, Consumer to) {
    sender
        .send(
            Flux.interval(BETWEEN)
                .take(COME)
                .onBackpressureBuffer()
                .map(
                    i -> {
                      ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES);
                      bytes.putLong(network.now().toNanos()).flip();
                      return Datagram.to(to.connection.localAddress(), bytes);
                    }))
        .subscribe();
  }

  @Test
  void eachConnectionTakesItsShareTheRestIsCountedAndNothingGrows() {
    try (SimulatedNetwork network =
        SimulatedNetwork.create(10).virtualTime().receiveBuffer(RECEIVE_BUFFER)) {
      List<Consumer> consumers = new ArrayList<>();
      for (int i = 1; i <= CONNECTIONS; i++) {
        consumers.add(consume(network, "10.0.0." + i));
      }
      RioConnection sender =
          RioUdpServer.create().host("10.0.0.99").runOn(network.pumps()).bindNow();
      consumers.forEach(each -> load(network, sender, each));

      for (int second = 1; second <= 10; second++) {
        network.advance(Duration.ofSeconds(1));
        for (Consumer each : consumers) {
          // Fair: each has what it could take, to the datagram.
          assertThat(each.delivered())
              .as("after %d s", second)
              .isBetween(100L * second - 1, 100L * second + 2);
          // Bounded: one receive is posted, and no more than the buffer waits.
          assertThat(each.connection.stats().posted()).isLessThanOrEqualTo(1);
          assertThat(SimulatedSocket.of(each.connection).waiting())
              .isLessThanOrEqualTo(RECEIVE_BUFFER);
        }
      }

      for (Consumer each : consumers) {
        RioStats stats = each.connection.stats();
        long drops = stats.kernelDrops().orElseThrow();
        assertThat(stats.received() + drops + SimulatedSocket.of(each.connection).waiting())
            .as("every datagram is accounted for")
            .isEqualTo(COME);
        assertThat(drops).as("most of it cannot be taken").isGreaterThan(8 * COME / 10);
        // What is taken has waited for the buffer before it, and no longer.
        assertThat(Duration.ofNanos(each.longestWait.get()))
            .isLessThanOrEqualTo(SERVICE.multipliedBy(RECEIVE_BUFFER + 2));
        LawAssert.assertThatLawHolds(stats);
      }
      NetworkLaw.assertThatItHolds(network);
    }
  }

  @Test
  void aTurnIsNoLongerThanABatchHoweverMuchWaits() {
    AtomicInteger delivered = new AtomicInteger();
    try (SimulatedServer server = SimulatedServer.bind(it -> it.receiveSlots(1_024))) {
      server.connection().receive().subscribe(datagram -> delivered.incrementAndGet());
      server.run();
      server.socket().receiveBuffer(10_240);
      for (int i = 0; i < 10_240; i++) {
        server.socket().deliver(new byte[1], SimulatedServer.PEER);
      }

      int turns = 0;
      for (int before = 0; before < 10_240; before = delivered.get()) {
        server.turn(1);
        turns++;
        assertThat(delivered.get() - before)
            .as("datagrams in turn %d", turns)
            .isBetween(1, CompletionBatch.CAPACITY);
      }
      assertThat(turns).isGreaterThanOrEqualTo(10_240 / CompletionBatch.CAPACITY);
    }
  }

  @Test
  void whoIsNotFloodedWaitsForNoMoreThanOthersHavePosted() {
    AtomicInteger polite = new AtomicInteger();
    try (SimulatedServer flooded = SimulatedServer.bind(it -> it.receiveSlots(1_024))) {
      RioConnection other = flooded.bindAnother(it -> it);
      SimulatedSocket othersSocket = flooded.kernel().lastSocket();
      flooded.connection().receive().subscribe();
      other.receive().subscribe(datagram -> polite.incrementAndGet());
      flooded.run();
      flooded.socket().receiveBuffer(10_240);
      for (int i = 0; i < 10_240; i++) {
        flooded.socket().deliver(new byte[1], SimulatedServer.PEER);
      }
      othersSocket.deliver(new byte[1], SimulatedServer.PEER);

      flooded.turn(1_024 / CompletionBatch.CAPACITY + 1);

      assertThat(polite).hasValue(1);
      assertThat(flooded.stats().delivered()).isLessThan(10_240);
    }
  }
}
