package io.rioreactive.samples.netty;

import static io.rioreactive.samples.netty.BothLibraries.LONG;
import static io.rioreactive.samples.netty.BothLibraries.addressOf;
import static io.rioreactive.samples.netty.BothLibraries.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.http.server.HttpServerRoutes;
import reactor.util.retry.Retry;

/** An application whose HTTP is reactor-netty's and whose UDP is ours. */
@Timeout(60)
class HttpApplicationTest {

  private final BothLibraries both = new BothLibraries();

  @AfterEach
  void close() {
    both.close();
  }

  private DisposableServer http(Consumer<HttpServerRoutes> routes) {
    return both.disposedAtTheEnd(
        HttpServer.create()
            .runOn(both.loops())
            .host("127.0.0.1")
            .port(0)
            .route(routes)
            .bindNow(LONG));
  }

  private Flux<String> get(DisposableServer server, String path) {
    return HttpClient.newConnection()
        .runOn(both.loops())
        .get()
        .uri("http://127.0.0.1:" + server.port() + path)
        .responseContent()
        .asString(UTF_8);
  }

  /** A line of what a GET answers, wherever the network cuts it. */
  private List<String> listen(DisposableServer server, String path) {
    List<String> lines = new CopyOnWriteArrayList<>();
    both.disposedAtTheEnd(
        get(server, path)
            .concatMapIterable(text -> List.of(text.split("(?<=\n)")))
            .bufferUntil(text -> text.endsWith("\n"))
            .map(parts -> String.join("", parts).strip())
            .filter(line -> !line.isEmpty())
            .subscribe(lines::add));
    return lines;
  }

  @Test
  void serverSentEventsOfWhatArrives() throws IOException {
    RioConnection udp = both.bind(both.rioServer());
    Flux<String> arrivals = udp.receive().map(Datagram::asString).share();
    DisposableServer http =
        http(
            routes ->
                routes.get(
                    "/events",
                    (request, response) ->
                        response
                            .sse()
                            .sendString(arrivals.map(text -> "data: " + text + "\n\n"), UTF_8)));

    List<String> one = listen(http, "/events");
    List<String> another = listen(http, "/events");

    try (TestPeer peer = new TestPeer()) {
      eventually( // until both are there, what arrives is seen by none or by one
          () -> {
            peer.send(udp.localAddress(), "tick");
            assertThat(one).contains("data: tick");
            assertThat(another).contains("data: tick");
          });
      peer.send(udp.localAddress(), "the end");
    }

    eventually(() -> assertThat(one).endsWith("data: the end"));
    eventually(() -> assertThat(another).endsWith("data: the end"));
  }

  @Test
  void whenTheLastListenerIsGoneNothingIsPosted() throws IOException {
    RioConnection udp = both.bind(both.rioServer());
    DisposableServer http =
        http(
            routes ->
                routes.get(
                    "/events",
                    (request, response) ->
                        response
                            .sse()
                            .sendString(
                                udp.receive()
                                    .map(Datagram::asString)
                                    .map(text -> "data: " + text + "\n\n"),
                                UTF_8)));

    Disposable listener = get(http, "/events").subscribe();
    eventually(() -> assertThat(udp.stats().posted()).isPositive());
    listener.dispose();

    eventually(() -> assertThat(udp.stats().demand()).isZero());
    try (TestPeer peer = new TestPeer()) {
      peer.send(udp.localAddress(), "for whoever comes next");
      CompletableFuture<String> next = udp.next().map(Datagram::asString).toFuture();
      // A kernel that keeps what is posted may have received that one for nobody.
      eventually(() -> assertThat(next.isDone() || wasForNobody(udp)).isTrue());
      if (wasForNobody(udp)) {
        peer.send(udp.localAddress(), "for whoever comes next");
      }
      eventually(() -> assertThat(next).isCompletedWithValue("for whoever comes next"));
    }
  }

  private static boolean wasForNobody(RioConnection udp) {
    return udp.stats().count(DropReason.CANCELLED) > 0;
  }

  /** A socket for each request; reactor-netty's server is the one that is asked. */
  @Test
  void anHttpRequestIsAnsweredByAUdpRequest() {
    RioUdpClient udp =
        both.rioClient(addressOf(both.bind(both.nettyServer().handle(BothLibraries::echo))));
    DisposableServer http =
        http(
            routes ->
                routes.get(
                    "/ask/{question}", (request, response) -> answer(udp, request, response)));

    List<String> answers =
        Flux.range(0, 50)
            .flatMap(i -> get(http, "/ask/no" + i).collectList().map(all -> String.join("", all)))
            .collectList()
            .block(LONG);

    assertThat(answers)
        .containsExactlyInAnyOrderElementsOf(
            IntStream.range(0, 50).mapToObj(i -> "no" + i).toList());
  }

  private static Publisher<Void> answer(
      RioUdpClient udp, HttpServerRequest request, HttpServerResponse response) {
    String question = Objects.requireNonNull(request.param("question"));
    return response.sendString(
        Mono.usingWhen(
            udp.connect(),
            client ->
                client
                    .request(
                        Datagram.of(question),
                        answer -> answer.asString().equals(question),
                        LONG.dividedBy(3),
                        Retry.max(1))
                    .map(Datagram::asString),
            client -> {
              client.dispose();
              return client.onDispose();
            }),
        UTF_8);
  }
}
