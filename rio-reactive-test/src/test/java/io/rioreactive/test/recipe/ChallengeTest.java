package io.rioreactive.test.recipe;

import static io.rioreactive.test.RioAssertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.Client;
import io.rioreactive.test.RioTest;
import io.rioreactive.test.Server;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

@RioTest(virtualTime = true)
class ChallengeTest {

  private static final Duration SOON = Duration.ofSeconds(5);
  private static final String LONG = "x".repeat(1_000);

  private static String ask(RioConnection client, String text) {
    return client
        .send(Mono.just(Datagram.of(text)))
        .then(client.next())
        .map(Datagram::asString)
        .block(SOON);
  }

  private static RioConnection bind(RioUdpServer server) {
    return new Challenge(name -> Mono.just(name + " " + LONG)).on(server).bindNow();
  }

  @Test
  void whoSendsItsTokenBackGetsTheLongAnswer(
      @Server RioUdpServer server, @Client RioUdpClient client) {
    RioConnection bound = bind(server);
    RioConnection peer = client.connectNow();

    String token = ask(peer, "example");

    assertThat(token).hasSize(16);
    assertThat(ask(peer, token + " example")).isEqualTo("example " + LONG);
    assertThat(bound).hasFailed(DropReason.AMPLIFICATION, 0);
  }

  @Test
  void theTokenOfAnotherIsNoGood(@Server RioUdpServer server, @Client RioUdpClient client) {
    bind(server);
    String token = ask(client.connectNow(), "example");
    RioConnection other = client.connectNow();

    assertThat(ask(other, token + " example")).hasSize(16).isNotEqualTo(token);
  }
}
