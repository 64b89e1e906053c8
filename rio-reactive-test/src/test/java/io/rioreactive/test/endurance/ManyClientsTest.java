package io.rioreactive.test.endurance;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.LawAssert.assertThatLawHolds;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.Needs;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A thousand clients and their server on one pump: each gets its own answers, none is lost. */
@Tag("endurance")
@Timeout(180)
class ManyClientsTest {

  private static final int CLIENTS = 1_000;
  private static final int ROUNDS = 10;

  /** So many datagrams are under way at most: the smallest receive buffer holds them. */
  private static final int AT_ONCE = 50;

  /** Of heap; its send slots, 17 KiB on Linux, come on top once they are used. */
  private static final long LARGEST_CLIENT = 32 << 10;

  private static final Duration LONG = Duration.ofMinutes(2);

  @ParameterizedTest
  @MethodSource("io.rioreactive.test.ProvidersUnderTest#names")
  void everyDatagramIsConserved(String provider) {
    Needs.provider(provider);
    PumpGroup pumps = PumpGroup.create().provider(provider);
    RioConnection server =
        RioUdpServer.create().runOn(pumps).handle((in, out) -> out.send(in.receive())).bindNow();
    RioUdpClient client = RioUdpClient.create().runOn(pumps).port(server.localAddress().getPort());
    long heapBefore = usedHeap();
    long started = System.nanoTime();
    List<RioConnection> clients = connect(client);
    long millis = Duration.ofNanos(System.nanoTime() - started).toMillis();
    long heap = (usedHeap() - heapBefore) / CLIENTS;
    System.out.printf(
        "%s: %,d clients connected in %d ms, %,d bytes of heap each%n",
        provider, CLIENTS, millis, heap);
    assertThat(heap).as("bytes of heap for a client").isLessThan(LARGEST_CLIENT);
    try {
      for (int round = 0; round < ROUNDS; round++) {
        int number = round;
        Flux.range(0, CLIENTS)
            .flatMap(i -> ask(clients.get(i), "client " + i + ", round " + number), AT_ONCE)
            .blockLast(LONG);
      }

      // The counters are written at the end of a turn, after the answer has been handed over.
      eventually(() -> assertThat(server.stats().sent()).isEqualTo(CLIENTS * ROUNDS));
      assertThat(server.stats().received()).isEqualTo(CLIENTS * ROUNDS);
      for (RioConnection each : clients) {
        eventually(() -> assertThat(each.stats().delivered()).isEqualTo(ROUNDS));
        RioStats stats = each.stats();
        assertThat(stats.sent()).isEqualTo(ROUNDS);
        assertThat(stats.received()).isEqualTo(ROUNDS);
        assertThatLawHolds(stats);
      }
    } finally {
      clients.forEach(RioConnection::dispose);
      clients.forEach(each -> each.onDispose().block(LONG));
      server.disposeNow();
      pumps.dispose();
    }
  }

  /** After a collection, so what is garbage does not count. */
  private static long usedHeap() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  private static List<RioConnection> connect(RioUdpClient client) {
    return Objects.requireNonNull(
        Flux.range(0, CLIENTS).flatMap(i -> client.connect()).collectList().block(LONG));
  }

  private static Mono<Void> ask(RioConnection client, String text) {
    return client
        .send(Mono.just(Datagram.of(text)))
        .then(client.next())
        .doOnNext(answer -> assertThat(answer.asString()).isEqualTo(text))
        .then();
  }
}
