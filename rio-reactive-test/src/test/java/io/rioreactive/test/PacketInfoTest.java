package io.rioreactive.test;

import static io.rioreactive.test.SimulatedServer.PEER;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.Datagram;
import io.rioreactive.DropReason;
import io.rioreactive.RioUdpServer;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** What the library makes of packet info, on kernels that keep posts and that give them back. */
class PacketInfoTest {

  private static final InetSocketAddress LOCAL =
      new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 50_000);
  private static final InetSocketAddress GROUP =
      new InetSocketAddress(InetAddress.ofLiteral("239.1.2.3"), 50_000);

  private static SimulatedServer bind(boolean withdraws, String host) {
    SimulatedKernel kernel =
        withdraws ? SimulatedKernel.withdrawingPosts() : SimulatedKernel.keepingPosts();
    UnaryOperator<RioUdpServer> options = server -> server.host(host).packetInfo(true);
    return SimulatedServer.bindOn(kernel, options);
  }

  private static List<Datagram> receive(SimulatedServer server) {
    List<Datagram> received = new ArrayList<>();
    server.connection().receive().subscribe(received::add);
    server.run();
    return received;
  }

  private static void deliver(SimulatedServer server, InetSocketAddress from, Arrival arrival) {
    assertThat(server.socket().deliver("hello".getBytes(UTF_8), from, arrival)).isTrue();
    server.run();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void eachDatagramTellsItsOwnAndAnAnswerLeavesFromThere(boolean withdraws) {
    try (SimulatedServer server = bind(withdraws, "0.0.0.0")) {
      List<Datagram> received = receive(server);
      deliver(server, PEER, Arrival.at(LOCAL).by(7).with(3, 0xB8));
      deliver(server, PEER, Arrival.atGroup(GROUP).by(8));
      server.deliver("untold");
      server.run();

      assertThat(received).extracting(Datagram::localAddress).containsExactly(LOCAL, GROUP, null);
      assertThat(received).extracting(Datagram::isUnicast).containsExactly(true, false, false);
      assertThat(received).extracting(Datagram::interfaceIndex).containsExactly(7, 8, 0);
      assertThat(received).extracting(Datagram::hopLimit).containsExactly(3, -1, -1);
      assertThat(received).extracting(Datagram::trafficClass).containsExactly(0xB8, -1, -1);

      server.send(Flux.fromIterable(received).map(d -> d.reply("answer")));
      List<SentDatagram> sent = server.socket().sent();
      assertThat(sent).extracting(SentDatagram::source).containsExactly(LOCAL, null, null);
      assertThat(sent)
          .as("the routes say it where an address does")
          .extracting(SentDatagram::interfaceIndex)
          .containsExactly(0, 8, 0);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anAnswerFromALinkLocalAddressLeavesByItsLink(boolean withdraws) throws UnknownHostException {
    byte[] fe80 = InetAddress.ofLiteral("fe80::1").getAddress();
    InetSocketAddress local =
        new InetSocketAddress(Inet6Address.getByAddress(null, fe80, 5), 50_000);
    InetSocketAddress peer = new InetSocketAddress(Inet6Address.getByAddress(null, fe80, 6), 9);
    try (SimulatedServer server = bind(withdraws, "::")) {
      List<Datagram> received = receive(server);
      deliver(server, peer, Arrival.at(local).by(5));

      server.send(Flux.fromIterable(received).map(d -> d.reply("answer")));

      SentDatagram sent = server.socket().sent().getFirst();
      assertThat(sent.source()).isEqualTo(local);
      assertThat(((Inet6Address) sent.source().getAddress()).getScopeId()).isEqualTo(5);
      assertThat(sent.interfaceIndex()).isEqualTo(5);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anIpv4DatagramOnADualStackSocketIsShownAsIpv4(boolean withdraws) {
    try (SimulatedServer server = bind(withdraws, "::")) {
      List<Datagram> received = receive(server);
      deliver(server, PEER, Arrival.at(LOCAL));

      assertThat(received).extracting(Datagram::localAddress).containsExactly(LOCAL);
      assertThat(received).extracting(Datagram::remoteAddress).containsExactly(PEER);
    }
  }

  /** What waits in the receive buffer keeps its own. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void itIsToldOfWhatCameBeforeAnybodyAsked(boolean withdraws) {
    try (SimulatedServer server = bind(withdraws, "0.0.0.0")) {
      deliver(server, PEER, Arrival.at(LOCAL).by(1));
      deliver(server, PEER, Arrival.atGroup(GROUP).by(2));

      assertThat(receive(server)).extracting(Datagram::localAddress).containsExactly(LOCAL, GROUP);
    }
  }

  /** A slot is used again and again: what one datagram said is not said of the next. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theNextDatagramInASlotSaysNothingOfTheOneBefore(boolean withdraws) {
    try (SimulatedServer server = bind(withdraws, "0.0.0.0")) {
      server.subscribe(
          server
              .connection()
              .send(
                  Flux.range(0, 12),
                  (i, writer) -> {
                    writer.remoteAddress(PEER).putInt(i);
                    if (i < 6) {
                      writer.from(LOCAL, 4);
                    }
                    if (i == 5) {
                      throw new IllegalStateException("on purpose, after from");
                    }
                  }));
      server.run();

      List<SentDatagram> sent = server.socket().sent();
      assertThat(sent).hasSize(11);
      assertThat(sent.subList(0, 5))
          .allSatisfy(
              each -> {
                assertThat(each.source()).isEqualTo(LOCAL);
                assertThat(each.interfaceIndex()).isEqualTo(4);
              });
      assertThat(sent.subList(5, 11))
          .allSatisfy(
              each -> {
                assertThat(each.source()).isNull();
                assertThat(each.interfaceIndex()).isZero();
              });
    }
  }

  @Test
  void withoutItTheSlotsHaveNoRoomForIt() {
    try (SimulatedServer server = SimulatedServer.bind()) {
      List<Datagram> received = receive(server);
      server.deliver("hello");
      server.run();

      assertThat(received).extracting(Datagram::localAddress).containsOnlyNulls();
      assertThatThrownBy(() -> server.socket().deliver(new byte[0], PEER, Arrival.at(LOCAL)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("without packet info");
      server.subscribe(
          server
              .connection()
              .send(
                  Flux.just(1),
                  (i, writer) -> writer.remoteAddress(PEER).putByte(i).from(LOCAL, 0)));
      server.run();
      assertThat(server.stats().count(DropReason.ENCODER)).isEqualTo(1);
      assertThat(server.socket().sent()).isEmpty();
    }
  }

  /** A datagram that came by a connection with packet info can be sent by one without. */
  @Test
  void aReplyOnAnotherConnectionLeavesAsThatOneCan() {
    try (SimulatedServer server = bind(true, "0.0.0.0")) {
      List<Datagram> received = receive(server);
      deliver(server, PEER, Arrival.at(LOCAL).by(7));
      var plain = server.bindAnother(options -> options);

      plain.send(Flux.fromIterable(received).map(d -> d.reply("answer"))).subscribe();
      server.run();

      SentDatagram sent = server.kernel().lastSocket().sent().getFirst();
      assertThat(sent.target()).isEqualTo(PEER);
      assertThat(sent.source()).isNull();
    }
  }

  @Test
  void anArrivalCannotBeWhatNoDatagramIs() {
    assertThatThrownBy(() -> Arrival.at(LOCAL).with(256, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("hopLimit is 256");
    assertThatThrownBy(() -> Arrival.at(LOCAL).with(0, -2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("trafficClass is -2");
  }
}
