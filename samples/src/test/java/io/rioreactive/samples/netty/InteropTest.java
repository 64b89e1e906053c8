package io.rioreactive.samples.netty;

import static io.rioreactive.samples.netty.BothLibraries.LONG;
import static io.rioreactive.samples.netty.BothLibraries.addressOf;
import static io.rioreactive.samples.netty.BothLibraries.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static reactor.core.publisher.Sinks.EmitFailureHandler.FAIL_FAST;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;

/** reactor-netty's clients and our servers, our clients and its servers, and chains of both. */
@Timeout(120)
class InteropTest {

  /** The longest payload of IPv4. */
  private static final int LONGEST = 65_507;

  private static final int PEERS = 100;
  private static final int BURST = 500;

  /** Fits any receive buffer, so that nothing of a burst is lost. */
  private static final int IN_FLIGHT = 32;

  private final BothLibraries both = new BothLibraries();

  @AfterEach
  void close() {
    both.close();
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private RioConnection ourEcho() {
    return both.bind(both.rioServer().handle(BothLibraries::echo));
  }

  private Connection itsEcho() {
    return both.bind(both.nettyServer().handle(BothLibraries::echo));
  }

  private static Mono<byte[]> ask(Connection client, byte[] payload) {
    return client
        .outbound()
        .sendByteArray(Mono.just(payload))
        .then()
        .then(client.inbound().receive().asByteArray().next());
  }

  private static Mono<byte[]> ask(RioConnection client, byte[] payload) {
    return client
        .send(Mono.just(Datagram.of(payload)))
        .then(client.next())
        .map(Datagram::asByteArray);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 1_200, 2_048})
  void itsClientAsksOurServer(int length) {
    Connection client = both.connect(both.nettyClient(ourEcho().localAddress()));

    assertThat(ask(client, random(length)).block(LONG)).isEqualTo(random(length));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 1_200, 2_048})
  void ourClientAsksItsServer(int length) {
    RioConnection client = both.connect(both.rioClient(addressOf(itsEcho())));

    assertThat(ask(client, random(length)).block(LONG)).isEqualTo(random(length));
    assertThat(client.stats().unreachable()).isZero();
  }

  @Test
  void theLongestDatagramFromItsClientToOurServer() {
    RioConnection echo =
        both.bind(both.rioServer().datagramSize(LONGEST).handle(BothLibraries::echo));
    Connection client =
        both.connect(
            both.nettyClient(echo.localAddress())
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(LONGEST)));

    assertThat(ask(client, random(LONGEST)).block(LONG)).isEqualTo(random(LONGEST));
  }

  @Test
  void theLongestDatagramFromOurClientToItsServer() {
    Connection echo =
        both.bind(
            both.nettyServer()
                .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(LONGEST))
                .handle(BothLibraries::echo));
    RioConnection client = both.connect(both.rioClient(addressOf(echo)).datagramSize(LONGEST));

    assertThat(ask(client, random(LONGEST)).block(LONG)).isEqualTo(random(LONGEST));
  }

  @Test
  void anEmptyDatagramFromOurClientReachesItsServer() {
    Connection server =
        both.bind(
            both.nettyServer()
                .handle(
                    (in, out) ->
                        out.sendObject(
                            in.receiveObject()
                                .cast(DatagramPacket.class)
                                .map(asked -> BothLibraries.reply(asked, lengthOf(asked))))));
    RioConnection client = both.connect(both.rioClient(addressOf(server)));

    assertThat(ask(client, new byte[0]).block(LONG)).isEqualTo("0 bytes".getBytes(UTF_8));
  }

  private static byte[] lengthOf(DatagramPacket packet) {
    return (packet.content().readableBytes() + " bytes").getBytes(UTF_8);
  }

  /** Netty says that it is sent, and does not send it: the next one is the first to arrive. */
  @Test
  void itsClientSendsNoEmptyDatagram() {
    RioConnection server = both.bind(both.rioServer());
    Connection client = both.connect(both.nettyClient(server.localAddress()));

    send(client, Unpooled.EMPTY_BUFFER);
    send(client, Unpooled.copiedBuffer("not empty", UTF_8));

    assertThat(server.next().map(Datagram::asString).block(LONG)).isEqualTo("not empty");
    eventually(() -> assertThat(server.stats().received()).isEqualTo(1));
  }

  private static InetSocketAddress peerOf(Connection client) {
    return (InetSocketAddress) client.channel().remoteAddress();
  }

  private static void send(Connection client, ByteBuf payload) {
    client
        .outbound()
        .sendObject(Mono.just(new DatagramPacket(payload, peerOf(client))))
        .then()
        .block(LONG);
  }

  @Test
  void aBurstOfItsClientThroughOurServerThatTakesOneAtATime() {
    RioConnection server =
        both.bind(
            both.rioServer()
                .handle((in, out) -> out.send(in.receive().concatMap(InteropTest::elsewhere))));
    Connection client = both.connect(both.nettyClient(server.localAddress()));
    Window window = new Window();

    Mono<List<String>> answers = window.collect(client.inbound().receive().asString(UTF_8)).cache();
    answers.subscribe();
    client.outbound().sendString(window.numbers(), UTF_8).then().subscribe();

    assertThat(answers.block(LONG)).isEqualTo(Window.all());
    eventually(() -> assertThat(server.stats().received()).isEqualTo(BURST));
  }

  /** Leaves the pump, so that the next is asked for when this one is done. */
  private static Mono<Datagram> elsewhere(Datagram datagram) {
    return Mono.just(datagram).publishOn(Schedulers.parallel());
  }

  @Test
  void aBurstOfOurClientThroughItsServer() {
    RioConnection client =
        both.connect(both.rioClient(addressOf(itsEcho())).receiveSlots(256).sendSlots(4));
    Window window = new Window();

    Mono<List<String>> answers =
        window.collect(client.receive().limitRate(8).map(Datagram::asString)).cache();
    answers.subscribe();
    client.send(window.numbers().map(Datagram::of)).subscribe();

    assertThat(answers.block(LONG)).isEqualTo(Window.all());
    eventually(() -> assertThat(client.stats().sent()).isEqualTo(BURST));
  }

  @Test
  void manyOfItsClientsAndOneOfOurServers() {
    RioConnection echo = ourEcho();
    List<Connection> clients = new ArrayList<>();
    for (int i = 0; i < PEERS; i++) {
      clients.add(both.connect(both.nettyClient(echo.localAddress())));
    }

    assertThat(
            Flux.range(0, PEERS)
                .flatMap(i -> ask(clients.get(i), nameOf(i)).map(said -> is(i, said)), PEERS)
                .all(Boolean::booleanValue)
                .block(LONG))
        .isTrue();
    eventually(() -> assertThat(echo.stats().sent()).isEqualTo(PEERS));
  }

  @Test
  void manyOfOurClientsAndOneOfItsServers() {
    Connection echo = itsEcho();
    List<RioConnection> clients = new ArrayList<>();
    for (int i = 0; i < PEERS; i++) {
      clients.add(both.connect(both.rioClient(addressOf(echo))));
    }

    assertThat(
            Flux.range(0, PEERS)
                .flatMap(i -> ask(clients.get(i), nameOf(i)).map(said -> is(i, said)), PEERS)
                .all(Boolean::booleanValue)
                .block(LONG))
        .isTrue();
  }

  private static byte[] nameOf(int peer) {
    return ("peer " + peer).getBytes(UTF_8);
  }

  private static boolean is(int peer, byte[] said) {
    return new String(said, UTF_8).equals("peer " + peer);
  }

  /**
   * Peer, our server, its client, its server, our client, our echo, and all the way back: each
   * library's Flux is what the other sends.
   */
  @Test
  void aChainOfBothInOneProcess() throws Exception {
    Connection itsRelay = itsRelay(both.connect(both.rioClient(ourEcho().localAddress())));
    RioConnection ourRelay = ourRelay(both.connect(both.nettyClient(addressOf(itsRelay))));

    try (TestPeer peer = new TestPeer()) {
      for (int i = 0; i < 100; i++) {
        assertThat(peer.ask(ourRelay.localAddress(), "no. " + i)).isEqualTo("no. " + i);
      }
    }
    assertThat(ourRelay.stats().received()).isEqualTo(100);
    assertThat(ourRelay.stats().droppedTotal()).isZero();
    assertThat(ourRelay.stats().handlerFailures()).isZero();
  }

  /** Relays between its last peer and the server of its client. */
  private RioConnection ourRelay(Connection onward) {
    AtomicReference<InetSocketAddress> peer = new AtomicReference<>();
    return both.bind(
        both.rioServer()
            .handle(
                (in, out) ->
                    Mono.when(
                        onward
                            .outbound()
                            .sendByteArray(
                                in.receive()
                                    .doOnNext(asked -> peer.set(asked.remoteAddress()))
                                    .map(Datagram::asByteArray)),
                        out.send(
                            onward
                                .inbound()
                                .receive()
                                .asByteArray()
                                .map(answer -> Datagram.to(peer.get(), answer))))));
  }

  private Connection itsRelay(RioConnection onward) {
    AtomicReference<InetSocketAddress> peer = new AtomicReference<>();
    return both.bind(
        both.nettyServer()
            .handle(
                (in, out) ->
                    Mono.when(
                        onward.send(
                            in.receiveObject()
                                .cast(DatagramPacket.class)
                                .doOnNext(asked -> peer.set(asked.sender()))
                                .map(asked -> Datagram.of(BothLibraries.bytesOf(asked)))),
                        out.sendObject(
                            onward
                                .receive()
                                .map(
                                    answer ->
                                        new DatagramPacket(
                                            Unpooled.wrappedBuffer(answer.asByteArray()),
                                            peer.get()))))));
  }

  /** Numbers of which a bounded number is under way: each answer makes room for another. */
  private static final class Window {

    private final Sinks.Many<Boolean> room = Sinks.many().unicast().onBackpressureBuffer();

    Window() {
      for (int i = 0; i < IN_FLIGHT; i++) {
        room.tryEmitNext(true).orThrow();
      }
    }

    static List<String> all() {
      return IntStream.range(0, BURST).mapToObj(String::valueOf).toList();
    }

    Flux<String> numbers() {
      return Flux.fromIterable(all()).zipWith(room.asFlux(), 1, (number, free) -> number);
    }

    Mono<List<String>> collect(Flux<String> answers) {
      return answers.doOnNext(answer -> room.emitNext(true, FAIL_FAST)).take(BURST).collectList();
    }
  }
}
