package io.rioreactive.test.recipe;

import static io.rioreactive.test.RioAssertions.assertThat;

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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;

@RioTest(virtualTime = true)
class RequestsTest {

  private static final List<String> QUESTIONS =
      IntStream.range(0, 100).mapToObj(i -> "question " + i).toList();

  /** Some are lost on the way there or back, and asked again. */
  @Seeds(20)
  void manyAtOnceEachGetItsOwnAnswer(
      SimulatedNetwork network, @Server RioUdpServer server, @Client RioUdpClient client) {
    network.link(Link.create().latency(Duration.ofMillis(20)).loss(0.02));
    server.handle((in, out) -> out.send(in.receive())).bindNow(); // the answer is the question
    Requests requests = new Requests(client.connectNow());

    CompletableFuture<List<String>> answers =
        Flux.fromIterable(QUESTIONS)
            .flatMap(question -> requests.ask(question).map(answer -> question + "=" + answer), 16)
            .collectList()
            .toFuture();
    network.advance(Duration.ofMinutes(5));

    assertThat(answers).isCompleted();
    assertThat(answers.join())
        .containsExactlyInAnyOrderElementsOf(
            QUESTIONS.stream().map(question -> question + "=" + question).toList());
    assertThat(requests.waiting()).isZero();
    requests.dispose();
  }

  @Test
  void whoIsNotAnsweredHasAskedFourTimes(
      SimulatedNetwork network, @Server RioUdpServer server, @Client RioUdpClient client) {
    List<String> asked = new ArrayList<>();
    RioConnection silent = server.bindNow();
    silent.receive().map(Datagram::asString).subscribe(asked::add);
    Requests requests = new Requests(client.connectNow());

    CompletableFuture<Throwable> failure =
        requests.ask("anybody there?").toFuture().handle((answer, thrown) -> thrown);
    network.advance(Duration.ofMinutes(1));

    assertThat(failure).isCompleted();
    assertThat(Exceptions.isRetryExhausted(failure.join())).isTrue();
    assertThat(asked).hasSize(4).containsOnly("1 anybody there?");
    assertThat(requests.waiting()).isZero();
    requests.dispose();
  }

  @Test
  void whatNobodyHasAskedForIsNobodysAnswer(
      SimulatedNetwork network, @Server RioUdpServer server, @Client RioUdpClient client) {
    server
        .handle(
            (in, out) ->
                out.send(
                    in.receive()
                        .concatMapIterable(
                            query ->
                                List.of(
                                    query.reply("999 not yours"),
                                    query.reply(""),
                                    query.reply(query.payload()),
                                    query.reply(query.payload())))))
        .bindNow();
    Requests requests = new Requests(client.connectNow());

    CompletableFuture<String> answer = requests.ask("mine").toFuture();
    CompletableFuture<String> next = requests.ask("mine too").toFuture();
    network.advance(Duration.ofSeconds(1));

    assertThat(answer).isCompletedWithValue("mine");
    assertThat(next).isCompletedWithValue("mine too");
    requests.dispose();
  }
}
