package io.rioreactive.test.contract;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.contract.Testbed.LONG;
import static io.rioreactive.test.contract.Testbed.LOOPBACK;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rioreactive.Datagram;
import io.rioreactive.DatagramView;
import io.rioreactive.DatagramWriter;
import io.rioreactive.Drop;
import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.Needs;
import io.rioreactive.test.Peer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Where a datagram came to, and answers that leave from there. */
interface PacketInfoContract extends OnTestbed {

  InetAddress SECOND = InetAddress.ofLiteral("127.0.0.2");
  InetAddress BROADCAST = InetAddress.ofLiteral("127.255.255.255");

  /** What Linux and Windows begin with. */
  List<Integer> FIRST_HOP_LIMITS = List.of(64, 128);

  /** What answers where it was asked, with the sockets of the JDK's on the other side. */
  record Asked(InetSocketAddress from, InetSocketAddress at, int interfaceIndex, String text) {

    static Asked decode(DatagramView view) {
      return new Asked(
          view.remoteAddress(), view.localAddress(), view.interfaceIndex(), view.asString());
    }

    void encode(DatagramWriter writer) {
      writer.remoteAddress(from).from(at, 0).put(text);
    }
  }

  private RioUdpServer server(String host) {
    return testbed().server().host(host).packetInfo(true);
  }

  private void requirePacketInfo() {
    assumeTrue(testbed().hasPacketInfo(), "a provider without packet info");
  }

  private static InetSocketAddress at(InetAddress address, RioConnection server) {
    return new InetSocketAddress(address, server.localAddress().getPort());
  }

  private static DatagramSocket socket(InetAddress local) throws IOException {
    DatagramSocket socket = new DatagramSocket(0, local);
    socket.setSoTimeout((int) LONG.toMillis());
    return socket;
  }

  private static void send(DatagramSocket socket, String text, InetSocketAddress to)
      throws IOException {
    byte[] bytes = text.getBytes(UTF_8);
    socket.send(new DatagramPacket(bytes, bytes.length, to));
  }

