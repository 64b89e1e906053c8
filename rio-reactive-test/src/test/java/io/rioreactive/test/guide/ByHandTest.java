package io.rioreactive.test.guide;

import static io.rioreactive.test.RioAssertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.test.ManualPump;
import io.rioreactive.test.RioTest;
import io.rioreactive.test.Server;
import io.rioreactive.test.SimulatedSocket;
import org.junit.jupiter.api.Test;
import reactor.test.StepVerifier;

@RioTest
class ByHandTest {

  @Test
  void requestFivePostsFiveReceives(ManualPump pump, @Server RioConnection server) {
    SimulatedSocket socket = SimulatedSocket.of(server);

    StepVerifier.create(server.receive().map(Datagram::asString), 0)
        .thenRequest(5)
        .then(() -> assertThat(server).hasPosted(0)) // nobody has turned the pump
        .then(pump::turn)
        .then(() -> assertThat(server).hasPosted(5).hasUnmetDemand(5))
        .then(() -> socket.complete(socket.posted().getLast(), "a datagram"))
        .then(pump::turn)
        .expectNext("a datagram")
        .then(() -> assertThat(server).hasPosted(4).hasUnmetDemand(4))
        .thenCancel()
        .verify();
  }
}
