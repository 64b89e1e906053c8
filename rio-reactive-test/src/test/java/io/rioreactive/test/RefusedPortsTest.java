package io.rioreactive.test;

import static io.rioreactive.DropReason.REFUSED_PORT;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/** Ports that no client sends from: an answer there would be answered, or reach nobody. */
class RefusedPortsTest {

  private static final InetAddress ANYBODY = InetAddress.ofLiteral("192.0.2.7");

  private static InetSocketAddress from(int port) {
    return new InetSocketAddress(ANYBODY, port);
  }

  private static SimulatedServer echo(UnaryOperator<RioUdpServer> options) {
    return SimulatedServer.bind(
        it -> options.apply(it).handle((in, out) -> out.send(in.receive())));
  }

  private static void arrive(SimulatedServer server, int port) {
    server.socket().deliver(("from " + port).getBytes(UTF_8), from(port));
    server.run();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 13, 17, 19, 37})
  void byDefaultThoseWhoseServiceAnswersAnythingAreRefused(int port) {
    try (SimulatedServer server = echo(it -> it)) {
      arrive(server, port);

      assertThat(server.sent()).isEmpty();
      assertThat(server.stats().count(REFUSED_PORT)).isEqualTo(1);
      assertThat(server.drops())
          .singleElement()
          .satisfies(drop -> assertThat(drop.peer()).isEqualTo(from(port)));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 6, 8, 18, 20, 36, 38, 53, 123, 5_353, 65_535})
  void byDefaultAllOthersAreAnswered(int port) {
    try (SimulatedServer server = echo(it -> it)) {
      arrive(server, port);

      assertThat(server.sent()).containsExactly("from " + port);
    }
  }

  @Test
  void thoseThatAreNamedReplaceTheDefault() {
    try (SimulatedServer server = echo(it -> it.refusedSourcePorts(65_535, 53, 1_900, 53))) {
      for (int port : new int[] {7, 52, 53, 54, 1_900, 65_534, 65_535}) {
        arrive(server, port);
      }

      assertThat(server.sent()).containsExactly("from 7", "from 52", "from 54", "from 65534");
      assertThat(server.stats().count(REFUSED_PORT)).isEqualTo(3);
    }
  }

  @Test
  void withNoneNamedEveryPortIsAnswered() {
    try (SimulatedServer server = echo(it -> it.refusedSourcePorts())) {
      arrive(server, 7);

      assertThat(server.sent()).containsExactly("from 7");
    }
  }

  @Test
  void whoeverRespondsDoesNotAnswerItsOwnPort() {
    try (SimulatedServer server =
        SimulatedServer.bind(
            it -> it.port(5_353).respond(query -> Mono.just(query.reply("answer"))))) {
      arrive(server, 5_353);
      assertThat(server.sent()).isEmpty();
      assertThat(server.stats().count(REFUSED_PORT)).isEqualTo(1);

      arrive(server, 5_354);
      assertThat(server.sent()).containsExactly("answer");
    }
  }

  @Test
  void aPortThatTheSystemHasPickedIsAnothersByChanceAlone() {
    try (SimulatedServer server =
        SimulatedServer.bind(it -> it.respond(query -> Mono.just(query.reply("answer"))))) {
      arrive(server, server.connection().localAddress().getPort());

      assertThat(server.sent()).containsExactly("answer");
    }
  }

  @Test
  void unlessItIsTold() {
    try (SimulatedServer server =
        SimulatedServer.bind(
            it ->
                it.port(5_353)
                    .refuseOwnPort(false)
                    .respond(query -> Mono.just(query.reply("answer"))))) {
      arrive(server, 5_353);

      assertThat(server.sent()).containsExactly("answer");
    }
  }

  @Test
  void aHandlerHearsItsOwnPortUnlessItIsToldNotTo() {
    for (boolean refuses : List.of(false, true)) {
      try (SimulatedServer server = echo(it -> refuses ? it.refuseOwnPort(true) : it)) {
        arrive(server, server.connection().localAddress().getPort());

        assertThat(server.sent()).hasSize(refuses ? 0 : 1);
        assertThat(server.stats().count(REFUSED_PORT)).isEqualTo(refuses ? 1 : 0);
      }
    }
  }

  @Test
  void aClientHearsItsPeerWhateverItsPort() {
    try (SimulatedNetwork network = SimulatedNetwork.create(1).virtualTime()) {
      RioUdpServer.create()
          .host("10.0.0.1")
          .port(7)
          .runOn(network.pumps())
          .handle((in, out) -> out.send(in.receive()))
          .bindNow();
      RioConnection client =
          RioUdpClient.create().host("10.0.0.1").port(7).runOn(network.pumps()).connectNow();
      client.receive().subscribe();
      client.send(Mono.just(Datagram.of("hello"))).subscribe();
      network.advance(Duration.ofSeconds(1));

      assertThat(client.stats().delivered()).isEqualTo(1);
    }
  }

  @Test
  void theFirstIsOneWarningWithTheRemedyAndLaterOnesAreCounted() {
    try (CapturedLog log = new CapturedLog();
        SimulatedServer server = echo(it -> it)) {
      arrive(server, 7);
      arrive(server, 19);

      assertThat(log.warnings())
          .singleElement()
          .asString()
          .contains("REFUSED_PORT", "192.0.2.7:7", "refusedSourcePorts");
      assertThat(server.stats().count(REFUSED_PORT)).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65_536})
  void whatIsNoPortIsRefusedAtTheCall(int port) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RioUdpServer.create().refusedSourcePorts(53, port))
        .withMessageContainingAll("refusedSourcePorts is " + port, "0 to 65535");
  }
}
