package io.rioreactive.test.guide;

import static io.rioreactive.test.RioAssertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.Client;
import io.rioreactive.test.RioTest;
import io.rioreactive.test.Server;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

@RioTest
class ServerRestartTest {

  private static final Duration SOON = Duration.ofSeconds(5);

  @Test
  void theClientIsAnsweredAgain(@Server RioUdpServer server, @Client RioUdpClient client) {
    RioConnection first = echo(server);
    RioConnection connection = client.connectNow();
    assertThat(ask(connection, "one")).isEqualTo("one");

    first.disposeNow();
    connection.send(Mono.just(Datagram.of("two"))).block(SOON);
    assertThat(connection).eventually().hasUnreachable(1).isOpen(); // news, not the end

    echo(server.port(first.localAddress().getPort()));
    assertThat(ask(connection, "three")).isEqualTo("three");
  }

  private static RioConnection echo(RioUdpServer server) {
    return server.handle((in, out) -> out.send(in.receive())).bindNow();
  }

  private static String ask(RioConnection connection, String text) {
    return connection
        .send(Mono.just(Datagram.of(text)))
        .then(connection.next())
        .block(SOON)
        .asString();
  }
}
