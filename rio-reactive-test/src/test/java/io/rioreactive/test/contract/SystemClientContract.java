package io.rioreactive.test.contract;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.contract.Testbed.LONG;
import static io.rioreactive.test.contract.Testbed.LOOPBACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.test.LoopbackPeer;
import io.rioreactive.test.Needs;
import io.rioreactive.test.Peer;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Clients where the sockets are the machine's own. */
interface SystemClientContract extends OnTestbed {

  int CLIENTS = 100;

  @Test
  default void manyClientsShareOneThreadWhichEndsWithTheLast() {
    RioConnection echo = testbed().echo(testbed().server());
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    RioUdpClient client =
        testbed().client().doOnConnected(it -> threads.add(Thread.currentThread()));
    List<RioConnection> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(testbed().connect(client, echo.localAddress()));
    }

    for (int i = 0; i < CLIENTS; i++) {
      clients.get(i).send(Mono.just(Datagram.of("client " + i))).block(LONG);
    }
    for (int i = 0; i < CLIENTS; i++) {
      assertThat(clients.get(i).next().map(Datagram::asString).block(LONG))
          .isEqualTo("client " + i);
    }

    assertThat(threads).hasSize(1);
    clients.forEach(RioConnection::disposeNow);
    Thread pump = threads.iterator().next();
    eventually(() -> assertThat(pump.isAlive()).isFalse());
    RioConnection another = testbed().connect(client, echo.localAddress());
    another.send(Mono.just(Datagram.of("after the end"))).block(LONG);
    assertThat(another.next().map(Datagram::asString).block(LONG)).isEqualTo("after the end");
  }

  @Test
  default void aPeerThatIsNotThereYetCostsNothingThatIsSentLater() {
    RioConnection client;
    int port;
    try (Peer gone = new LoopbackPeer()) { // until the client has a port of its own
      port = gone.address().getPort();
      client = testbed().connect(testbed().client(), gone.address());
    }
    client.receive().subscribe();

    client.send(Flux.range(0, 1_000).map(i -> Datagram.of("datagram " + i))).block(LONG);

    assertThat(client.stats().sent()).isEqualTo(1_000);
    assertThat(client.stats().failedTotal()).isZero();
    assertThat(client.isDisposed()).isFalse();
    Needs.noWine("hears nothing more on a socket that got an ICMP error");
    RioConnection late =
        testbed().bind(testbed().server().port(port).handle((in, out) -> out.send(in.receive())));
    eventually( // news of the earlier ones may still come in between
        () -> {
          client.send(Mono.just(Datagram.of("are you there now?"))).block(LONG);
          assertThat(client.stats().received()).isPositive();
        });
    eventually(() -> assertThat(late.stats().received()).isPositive());
  }

  @Test
  default void aClientOfIpv6ReachesAnIpv6Server() {
    Needs.ipv6();
    InetAddress loopback = InetAddress.ofLiteral("::1");
    RioConnection echo = testbed().echo(testbed().server().host("::1"));
    RioConnection client =
        testbed()
            .connect(
                testbed().client(), new InetSocketAddress(loopback, echo.localAddress().getPort()));

    client.send(Mono.just(Datagram.of("hello"))).block(LONG);

    Datagram answer = client.next().block(LONG);
    assertThat(answer).isEqualTo(Datagram.to(echo.localAddress(), "hello"));
  }

  @Test
  default void anIpv6PeerOfAnIpv4SocketIsRefusedWithTheRemedy() {
    assertThatThrownBy(
            () ->
                testbed()
                    .client()
                    .bindAddress(new InetSocketAddress(LOOPBACK, 0))
                    .host("::1")
                    .port(9)
                    .connectNow())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("IPv6")
        .hasMessageContaining("leave bindAddress out");
  }

  @Test
  default void aPeerThatCannotBeResolvedFailsTheConnect() {
    assertThatThrownBy(() -> testbed().client().host("nobody.invalid").port(9).connectNow())
        .isInstanceOf(UncheckedIOException.class)
        .hasCauseInstanceOf(UnknownHostException.class)
        .hasMessageContaining("nobody.invalid");
  }
}
