package io.rioreactive.test;

import static io.rioreactive.test.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.Datagram;
import io.rioreactive.DropReason;
import io.rioreactive.Membership;
import io.rioreactive.RioConnection;
import io.rioreactive.RioSocketOptions;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Sockets on a simulated network, on the wall's time: who hears whom. */
@Timeout(30)
class SimulatedNetworkTest {

  private static final Duration LONG = Duration.ofSeconds(10);

  private final SimulatedNetwork network = SimulatedNetwork.create(1);

  @AfterEach
  void close() {
    network.close();
    NetworkLaw.assertThatItHolds(network);
  }

  private RioUdpServer server(String host, int port) {
    return RioUdpServer.create().host(host).port(port).runOn(network.pumps());
  }

  private RioUdpClient client(String host, int port) {
    return RioUdpClient.create().host(host).port(port).runOn(network.pumps());
  }

  private RioConnection echo(String host, int port) {
    return server(host, port).handle((in, out) -> out.send(in.receive())).bindNow();
  }

  private static String ask(RioConnection client, String text) {
    return client.send(Mono.just(Datagram.of(text))).then(client.next()).block(LONG).asString();
  }

  @Test
  void aServerAnswersItsClient() {
    echo("10.0.0.1", 53);
    RioConnection client = client("10.0.0.1", 53).connectNow();

    assertThat(ask(client, "hello")).isEqualTo("hello");
    assertThat(client.remoteAddress().toString()).isEqualTo("/10.0.0.1:53");
    assertThat(client.localAddress().getAddress().isAnyLocalAddress()).isFalse();
  }

  @Test
  void ipv6() {
    echo("2001:db8::1", 53);
    RioConnection client = client("2001:db8::1", 53).connectNow();

    assertThat(ask(client, "hello")).isEqualTo("hello");
  }

  @Test
  void hundredServersAndClientsDoNotMixUp() {
    List<RioConnection> clients =
        IntStream.range(0, 100)
            .mapToObj(
                i -> {
                  String host = "10.0." + i + ".1";
                  server(host, 53)
                      .respond(q -> Mono.just(q.reply(host + " says " + q.asString())))
                      .bindNow();
                  return client(host, 53).connectNow();
                })
            .toList();

    for (int i = 0; i < 100; i++) {
      assertThat(ask(clients.get(i), "hi")).isEqualTo("10.0." + i + ".1 says hi");
    }
  }

  @Test
  void oneAddressAndPortIsOneSocket() {
    RioConnection first = server("10.0.0.1", 53).bindNow();
    server("10.0.0.2", 53).bindNow();
    server("10.0.0.1", 54).bindNow();

    assertThatThrownBy(() -> server("10.0.0.1", 53).bindNow())
        .isInstanceOf(UncheckedIOException.class)
        .hasCauseInstanceOf(BindException.class)
        .hasMessageContaining("10.0.0.1:53");
    first.disposeNow();
    server("10.0.0.1", 53).bindNow();
  }

  @Test
  void portZeroPicksOneThatNobodyHas() {
    List<Integer> ports =
        IntStream.range(0, 50)
            .mapToObj(i -> server("127.0.0.1", 0).bindNow().localAddress().getPort())
            .toList();

    assertThat(ports).doesNotHaveDuplicates().allMatch(port -> port > 0);
  }

  @Test
  void aWildcardHearsEveryAddressThatHasNoSocketOfItsOwn() {
    List<String> heard = new CopyOnWriteArrayList<>();
    server("0.0.0.0", 53)
        .handle((in, out) -> in.receive().doOnNext(d -> heard.add("any " + d.asString())).then())
        .bindNow();
    server("10.0.0.1", 53)
        .handle((in, out) -> in.receive().doOnNext(d -> heard.add("own " + d.asString())).then())
        .bindNow();

    for (String host : List.of("10.0.0.1", "10.0.0.2")) {
      client(host, 53).connectNow().send(Mono.just(Datagram.of(host))).block(LONG);
    }

    eventually(() -> assertThat(heard).containsExactly("own 10.0.0.1", "any 10.0.0.2"));
  }

