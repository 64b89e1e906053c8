package io.rioreactive.test.contract;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.contract.Testbed.LONG;
import static io.rioreactive.test.contract.Testbed.LOOPBACK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.Datagram;
import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.Needs;
import io.rioreactive.test.Peer;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Both families, and ports that are free, picked, taken and shared. */
interface AddressContract extends OnTestbed {

  InetAddress LOOPBACK_V6 = InetAddress.ofLiteral("::1");

  @Test
  default void anIpv4SocketAnswersIpv4() {
    RioConnection echo = testbed().echo(testbed().server().host("127.0.0.1"));

    assertThat(echo.localAddress().getAddress()).isEqualTo(LOOPBACK);
    assertThat(testbed().peer().ask("hello", echo.localAddress())).isEqualTo("hello");
  }

  @Test
  default void anIpv6SocketAnswersIpv6() {
    Needs.ipv6();
    RioConnection connection = testbed().bind(testbed().server().host("::1"));
    Peer peer = testbed().peer(LOOPBACK_V6);
    assertThat(connection.localAddress().getAddress()).isEqualTo(LOOPBACK_V6);

    peer.send("hello", connection.localAddress());
    Datagram received = connection.next().block(LONG);
    assertThat(received.remoteAddress()).isEqualTo(peer.address());

    connection.send(Flux.just(received.reply("hello to you"))).block(LONG);
    assertThat(peer.receiveText()).isEqualTo("hello to you");
  }

  @Test
  default void aDualStackSocketAnswersBothEachInItsFamily() {
    Needs.ipv6();
    RioConnection connection = testbed().bind(testbed().server().host("::"));
    int port = connection.localAddress().getPort();
    Peer v4 = testbed().peer(LOOPBACK);
    Peer v6 = testbed().peer(LOOPBACK_V6);

    v4.send("by IPv4", new InetSocketAddress(LOOPBACK, port));
    v6.send("by IPv6", new InetSocketAddress(LOOPBACK_V6, port));
    List<Datagram> received = connection.receive().take(2).collectList().block(LONG);
    assertThat(received)
        .containsExactlyInAnyOrder(
            Datagram.to(v4.address(), "by IPv4"), Datagram.to(v6.address(), "by IPv6"));

    connection.send(Flux.fromIterable(received).map(d -> d.reply("re: " + d.asString()))).block();
    assertThat(v4.receiveText()).isEqualTo("re: by IPv4");
    assertThat(v6.receiveText()).isEqualTo("re: by IPv6");
  }

  @Test
  default void portZeroPicksAFreeOne() {
    RioConnection first = testbed().bind(testbed().server().port(0));
    RioConnection second = testbed().bind(testbed().server().port(0));

    assertThat(first.localAddress().getPort()).isPositive();
    assertThat(second.localAddress().getPort())
        .isPositive()
        .isNotEqualTo(first.localAddress().getPort());
  }

  @Test
  default void aNameIsResolved() {
    RioConnection echo = testbed().echo(testbed().server().host("localhost"));

    assertThat(echo.localAddress().getAddress().isLoopbackAddress()).isTrue();
  }

  @Test
  default void anUnknownNameFailsTheBindWithTheName() {
    StepVerifier.create(testbed().server().host("no-such-host.invalid").bind())
        .expectErrorSatisfies(
            failure ->
                assertThat(failure)
                    .isInstanceOf(UnknownHostException.class)
                    .hasMessageContaining("no-such-host.invalid"))
        .verify(LONG);
  }

  @Test
  default void aTakenPortFailsTheBindWithAddressAndPort() {
    RioConnection first = testbed().bind(testbed().server());
    RioUdpServer server = testbed().server().port(first.localAddress().getPort());

    StepVerifier.create(server.bind())
        .expectErrorSatisfies(
            failure ->
                assertThat(failure)
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining("127.0.0.1:" + first.localAddress().getPort()))
        .verify(LONG);
    assertThatThrownBy(server::bindNow)
        .isInstanceOf(UncheckedIOException.class)
        .hasCauseInstanceOf(BindException.class);
  }

  @Test
  default void anAddressOfAnotherMachineFailsTheBindWithTheAddress() {
    Needs.ownAddressesOnly();
    StepVerifier.create(testbed().server().host("198.51.100.77").bind()) // for documentation only
        .expectErrorSatisfies(
            failure ->
                assertThat(failure)
                    .isInstanceOf(BindException.class)
                    .hasMessageContaining("198.51.100.77"))
        .verify(LONG);
  }

  @Test
  default void reuseAddressLetsASecondSocketHaveThePort() {
    RioUdpServer sharing = testbed().server().option(StandardSocketOptions.SO_REUSEADDR, true);
    RioConnection first = testbed().bind(sharing);
    int port = first.localAddress().getPort();

    RioConnection second = testbed().bind(sharing.port(port));

    assertThat(second.localAddress()).isEqualTo(first.localAddress());
    StepVerifier.create(testbed().server().port(port).bind())
        .expectError(BindException.class)
        .verify(LONG);
  }

  @Test
  default void whatTheSystemRefusesInTheMiddleOfABurstFailsAloneAndTheRestLeaves() {
    RioConnection connection = testbed().bind(testbed().server());
    Peer peer = testbed().peer();
    InetSocketAddress broadcast =
        new InetSocketAddress(InetAddress.ofLiteral("255.255.255.255"), 9);

    connection
        .send(
            Flux.range(0, 100)
                .map(i -> Datagram.to(i % 25 == 7 ? broadcast : peer.address(), "no. " + i)))
        .block(LONG);

    for (int i = 0; i < 100; i++) {
      if (i % 25 != 7) {
        assertThat(peer.receiveText()).isEqualTo("no. " + i);
      }
    }
    eventually(() -> assertThat(connection.stats().sent()).isEqualTo(96));
    assertThat(connection.stats().failedTotal()).isEqualTo(4);
    assertThat(connection.stats().count(DropReason.TOO_LARGE)).isZero();
    assertThat(connection.stats().count(DropReason.ENCODER)).isZero();
  }

  @Test
  default void whatComesToAClosedPortIsNoErrorOfTheSocket() {
    RioConnection echo = testbed().echo(testbed().server());
    Peer gone = testbed().peer();
    for (int i = 0; i < 10; i++) {
      gone.send("reply to nobody", echo.localAddress());
    }
    gone.close();
    eventually(() -> assertThat(echo.stats().sent()).isEqualTo(10));

    assertThat(testbed().peer().ask("hello", echo.localAddress())).isEqualTo("hello");
    assertThat(echo.isDisposed()).isFalse();
  }
}
