package io.rioreactive.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.spring.RioDatagramHandler;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** Who may send to a server, how much, and what leaves to whom: said by properties. */
@Timeout(60)
class SourcesTest {

  /** As many bytes as the question says. */
  static class Zeros {
    @RioDatagramHandler
    byte[] answer(String length) {
      return new byte[Integer.parseInt(length.strip())];
    }
  }

  private static ApplicationContextRunner with(String... properties) {
    return Runner.create()
        .withPropertyValues("rio.udp.server.port=0")
        .withPropertyValues(properties)
        .withUserConfiguration(Zeros.class);
  }

  private static void assertDropped(
      ApplicationContextRunner application, DropReason reason, String question) {
    application.run(
        context -> {
          try (Peer peer = new Peer()) {
            RioConnection bound = Peer.bound(context, "default");
            peer.send(bound.localAddress(), question);
            await().untilAsserted(() -> assertThat(bound.stats().count(reason)).isOne());
            assertThat(bound.stats().sent()).isZero();
          }
        });
  }

  private static void assertAnswered(ApplicationContextRunner application) {
    application.run(
        context -> {
          try (Peer peer = new Peer()) {
            assertThat(peer.ask(Peer.addressOf(context, "default"), "8")).hasSize(8);
          }
        });
  }

  @Test
  void strangersAreFiltered() {
    assertDropped(
        with("rio.udp.server.allowed-sources=192.0.2.0/24,2001:db8::/32"),
        DropReason.FILTERED,
        "8");
    assertAnswered(with("rio.udp.server.allowed-sources=192.0.2.0/24,127.0.0.0/8,::1"));
  }

  @Test
  void aSourceHasItsBurstAndItsRate() {
    with("rio.udp.server.rate-limit=1", "rio.udp.server.rate-limit-burst=3")
        .run(
            context -> {
              RioConnection bound = Peer.bound(context, "default");
              long began = System.nanoTime();
              try (Peer peer = new Peer()) {
                for (int i = 0; i < 50; i++) {
                  peer.send(bound.localAddress(), "8");
                }
                await().untilAsserted(() -> assertThat(bound.stats().received()).isEqualTo(50));
              }
              long seconds = Duration.ofNanos(System.nanoTime() - began).toSeconds();
              assertThat(50 - bound.stats().count(DropReason.RATE_LIMITED))
                  .isBetween(3L, 3 + seconds + 1);
            });
  }

  @Test
  void portsThatAreNamedAreRefused() throws IOException {
    with("rio.udp.server.refused-source-ports=7,19")
        .run(
            context ->
                assertThat(context.getBean(RioUdpProperties.class).server().refusedSourcePorts())
                    .containsExactly(7, 19));
    try (Peer peer = new Peer()) {
      with("rio.udp.server.refused-source-ports=7," + peer.port())
          .run(
              context -> {
                RioConnection bound = Peer.bound(context, "default");
                peer.send(bound.localAddress(), "8");
                await()
                    .untilAsserted(
                        () -> assertThat(bound.stats().count(DropReason.REFUSED_PORT)).isOne());
              });
    }
  }

  @Test
  void anEmptyListOfPortsRefusesNone() {
    with("rio.udp.server.refused-source-ports=")
        .run(
            context ->
                assertThat(context.getBean(RioUdpProperties.class).server().refusedSourcePorts())
                    .isEmpty());
  }

  @Test
  void nothingLongerThanThreeTimesLeavesToWhomNobodyHasValidated() {
    ApplicationContextRunner guarded = with("rio.udp.server.amplification-guard=true");
    assertDropped(guarded, DropReason.AMPLIFICATION, "31" + " ".repeat(8));
    assertAnswered(with("rio.udp.server.amplification-guard=false"));
  }
}
