package io.rioreactive.samples.netty;

import static io.rioreactive.samples.netty.BothLibraries.addressOf;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.socket.DatagramPacket;
import io.rioreactive.Datagram;
import io.rioreactive.Drop;
import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import io.rioreactive.Truncation;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.netty.Connection;

/** A datagram that is longer than either library expects. */
@DisplayName("5,000-byte datagram")
@Timeout(60)
class LongDatagramTest {

  private static final String CASE = "5,000-byte datagram";
  private static final byte[] LONG_ONE = new byte[5_000];

  private final BothLibraries both = new BothLibraries();

  @AfterEach
  void close() {
    both.close();
  }

  @Test
  void reactorNettyDeliversItsBeginningInSilence() throws IOException {
    Connection server =
        both.bind(
            both.nettyServer()
                .handle(
                    (in, out) ->
                        out.sendObject(
                            in.receiveObject()
                                .cast(DatagramPacket.class)
                                .map(LongDatagramTest::length))));

    try (TestPeer peer = new TestPeer()) {
      peer.send(addressOf(server), LONG_ONE);
      assertThat(peer.receive()).isEqualTo("2,048 bytes");
    }
    assertThat(ComparisonTable.row(CASE).reactorNetty()).contains("2,048 bytes");
  }

  private static DatagramPacket length(DatagramPacket asked) {
    return BothLibraries.reply(asked, text(asked.content().readableBytes()).getBytes(UTF_8));
  }

  private static String text(int length) {
    return String.format(Locale.ROOT, "%,d bytes", length);
  }

  /** Answers how long they are, and whether that is all of them. */
  private RioConnection bind(RioUdpServer server) {
    return both.bind(
        server.handle((in, out) -> out.send(in.receive().map(LongDatagramTest::length))));
  }

  private static Datagram length(Datagram asked) {
    return asked.reply(text(asked.length()) + (asked.truncated() ? " of it" : ""));
  }

  @Test
  void ourServerDropsItAndTellsOfIt() throws IOException {
    List<Drop> drops = new CopyOnWriteArrayList<>();
    RioConnection server = bind(both.rioServer().doOnDrop(drops::add));

    try (TestPeer peer = new TestPeer()) {
      peer.send(server.localAddress(), LONG_ONE);
      assertThat(peer.ask(server.localAddress(), "short")).isEqualTo("5 bytes");
    }

    assertThat(drops).extracting(Drop::reason).containsExactly(DropReason.TRUNCATED);
    assertThat(server.stats().count(DropReason.TRUNCATED)).isEqualTo(1);
    assertThat(server.isDisposed()).isFalse();
  }

  @Test
  void ourServerDeliversItsBeginningAsSuchIfToldTo() throws IOException {
    RioConnection server = bind(both.rioServer().truncation(Truncation.DELIVER));

    try (TestPeer peer = new TestPeer()) {
      peer.send(server.localAddress(), LONG_ONE);
      assertThat(peer.receive()).isEqualTo("2,048 bytes of it");
    }
    assertThat(ComparisonTable.row(CASE).rioReactive()).contains("2,048 bytes");
  }

  @Test
  void ourServerDeliversAllOfItIfThereIsRoom() throws IOException {
    RioConnection server = bind(both.rioServer().datagramSize(LONG_ONE.length));

    try (TestPeer peer = new TestPeer()) {
      peer.send(server.localAddress(), LONG_ONE);
      assertThat(peer.receive()).isEqualTo("5,000 bytes");
    }
  }
}
