package io.rioreactive.samples.netty;

import static io.rioreactive.samples.netty.BothLibraries.LONG;
import static io.rioreactive.samples.netty.BothLibraries.addressOf;
import static io.rioreactive.samples.netty.BothLibraries.bytesOf;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.socket.DatagramPacket;
import io.rioreactive.Drop;
import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.netty.Connection;

/** A reply that is longer than any datagram. */
@DisplayName("oversized reply")
@Timeout(60)
class OversizedReplyTest {

  private static final int OVERSIZED = 70_000;

  private final BothLibraries both = new BothLibraries();

  @AfterEach
  void close() {
    both.close();
  }

  private static byte[] answer(byte[] question) {
    return new String(question, UTF_8).equals("much") ? new byte[OVERSIZED] : question;
  }

  @Test
  void reactorNettysServerIsClosed() throws IOException {
    Connection server =
        both.bind(
            both.nettyServer()
                .handle(
                    (in, out) ->
                        out.sendObject(
                            in.receiveObject()
                                .cast(DatagramPacket.class)
                                .map(
                                    asked -> BothLibraries.reply(asked, answer(bytesOf(asked)))))));

    try (TestPeer peer = new TestPeer()) {
      assertThat(peer.ask(addressOf(server), "little")).isEqualTo("little");
      peer.send(addressOf(server), "much");
      server.onDispose().block(LONG);
    }

    assertThat(server.isDisposed()).isTrue();
  }

  @Test
  void ourServerDropsItAndTellsOfIt() throws IOException {
    List<Drop> drops = new CopyOnWriteArrayList<>();
    RioConnection server =
        both.bind(
            both.rioServer()
                .doOnDrop(drops::add)
                .handle(
                    (in, out) ->
                        out.send(
                            in.receive().map(asked -> asked.reply(answer(asked.asByteArray()))))));

    try (TestPeer peer = new TestPeer()) {
      assertThat(peer.ask(server.localAddress(), "little")).isEqualTo("little");
      peer.send(server.localAddress(), "much");
      assertThat(peer.ask(server.localAddress(), "little more")).isEqualTo("little more");
    }

    assertThat(drops).singleElement().extracting(Drop::length).isEqualTo(OVERSIZED);
    assertThat(server.stats().count(DropReason.TOO_LARGE)).isEqualTo(1);
    assertThat(server.stats().handlerFailures()).isZero();
    assertThat(server.isDisposed()).isFalse();
  }
}