  @Test
  void aWildcardAnswersFromWhereItWasAskedOnlyWithPacketInfo() {
    server("0.0.0.0", 53)
        .handle((in, out) -> out.send(in.receive().map(d -> d.reply("from loopback"))))
        .bindNow();
    server("0.0.0.0", 54)
        .packetInfo(true)
        .handle((in, out) -> out.send(in.receive().map(d -> d.reply(d.localAddress() + ""))))
        .bindNow();
    RioConnection deaf = client("10.0.0.1", 53).connectNow();

    deaf.send(Mono.just(Datagram.of("hello"))).block(LONG);
    eventually(() -> assertThat(network.stats().lost(LossCause.NOT_THE_PEER)).isEqualTo(1));
    assertThat(ask(client("127.0.0.1", 53).connectNow(), "hello")).isEqualTo("from loopback");
    assertThat(ask(client("10.0.0.1", 54).connectNow(), "hello")).isEqualTo("/10.0.0.1:54");
  }

  @Test
  void aGroupReachesThoseWhoJoined() {
    List<String> heard = new CopyOnWriteArrayList<>();
    Membership group = Membership.of(InetAddress.ofLiteral("239.1.2.3"));
    for (int i = 0; i < 3; i++) {
      int member = i;
      RioUdpServer server =
          server("0.0.0.0", 5353).option(StandardSocketOptions.SO_REUSEADDR, true);
      (i == 2 ? server : server.join(group))
          .handle(
              (in, out) ->
                  in.receive().doOnNext(d -> heard.add(member + " " + d.asString())).then())
          .bindNow();
    }

    client("239.1.2.3", 5353).connectNow().send(Mono.just(Datagram.of("hi"))).block(LONG);
    client("239.9.9.9", 5353).connectNow().send(Mono.just(Datagram.of("hi"))).block(LONG);

    eventually(() -> assertThat(heard).containsExactlyInAnyOrder("0 hi", "1 hi"));
    eventually(() -> assertThat(network.stats().lost(LossCause.NO_SOCKET)).isEqualTo(1));
    assertThat(network.stats().duplicated()).isEqualTo(1);
  }

  @Test
  void packetInfoTellsWhereADatagramCameToAndHow() {
    RioConnection server = server("0.0.0.0", 53).packetInfo(true).bindNow();
    client("10.0.0.7", 53)
        .option(RioSocketOptions.IP_TTL, 7)
        .connectNow()
        .send(Mono.just(Datagram.of("hi")))
        .block(LONG);

    Datagram datagram = server.next().block(LONG);

    assertThat(datagram.localAddress().toString()).isEqualTo("/10.0.0.7:53");
    assertThat(datagram.hopLimit()).isEqualTo(7);
  }

  @Test
  void aFullReceiveBufferDropsAndBothSidesCountIt() {
    network.receiveBuffer(3);
    RioConnection server = server("10.0.0.1", 53).bindNow();
    RioConnection client = client("10.0.0.1", 53).connectNow();

    client.send(Flux.range(0, 10).map(i -> Datagram.of("" + i))).block(LONG);

    eventually(() -> assertThat(network.stats().lost(LossCause.RECEIVE_BUFFER)).isEqualTo(7));
    assertThat(server.stats().kernelDrops()).hasValue(7);
    assertThat(server.receive().take(3).map(Datagram::asString).collectList().block(LONG))
        .containsExactly("0", "1", "2");
  }

  @Test
  void aReceiveBufferInBytes() {
    RioConnection server =
        server("10.0.0.1", 53).option(StandardSocketOptions.SO_RCVBUF, 100).bindNow();
    RioConnection client = client("10.0.0.1", 53).connectNow();

    client.send(Flux.just(60, 41, 40, 0).map(size -> Datagram.of(new byte[size]))).block(LONG);

    eventually(() -> assertThat(network.stats().lost(LossCause.RECEIVE_BUFFER)).isEqualTo(2));
    assertThat(server.receive().take(2).map(Datagram::length).collectList().block(LONG))
        .containsExactly(60, 40);
  }

