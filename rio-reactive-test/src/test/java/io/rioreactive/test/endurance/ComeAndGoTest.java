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
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Sockets come and go on a pump where two others are busy all the while. */
@Tag("endurance")
@Timeout(120)
class ComeAndGoTest {

  private static final int VISITORS = 300;
  private static final int WINDOW = 16;
  private static final Duration LONG = Duration.ofSeconds(30);

  private final Random random = new Random(1);

  @ParameterizedTest
  @MethodSource("io.rioreactive.test.ProvidersUnderTest#names")
  void whoStaysLosesNothing(String provider) {
    Needs.provider(provider);
    PumpGroup pumps = PumpGroup.create().provider(provider);
    RioUdpServer echo =
        RioUdpServer.create().runOn(pumps).handle((in, out) -> out.send(in.receive()));
    RioConnection server = echo.bindNow();
    RioConnection client = clientOf(server, pumps);
    Disposable load = keepAsking(client);
    try {
      for (int i = 0; i < VISITORS; i++) {
        long before = client.stats().received();
        visit(echo, pumps);
        eventually(() -> assertThat(client.stats().received()).isGreaterThan(before));
      }
    } finally {
      load.dispose();
    }

    client.receive().subscribe(); // the answers that were under way
    eventually(
        () -> {
          RioStats asked = client.stats();
          assertThatLawHolds(asked);
          assertThat(asked.inFlight()).isZero();
          assertThat(asked.received()).isEqualTo(asked.sent());
          assertThatLawHolds(server.stats());
          assertThat(server.stats().received()).isEqualTo(asked.sent());
        });
    client.disposeNow();
    server.disposeNow();
    pumps.dispose();
  }

  private static RioConnection clientOf(RioConnection server, PumpGroup pumps) {
    return RioUdpClient.create()
        .runOn(pumps)
        .receiveSlots(2 * WINDOW)
        .port(server.localAddress().getPort())
        .connectNow();
  }

  /** Each answer brings the next question, so that so many are under way all the time. */
  private static Disposable keepAsking(RioConnection client) {
    Mono<Void> first = client.send(Flux.range(0, WINDOW).map(i -> Datagram.of("question " + i)));
    Mono<Void> others = client.send(client.receive().map(answer -> Datagram.of(answer.asString())));
    return Mono.when(others, first).subscribe();
  }

  /** A server and its client, gone again with or without having said anything. */
  private void visit(RioUdpServer echo, PumpGroup pumps) {
    RioConnection server = echo.bindNow();
    RioConnection client = clientOf(server, pumps);
    Mono<Void> question = client.send(Mono.just(Datagram.of("short")));
    switch (random.nextInt(4)) {
      case 0 -> question.then(client.next()).block(LONG);
      case 1 -> question.subscribe();
      case 2 -> question.block(LONG);
      default -> client.receive().subscribe();
    }
    if (random.nextBoolean()) {
      server.dispose();
      client.dispose();
    } else {
      client.shutdown(LONG).block(LONG);
      server.disposeNow();
    }
  }
}
