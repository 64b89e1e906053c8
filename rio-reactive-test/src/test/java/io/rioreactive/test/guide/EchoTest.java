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
class EchoTest {

  @Test
  void answers(@Server RioUdpServer server, @Client RioUdpClient client) {
    server.handle((in, out) -> out.send(in.receive())).bindNow();
    RioConnection connection = client.connectNow();

    Datagram answer =
        connection
            .send(Mono.just(Datagram.of("hello")))
            .then(connection.next())
            .block(Duration.ofSeconds(5));

    assertThat(answer.asString()).isEqualTo("hello");
  }
}
