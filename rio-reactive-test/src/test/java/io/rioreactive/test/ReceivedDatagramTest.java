package io.rioreactive.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("A received datagram owns its bytes")
class ReceivedDatagramTest {

  private final Rig rig = Rig.withSlots(1);
  private final Probe<Datagram> probe = Probe.unbounded();

  ReceivedDatagramTest() {
    rig.connection().receive().subscribe(probe);
    rig.run();
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  @DisplayName("it stays what it was while its slot receives others")
  void slotIsReused() {
    rig.receive("first", "second", "third");

    assertThat(probe.values()).extracting(Datagram::asString).contains("first", "second", "third");
  }

  @Test
  @DisplayName("it stays when the connection is closed and its memory is gone")
  void connectionIsClosed() {
    rig.receive("kept");
    rig.connection().dispose();
    rig.run();
    assertThat(rig.socket().isReleased()).isTrue();

    assertThat(probe.values().getFirst().asString()).isEqualTo("kept");
  }

  @Test
  @DisplayName("it can be read on any thread")
  void anyThread() {
    rig.receive("kept");
    Datagram kept = probe.values().getFirst();

    assertThat(CompletableFuture.supplyAsync(kept::asString).join()).isEqualTo("kept");
  }

  @Test
  @DisplayName("it knows who sent it, and replies to that one")
  void peer() {
    rig.receive("ping");
    Datagram received = probe.values().getFirst();

    assertThat(received).isEqualTo(Datagram.to(Rig.PEER, "ping"));
    assertThat(received.remoteAddress()).isEqualTo(Rig.PEER);
    assertThat(received.localAddress()).isNull();
    assertThat(received.reply("pong")).isEqualTo(Datagram.to(Rig.PEER, "pong"));
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("on an IPv6 socket it tells IPv6 and IPv4 peers")
  void ipv6(Posts posts) {
    InetSocketAddress local = new InetSocketAddress(InetAddress.ofLiteral("::"), 0);
    List<InetSocketAddress> peers =
        List.of(
            new InetSocketAddress(InetAddress.ofLiteral("2001:db8::7"), 53),
            new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 53));
    try (Rig rig = Rig.over(posts.kernel(), server -> server.bindAddress(local))) {
      Probe<Datagram> probe = Probe.unbounded();
      rig.connection().receive().subscribe(probe);
      rig.run();

      peers.forEach(peer -> rig.socket().deliver("x".getBytes(UTF_8), peer));
      rig.run();

      assertThat(probe.values()).extracting(Datagram::remoteAddress).isEqualTo(peers);
    }
  }
}