  private static String receive(DatagramSocket socket) throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[64], 64);
    socket.receive(packet);
    return new String(packet.getData(), 0, packet.getLength(), UTF_8);
  }

  /** Asks from a connected socket, which hears nobody but the very address it has asked. */
  private static void assertAnswers(RioConnection server, InetAddress local, InetAddress asked)
      throws IOException {
    try (DatagramSocket socket = socket(local)) {
      socket.connect(at(asked, server));
      send(socket, "hello", at(asked, server));
      assertThat(receive(socket)).isEqualTo("hello");
    }
  }

  /** What the routes do not lead to comes last: some systems take no notice of a source. */
  private void assertAnswersFromEach(RioConnection server, String host) throws IOException {
    Needs.manyLoopbackAddresses();
    assertAnswers(server, LOOPBACK, LOOPBACK);
    assertAnswers(server, SECOND, LOOPBACK);
    if (host.equals("::")) {
      assertAnswers(server, AddressContract.LOOPBACK_V6, AddressContract.LOOPBACK_V6);
    }
    testbed().needSources();
    assertAnswers(server, LOOPBACK, SECOND);
    assertThat(server.stats().failedTotal()).isZero();
  }

  @Test
  default void aProviderWithoutPacketInfoRefusesTheBindByName() {
    assumeFalse(testbed().hasPacketInfo(), "a provider with packet info");

    assertThatThrownBy(() -> server("127.0.0.1").bindNow())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("packetInfo is on")
        .hasMessageContaining("leave it off");
    assertThatThrownBy(
            () -> testbed().client().packetInfo(true).host("127.0.0.1").port(9).connectNow())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("packetInfo is on");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::"})
  default void aReplyLeavesFromTheAddressThatWasAsked(String host) throws IOException {
    requirePacketInfo();
    RioConnection server =
        testbed()
            .bind(
                server(host)
                    .handle((in, out) -> out.send(in.receive().map(d -> d.reply(d.asString())))));

    assertAnswersFromEach(server, host);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::"})
  default void whatIsSentBackLeavesFromThereToo(String host) throws IOException {
    requirePacketInfo();

    assertAnswersFromEach(testbed().echo(server(host)), host);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::"})
  default void anEncoderSaysWhereItLeavesFrom(String host) throws IOException {
    requirePacketInfo();
    RioConnection server =
        testbed()
            .bind(
                server(host)
                    .handle((in, out) -> out.send(in.receive(Asked::decode), Asked::encode)));

    assertAnswersFromEach(server, host);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::"})
  default void respondAnswersFromThere(String host) throws IOException {
    requirePacketInfo();
    RioConnection server =
        testbed().bind(server(host).respond(d -> Mono.just(d.reply(d.asString())), 4));

    assertAnswersFromEach(server, host);
  }

  @ParameterizedTest
  @CsvSource({"0.0.0.0, 127.0.0.2", "127.0.0.2, 127.0.0.2", "::, 127.0.0.2", "::, ::1"})
  default void addressInterfaceHopLimitAndTrafficClassAreTold(String bind, String host)
      throws IOException {
    requirePacketInfo();
    Needs.manyLoopbackAddresses();
    InetAddress asked = InetAddress.ofLiteral(host);
    RioConnection server = testbed().bind(server(bind));
    try (DatagramSocket socket = socket(asked)) {
      socket.setOption(StandardSocketOptions.IP_TOS, 0xBA); // expedited, and ECT(0)
      send(socket, "hello", at(asked, server));

      Datagram datagram = server.next().block(LONG);

      assertThat(datagram.localAddress()).isEqualTo(at(asked, server));
      assertThat(datagram.remoteAddress()).isEqualTo(socket.getLocalSocketAddress());
      assertThat(datagram.interfaceIndex())
          .isEqualTo(NetworkInterface.getByInetAddress(LOOPBACK).getIndex());
      int trafficClass = testbed().peersSetTrafficClass(asked) ? 0xBA : 0;
      assertThat(datagram.trafficClass()).isEqualTo(trafficClass);
      assertThat(datagram.hopLimit()).isIn(FIRST_HOP_LIMITS);
      assertThat(datagram.reply("x").localAddress()).isEqualTo(datagram.localAddress());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "::"})
  default void anAnswerToABroadcastLeavesFromTheInterfacesOwnAddress(String host)
      throws IOException {
    requirePacketInfo();
    testbed().needBroadcasts();
    List<Datagram> seen = new CopyOnWriteArrayList<>();
    RioConnection server =
        testbed()
            .bind(
                server(host)
                    .handle(
                        (in, out) ->
                            out.send(in.receive().doOnNext(seen::add).map(d -> d.reply("here")))));
    try (DatagramSocket socket = socket(LOOPBACK)) {
      socket.setBroadcast(true);
      send(socket, "who is there?", at(BROADCAST, server));

      DatagramPacket answer = new DatagramPacket(new byte[64], 64);
      socket.receive(answer);

      assertThat(answer.getSocketAddress()).isEqualTo(at(LOOPBACK, server));
      assertThat(seen)
          .singleElement()
          .extracting(Datagram::localAddress)
          .isEqualTo(at(BROADCAST, server));
    }
  }

  @Test
  default void aSourceThatIsNotThereFailsThatDatagramAlone() {
    requirePacketInfo();
    Needs.ownAddressesOnly();
    List<Drop> drops = new CopyOnWriteArrayList<>();
    RioConnection server = testbed().bind(server("0.0.0.0").doOnDrop(drops::add));
    Peer peer = testbed().peer();
    InetSocketAddress nobodys =
        new InetSocketAddress(InetAddress.ofLiteral("198.51.100.77"), 0); // for documentation only

    server
        .send(
            Flux.range(0, 100),
            (i, writer) -> {
              writer.remoteAddress(peer.address()).put("no. " + i);
              if (i % 10 == 7) {
                writer.from(nobodys, 0);
              } else if (i % 2 == 0) {
                writer.from(at(LOOPBACK, server), 0);
              }
            })
        .block(LONG);

    for (int i = 0; i < 100; i++) {
      if (i % 10 != 7) {
        assertThat(peer.receiveText()).isEqualTo("no. " + i);
      }
    }
    eventually(() -> assertThat(server.stats().failedTotal()).isEqualTo(10));
    assertThat(server.isDisposed()).isFalse();
    assertThat(drops)
        .hasSize(10)
        .allSatisfy(
            drop -> {
              assertThat(drop.reason()).isIn(DropReason.BAD_ADDRESS, DropReason.UNREACHABLE);
              assertThat(drop.peer()).isEqualTo(peer.address());
              assertThat(drop.cause()).hasMessageContaining("source");
            });
  }

  @Test
  default void anIpv6SourceOnAnIpv4SocketFailsThatDatagramAlone() {
    requirePacketInfo();
    RioConnection server = testbed().bind(server("0.0.0.0"));
    Peer peer = testbed().peer();

    server
        .send(
            Flux.just("bad", "good"),
            (text, writer) -> {
              writer.remoteAddress(peer.address()).put(text);
              if (text.equals("bad")) {
                writer.from(at(AddressContract.LOOPBACK_V6, server), 0);
              }
            })
        .block(LONG);

    assertThat(peer.receiveText()).isEqualTo("good");
    assertThat(server.stats().count(DropReason.BAD_ADDRESS)).isEqualTo(1);
  }

  @Test
  default void aConnectedClientIsToldToo() {
    requirePacketInfo();
    RioConnection echo = testbed().echo(testbed().server());
    RioConnection client =
        testbed().connect(testbed().client().packetInfo(true), echo.localAddress());

    client.send(Mono.just(Datagram.of("hello"))).block(LONG);
    Datagram answer = client.next().block(LONG);

    assertThat(answer.localAddress()).isEqualTo(client.localAddress());
    assertThat(answer.hopLimit()).isIn(FIRST_HOP_LIMITS);
    client.send(Mono.just(answer.reply("again"))).block(LONG);
    assertThat(client.next().map(Datagram::asString).block(LONG)).isEqualTo("again");
  }

  @Test
  default void withoutItNothingIsToldAndNoSourceIsTaken() {
    RioConnection server = testbed().bind(testbed().server().host("127.0.0.1"));
    Peer peer = testbed().peer();
    peer.send("hello", server.localAddress());
    Datagram datagram = server.next().block(LONG);

    assertThat(datagram.localAddress()).isNull();
    assertThat(datagram.interfaceIndex()).isZero();
    assertThat(datagram.hopLimit()).isEqualTo(-1);
    assertThat(datagram.trafficClass()).isEqualTo(-1);
    server
        .send(
            Flux.just("from", "plain"),
            (text, writer) -> {
              writer.remoteAddress(peer.address()).put(text);
              if (text.equals("from")) {
                writer.from(server.localAddress(), 0);
              }
            })
        .block(LONG);
    assertThat(peer.receiveText()).isEqualTo("plain");
    assertThat(server.stats().count(DropReason.ENCODER)).isEqualTo(1);
  }
}
