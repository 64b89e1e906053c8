package io.rioreactive.samples.netty;

import static io.rioreactive.samples.netty.BothLibraries.LONG;
import static io.rioreactive.samples.netty.BothLibraries.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.test.StepVerifier;
import reactor.util.retry.Retry;

/** A client of a port at which nobody listens, until somebody does. */
@DisplayName("dead port")
@EnabledOnOs(value = OS.LINUX, disabledReason = "it takes refusals by loopback, and 127.0.0.2")
@Timeout(60)
class DeadPortTest {

  /** Not the clients' address: one might be given this very port, and hear itself. */
  private static final InetAddress ELSEWHERE = InetAddress.ofLiteral("127.0.0.2");

  private final BothLibraries both = new BothLibraries();

  @AfterEach
  void close() {
    both.close();
  }

  private static InetSocketAddress deadPort() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, ELSEWHERE)) {
      return (InetSocketAddress) socket.getLocalSocketAddress();
    }
  }

  /** Mostly the second: the refusal of one datagram is what the next is told. */
  @Test
  void aSendOfReactorNettysClientFails() throws IOException {
    Connection client = both.connect(both.nettyClient(deadPort()));

    StepVerifier.create(Mono.defer(() -> send(client)).repeat())
        .expectError(PortUnreachableException.class)
        .verify(LONG);
  }

  private static Mono<Void> send(Connection client) {
    return client.outbound().sendString(Mono.just("anybody?")).then();
  }

  @Test
  void reactorNettysClientIsDeafFromThenOn() throws IOException {
    Connection client = both.connect(both.nettyClient(deadPort()));

    StepVerifier.create(client.inbound().receive())
        .then(() -> send(client).subscribe())
        .expectError(PortUnreachableException.class)
        .verify(LONG);

    StepVerifier.create(client.inbound().receive())
        .expectError(PortUnreachableException.class)
        .verify(LONG);
    assertThat(client.isDisposed()).isFalse();
  }

  @Test
  void oursSendsAllAndHearsWhoeverComesUpThere() throws IOException {
    InetSocketAddress dead = deadPort();
    List<IOException> told = new CopyOnWriteArrayList<>();
    RioConnection client = both.connect(both.rioClient(dead).doOnUnreachable(told::add));

    for (int i = 0; i < 10; i++) {
      client.send(Mono.just(Datagram.of("no. " + i))).block(LONG);
    }

    eventually(() -> assertThat(client.stats().sent()).isEqualTo(10));
    eventually(() -> assertThat(told).isNotEmpty());
    assertThat(client.stats().unreachable()).isPositive();
    assertThat(client.stats().failedTotal()).isZero();

    both.bind(both.rioServer().bindAddress(dead).handle(BothLibraries::echo));

    assertThat(
            client
                .request(Datagram.of("hello"), answer -> true, LONG.dividedBy(3), Retry.max(1))
                .map(Datagram::asString)
                .block(LONG))
        .isEqualTo("hello");
  }
}
