package io.rioreactive.test.guide;

import static io.rioreactive.test.RioAssertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.Client;
import io.rioreactive.test.RioTest;
import io.rioreactive.test.Server;
import java.net.StandardSocketOptions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

@RioTest(virtualTime = true)
class SlowConsumerTest {

  @Test
  void whatItDoesNotTakeIsDroppedAndCounted(
      @Server RioUdpServer lines, @Client RioUdpClient client) {
    RioConnection server = lines.option(StandardSocketOptions.SO_RCVBUF, 4_096).bindNow();
    RioConnection sender = client.connectNow();

    StepVerifier.create(server.receive(), 0)
        .thenRequest(3)
        .then(() -> assertThat(server).eventually().hasPosted(3))
        .then(() -> sender.send(Flux.range(0, 1_000).map(i -> Datagram.of("line " + i))).block())
        .expectNextCount(3)
        .thenCancel()
        .verify();

    // Nothing was dropped by the library. What waited in the socket's buffer is still there, and
    // what did not fit was dropped by the kernel, which counts it: together they are all of it.
    assertThat(server).eventually().hasDelivered(3).hasDroppedNothing();
    long dropped = server.stats().kernelDrops().orElseThrow();
    assertThat(dropped).isPositive();
    server.receive().take(1_000 - 3 - dropped).blockLast(Duration.ofSeconds(5));
    assertThat(server).eventually().hasDelivered(1_000 - dropped).conserves();
  }
}
