package io.rioreactive.test;

import static io.rioreactive.DropReason.FILTERED;
import static io.rioreactive.DropReason.RATE_LIMITED;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.RateLimit;
import io.rioreactive.RioUdpServer;
import io.rioreactive.SourceView;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Each source has its burst and its rate on the clock of Reactor's timers; more is counted. */
class SourceRateTest {

  private VirtualTimeScheduler clock;
  private SimulatedServer server;

  @BeforeEach
  void setClock() {
    clock = VirtualTimeScheduler.getOrSet();
  }

  @AfterEach
  void close() {
    server.close();
    VirtualTimeScheduler.reset();
  }

  private void bind(UnaryOperator<RioUdpServer> options) {
    server =
        SimulatedServer.bind(
            it -> options.apply(it).receiveSlots(256).handle((in, out) -> out.send(in.receive())));
  }

  private void arrive(String ip, int port, int datagrams) {
    InetSocketAddress from = new InetSocketAddress(InetAddress.ofLiteral(ip), port);
    for (int i = 0; i < datagrams; i++) {
      server.socket().deliver(new byte[1], from);
    }
    server.run();
  }

  private void after(Duration duration) {
    clock.advanceTimeBy(duration);
    server.run();
  }

  @Test
  void aBurstThenTheRateAndTheRestIsCounted() {
    bind(it -> it.rateLimit(RateLimit.perSecond(10).withBurst(20)));

    arrive("192.0.2.7", 4711, 50);
    assertThat(server.sent()).hasSize(20);
    assertThat(server.stats().count(RATE_LIMITED)).isEqualTo(30);

    after(Duration.ofSeconds(1));
    arrive("192.0.2.7", 4711, 50);
    assertThat(server.sent()).hasSize(30);

    after(Duration.ofHours(1));
    arrive("192.0.2.7", 4711, 50);
    assertThat(server.sent()).hasSize(50);
    assertThat(server.stats().received()).isEqualTo(150);
  }

  @Test
  void anotherPortIsTheSameSourceAndAnotherAddressIsNot() {
    bind(it -> it.rateLimit(RateLimit.perSecond(1).withBurst(2)));

    arrive("192.0.2.7", 4711, 1);
    arrive("192.0.2.7", 4712, 1);
    arrive("192.0.2.7", 4713, 1);
    arrive("192.0.2.8", 4711, 1);

    assertThat(server.sent()).hasSize(3);
    assertThat(server.stats().count(RATE_LIMITED)).isEqualTo(1);
  }

  @Test
  void whatTheFilterRefusesUsesNothingUp() {
    bind(
        it ->
            it.rateLimit(RateLimit.perSecond(1).withBurst(1))
                .sourceFilter(source -> source.port() == 4711));

    arrive("192.0.2.7", 1, 100);
    arrive("192.0.2.7", 4711, 1);

    assertThat(server.stats().count(FILTERED)).isEqualTo(100);
    assertThat(server.sent()).hasSize(1);
  }

  @Test
  void theFirstIsOneWarningAndAFloodFillsNoLog() {
    try (CapturedLog log = new CapturedLog()) {
      bind(it -> it.rateLimit(RateLimit.perSecond(1)));
      for (int i = 0; i < 100; i++) {
        arrive("192.0.2.7", 4711, 100);
      }

      assertThat(log.warnings())
          .singleElement()
          .asString()
          .contains("RATE_LIMITED", "192.0.2.7:4711", "datagrams=1");
    }
    assertThat(server.stats().count(RATE_LIMITED)).isEqualTo(9_999);
  }

  @Test
  void withAPrefixOfZeroAllSourcesShareOneLimit() {
    bind(
        it ->
            it.sourceFilter(SourceView.in("0.0.0.0/0"))
                .rateLimit(RateLimit.perSecond(10).withPrefixes(0, 0)));

    for (int i = 0; i < 100; i++) {
      arrive("10.0.0." + i, 4711, 1);
    }

    assertThat(server.sent()).hasSize(10);
  }
}
