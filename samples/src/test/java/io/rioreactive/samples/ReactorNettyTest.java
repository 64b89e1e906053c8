package io.rioreactive.samples;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.socket.DatagramPacket;
import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.netty.Connection;
import reactor.netty.resources.LoopResources;
import reactor.netty.udp.UdpClient;
import reactor.netty.udp.UdpServer;

/** The relay between reactor-netty's server and clients of both libraries. */
@Timeout(60)
class ReactorNettyTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  /** Of all sizes that reactor-netty takes without being told. */
  private static final List<byte[]> PAYLOADS =
      IntStream.of(1, 2, 64, 1_200, 1_472, 2_048).mapToObj(ReactorNettyTest::random).toList();

  private final LoopResources loops = LoopResources.create("netty", 1, true);

  @AfterEach
  void stopNetty() {
    loops.disposeLater(Duration.ZERO, LONG).block(LONG);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private Connection theirEcho() {
    return UdpServer.create()
        .runOn(loops, false)
        .host("127.0.0.1")
        .port(0)
        .handle(
            (in, out) ->
                out.sendObject(
                    in.receiveObject()
                        .cast(DatagramPacket.class)
                        .map(
                            asked -> new DatagramPacket(asked.content().retain(), asked.sender()))))
        .bindNow(LONG);
  }

  private Connection theirClient(InetSocketAddress server) {
    return UdpClient.create()
        .runOn(loops, false)
        .host("127.0.0.1")
        .port(server.getPort())
        .connectNow(LONG);
  }

  private static RioConnection ourClient(InetSocketAddress server) {
    return RioUdpClient.create().host("127.0.0.1").port(server.getPort()).connectNow();
  }

  private static void assertTheirClientIsAnswered(Connection client) {
    client.outbound().sendByteArray(Flux.fromIterable(PAYLOADS)).then().block(LONG);
    assertThat(
            client
                .inbound()
                .receive()
                .asByteArray()
                .take(PAYLOADS.size())
                .collectList()
                .block(LONG))
        .containsExactlyElementsOf(PAYLOADS);
  }

  private static void assertOurClientIsAnswered(RioConnection client) {
    client.send(Flux.fromIterable(PAYLOADS).map(Datagram::of)).block(LONG);
    assertThat(
            client
                .receive()
                .map(Datagram::asByteArray)
                .take(PAYLOADS.size())
                .collectList()
                .block(LONG))
        .containsExactlyElementsOf(PAYLOADS);
  }

  @Test
  void bothAtOnceThroughOurRelayToItsServer() {
    Connection echo = theirEcho();
    UdpRelay relay =
        new UdpRelay(
            new RelaySettings(
                "127.0.0.1",
                0,
                (InetSocketAddress) echo.channel().localAddress(),
                "auto",
                0,
                1,
                Duration.ofHours(1),
                2,
                65_507));
    Connection theirs = theirClient(relay.listener().localAddress());
    RioConnection ours = ourClient(relay.listener().localAddress());
    try {
      assertTheirClientIsAnswered(theirs);
      assertOurClientIsAnswered(ours);
      assertThat(relay.totals()).isEqualTo("to server 12, lost 0; to clients 12, lost 0");
    } finally {
      ours.disposeNow();
      theirs.disposeNow(LONG);
      relay.shutdown().block(LONG);
      echo.disposeNow(LONG);
    }
  }
}
