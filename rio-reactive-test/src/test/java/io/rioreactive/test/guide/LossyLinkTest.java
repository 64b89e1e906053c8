package io.rioreactive.test.guide;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.Client;
import io.rioreactive.test.Link;
import io.rioreactive.test.RioTest;
import io.rioreactive.test.Seeds;
import io.rioreactive.test.Server;
import io.rioreactive.test.SimulatedNetwork;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.util.retry.Retry;

@RioTest(virtualTime = true)
class LossyLinkTest {

  private static final List<String> QUESTIONS =
      IntStream.range(0, 50).mapToObj(i -> "question " + i).toList();

  @Seeds(20)
  void everyQuestionIsAnswered(
      SimulatedNetwork network, @Server RioUdpServer server, @Client RioUdpClient client) {
    network.link(Link.create().latency(Duration.ofMillis(20)).loss(0.3));
    server.handle((in, out) -> out.send(in.receive())).bindNow();
    RioConnection connection = client.connectNow();

    StepVerifier.withVirtualTime(
            () -> Flux.fromIterable(QUESTIONS).concatMap(question -> ask(connection, question)))
        .thenAwait(Duration.ofMinutes(1))
        .expectNextSequence(QUESTIONS)
        .verifyComplete();
  }

  private static Mono<String> ask(RioConnection connection, String question) {
    return connection
        .request(
            Datagram.of(question),
            answer -> answer.asString().equals(question),
            Duration.ofMillis(100),
            Retry.max(1_000))
        .map(Datagram::asString);
  }
}
