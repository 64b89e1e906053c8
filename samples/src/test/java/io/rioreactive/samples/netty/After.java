package io.rioreactive.samples.netty;

import io.rioreactive.Datagram;
import io.rioreactive.Membership;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioInbound;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * The examples of docs/FROM-REACTOR-NETTY.md, word for word, as this library has them; {@link
 * Before} has each by the same name.
 */
final class After {

  private After() {}

  static RioConnection echo(int port) {
    return RioUdpServer.create()
        .host("127.0.0.1")
        .port(port)
        .handle((in, out) -> out.send(in.receive()))
        .bindNow();
  }

  static RioConnection resolver(Function<String, Mono<String>> lookUp) {
    return RioUdpServer.create()
        .respond(query -> lookUp.apply(query.asString()).map(query::reply), 64)
        .bindNow();
  }

  static Mono<String> ask(int port, String question) {
    return RioUdpClient.create()
        .host("127.0.0.1")
        .port(port)
        .connect()
        .flatMap(
            client ->
                client
                    .send(Mono.just(Datagram.of(question)))
                    .then(client.next())
                    .map(Datagram::asString)
                    .timeout(Duration.ofSeconds(10))
                    .doFinally(end -> client.dispose()));
  }

  static RioConnection member(InetAddress group, NetworkInterface on, Consumer<String> heard) {
    return RioUdpServer.create()
        .host("0.0.0.0")
        .join(Membership.of(group).on(on))
        .handle((in, out) -> in.receive().map(Datagram::asString).doOnNext(heard).then())
        .bindNow();
  }

  static Flux<Reading> readings(RioInbound in) {
    return in.receive(view -> new Reading(view.remoteAddress(), view.getLong(0), view.getInt(8)));
  }

  static Mono<Void> stored(RioInbound in, Function<byte[], Mono<Void>> store) {
    return in.receive()
        .publishOn(Schedulers.boundedElastic())
        .concatMap(datagram -> store.apply(datagram.asByteArray()))
        .then();
  }

  static RioUdpServer large() {
    return RioUdpServer.create()
        .datagramSize(9_000)
        .option(StandardSocketOptions.SO_RCVBUF, 4_194_304);
  }

  static RioUdpServer observed(Path capture) {
    return RioUdpServer.create().name("dns").metrics(true).wiretap(capture);
  }

  static RioConnection announced(Consumer<InetSocketAddress> log) {
    return RioUdpServer.create().doOnBound(server -> log.accept(server.localAddress())).bindNow();
  }

  static List<RioConnection> twoOnSharedThreads(PumpGroup pumps) {
    RioUdpServer server = RioUdpServer.create().runOn(pumps);
    return List.of(server.bindNow(), server.bindNow());
  }

  static void stop(RioConnection server) {
    server.shutdown(Duration.ofSeconds(5)).block(); // after what is under way
  }
}