  @Test
  void aRestartedServerIsHeardAgainAndTheClientIsToldInBetween() {
    RioConnection first = echo("10.0.0.1", 53);
    RioConnection client = client("10.0.0.1", 53).connectNow();
    assertThat(ask(client, "before")).isEqualTo("before");

    first.disposeNow();
    client.send(Mono.just(Datagram.of("lost"))).block(LONG);
    eventually(() -> assertThat(client.stats().unreachable()).isEqualTo(1));
    echo("10.0.0.1", 53);

    assertThat(ask(client, "after")).isEqualTo("after");
    assertThat(network.stats().lost(LossCause.NO_SOCKET)).isEqualTo(1);
  }

  @Test
  void windowsModeKeepsPosts() {
    try (SimulatedNetwork windows = SimulatedNetwork.create(1).keepingPosts()) {
      RioConnection server = RioUdpServer.create().runOn(windows.pumps()).bindNow();
      assertThat(server.stats().kernelDrops()).isEmpty();
      server.receive().subscribe().dispose();
      assertThatThrownBy(windows::keepingPosts).hasMessageContaining("comes too late");
    }
  }

  @Test
  void whatIsLeftForTheNextTurnIsDoneThoughNothingArrives() {
    RioConnection server = server("10.0.0.1", 53).bindNow();

    server.send(Flux.range(0, 2_000).map(i -> Datagram.of("to whom?"))).block(LONG);

    assertThat(server.stats().count(DropReason.BAD_ADDRESS)).isEqualTo(2_000);
  }

  @Test
  void twoPumpsOnOneNetwork() {
    network.pumps().size(2);
    echo("10.0.0.1", 53);
    RioConnection client = client("10.0.0.1", 53).connectNow();

    assertThat(ask(client, "over to the other pump")).isEqualTo("over to the other pump");
  }

  @Test
  void whatIsBoundAfterTheEndIsToldSo() {
    network.close();
    assertThatThrownBy(() -> server("10.0.0.1", 53).bindNow()).hasMessageContaining("disposed");
    network.close();
  }

  @Test
  void everyFailureTellsTheSeed() {
    assertThat(network.toString()).contains("SimulatedNetwork.create(1L)");
    try (SimulatedNetwork one = SimulatedNetwork.create();
        SimulatedNetwork other = SimulatedNetwork.create()) {
      assertThat(one.seed()).isNotEqualTo(other.seed());
    }
  }

  @Test
  void broadcastsReachNobody() {
    RioConnection all = server("0.0.0.0", 53).bindNow();
    RioConnection sender = server("10.0.0.2", 99).bindNow();

    sender
        .send(Mono.just(Datagram.to(new InetSocketAddress("255.255.255.255", 53), new byte[1])))
        .block(LONG);

    eventually(() -> assertThat(network.stats().lost(LossCause.NO_SOCKET)).isEqualTo(1));
    assertThat(all.stats().received()).isZero();
  }

  @Test
  void whatIsDoneByHandIsSeenThoughNobodyTurnsThePump() {
    RioConnection server = server("10.0.0.1", 53).bindNow();
    RioConnection client = client("10.0.0.1", 53).connectNow();
    CompletableFuture<Datagram> delivered = server.next().toFuture();
    eventually(() -> assertThat(server.stats().posted()).isEqualTo(1));
    SimulatedSocket.of(server).deliver("by hand");
    assertThat(Mono.fromFuture(delivered).block(LONG).asString()).isEqualTo("by hand");

    SimulatedSocket.of(client).holdSends();
    CompletableFuture<Void> sent = client.send(Mono.just(Datagram.of("held"))).toFuture();
    eventually(() -> assertThat(SimulatedSocket.of(client).sendsHeld()).hasSize(1));
    SimulatedSocket.of(client).releaseSends();
    Mono.fromFuture(sent).block(LONG);
    assertThat(server.next().block(LONG).asString()).isEqualTo("held");
  }

  @Test
  void aClosedSocketHoldsNoMemoryThoughTheNetworkKeepsIt() {
    RioConnection server = server("10.0.0.1", 53).bindNow();
    MemorySegment receives = SimulatedSocket.of(server).state().receives().lane().region().memory();
    assertThat(receives.scope().isAlive()).isTrue();

    server.disposeNow();

    assertThat(receives.scope().isAlive()).isFalse();
    assertThat(network.kernel().sockets()).hasSize(1);
  }
}
