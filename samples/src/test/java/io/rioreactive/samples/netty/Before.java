package io.rioreactive.samples.netty;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;
import reactor.netty.resources.LoopResources;
import reactor.netty.udp.UdpClient;
import reactor.netty.udp.UdpInbound;
import reactor.netty.udp.UdpServer;

/**
 * The examples of docs/FROM-REACTOR-NETTY.md, word for word, as reactor-netty has them; {@link
 * After} has each by the same name.
 */
final class Before {

  private Before() {}

  static Connection echo(int port) {
    return UdpServer.create()
        .host("127.0.0.1")
        .port(port)
        .handle(
            (in, out) ->
                out.sendObject(
                    in.receiveObject()
                        .cast(DatagramPacket.class)
                        .map(
                            asked -> new DatagramPacket(asked.content().retain(), asked.sender()))))
        .bindNow();
  }

  static Connection resolver(Function<String, Mono<String>> lookUp) {
    return UdpServer.create()
        .host("127.0.0.1")
        .port(0)
        .handle(
            (in, out) ->
                out.sendObject(
                    in.receiveObject()
                        .cast(DatagramPacket.class)
                        .flatMap(query -> answer(query, lookUp), 64)))
        .bindNow();
  }

  static Mono<DatagramPacket> answer(DatagramPacket query, Function<String, Mono<String>> lookUp) {
    String name = query.content().toString(UTF_8);
    InetSocketAddress peer = query.sender();
    return Mono.defer(() -> lookUp.apply(name))
        .timeout(Duration.ofSeconds(30))
        .map(answer -> new DatagramPacket(Unpooled.copiedBuffer(answer, UTF_8), peer))
        .onErrorResume(failure -> Mono.empty()); // or the server ends
  }

  static Mono<String> ask(int port, String question) {
    return UdpClient.create()
        .host("127.0.0.1")
        .port(port)
        .connect()
        .flatMap(
            client ->
                client
                    .outbound()
                    .sendString(Mono.just(question))
                    .then()
                    .then(client.inbound().receive().asString().next())
                    .timeout(Duration.ofSeconds(10))
                    .doFinally(end -> client.dispose()));
  }

  static Connection member(
      LoopResources loops, InetAddress group, NetworkInterface on, Consumer<String> heard) {
    return UdpServer.create()
        .runOn(loops, SocketProtocolFamily.INET)
        .bindAddress(() -> new InetSocketAddress("0.0.0.0", 0))
        .handle(
            (in, out) ->
                in.join(group, on).thenMany(in.receive().asString(UTF_8)).doOnNext(heard).then())
        .bindNow();
  }

  static Flux<Reading> readings(UdpInbound in) {
    return in.receiveObject()
        .cast(DatagramPacket.class)
        .filter(packet -> packet.content().readableBytes() >= 12) // or readLong throws: the end
        .map(
            packet ->
                new Reading(
                    packet.sender(), packet.content().readLong(), packet.content().readInt()));
  }

  static Mono<Void> stored(UdpInbound in, Function<byte[], Mono<Void>> store) {
    return in.receive()
        .retain() // or it is released before it is stored
        .publishOn(Schedulers.boundedElastic())
        .concatMap(
            buffer -> store.apply(ByteBufUtil.getBytes(buffer)).doFinally(end -> buffer.release()))
        .then();
  }

  static UdpServer large() {
    return UdpServer.create()
        .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(9_000))
        .option(ChannelOption.SO_RCVBUF, 4_194_304);
  }

  static UdpServer observed() {
    return UdpServer.create().metrics(true).wiretap(true);
  }

  static Connection announced(Consumer<InetSocketAddress> log) {
    return UdpServer.create()
        .host("127.0.0.1")
        .port(0)
        .doOnBound(server -> log.accept((InetSocketAddress) server.address()))
        .bindNow();
  }

  static List<Connection> twoOnSharedThreads(LoopResources loops) {
    UdpServer server = UdpServer.create().runOn(loops).host("127.0.0.1").port(0);
    return List.of(server.bindNow(), server.bindNow());
  }

  static void stop(Connection server) {
    server.disposeNow(Duration.ofSeconds(5)); // what is under way is lost
  }
}
