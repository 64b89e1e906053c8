package io.rioreactive.test.guide;

import static io.rioreactive.test.RioAssertions.assertThatThrownBy;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.Client;
import io.rioreactive.test.Link;
import io.rioreactive.test.RioTest;
import io.rioreactive.test.Server;
import io.rioreactive.test.SimulatedNetwork;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import reactor.core.publisher.Mono;

@RioTest(virtualTime = true)
// A real link has no latency to forget.
@DisabledIfSystemProperty(named = "rio.real", matches = "true")
class ForgottenTimeTest {

  @Test
  void aWaitThatNothingCanEndSaysSo(
      SimulatedNetwork network, @Server RioUdpServer server, @Client RioUdpClient client) {
    network.link(Link.create().latency(Duration.ofMillis(50)));
    network.failBlockAfter(Duration.ofMillis(300)); // on the wall; 5 seconds unless set
    server.handle((in, out) -> out.send(in.receive())).bindNow();
    RioConnection connection = client.connectNow();
    Mono<Datagram> answer =
        connection.send(Mono.just(Datagram.of("hello"))).then(connection.next());

    assertThatThrownBy(answer::block) // and nobody moves time
        .hasMessageContaining("nothing can end it")
        .hasMessageContaining("waits for a datagram: next()")
        .hasMessageContaining("the next datagram arrives at PT0.05S: advance it");
  }
}
