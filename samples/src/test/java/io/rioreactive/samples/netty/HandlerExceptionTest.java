package io.rioreactive.samples.netty;

import static io.rioreactive.samples.netty.BothLibraries.LONG;
import static io.rioreactive.samples.netty.BothLibraries.addressOf;
import static io.rioreactive.samples.netty.BothLibraries.bytesOf;
import static io.rioreactive.samples.netty.BothLibraries.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.netty.channel.socket.DatagramPacket;
import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.Connection;

/** A handler that throws on the third of five datagrams. */
@DisplayName("handler exception")
@Timeout(60)
class HandlerExceptionTest {

  private final BothLibraries both = new BothLibraries();

  @AfterEach
  void close() {
    both.close();
  }

  private static String answer(String question) {
    if (question.equals("3")) {
      throw new IllegalArgumentException("no answer to 3");
    }
    return "re: " + question;
  }

  private static DatagramPacket answer(DatagramPacket asked) {
    String answer = answer(new String(bytesOf(asked), UTF_8));
    return BothLibraries.reply(asked, answer.getBytes(UTF_8));
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
                                .map(HandlerExceptionTest::answer))));
    InetSocketAddress address = addressOf(server);

    try (TestPeer peer = new TestPeer()) {
      assertThat(peer.ask(address, "1")).isEqualTo("re: 1");
      assertThat(peer.ask(address, "2")).isEqualTo("re: 2");
      peer.send(address, "3");
      server.onDispose().block(LONG);
    }

    assertThat(server.isDisposed()).isTrue();
    eventually( // the port is anybody's
        () -> assertThatCode(() -> new DatagramSocket(address).close()).doesNotThrowAnyException());
  }

  @Test
  void ourRespondAnswersTheOtherFour() throws IOException {
    Sinks.Empty<Void> later = Sinks.empty();
    RioConnection server =
        both.bind(
            both.rioServer()
                .respond(
                    asked -> {
                      Datagram answer = asked.reply(answer(asked.asString()));
                      return asked.asString().equals("1")
                          ? later.asMono().thenReturn(answer)
                          : Mono.just(answer);
                    }));

    try (TestPeer peer = new TestPeer()) {
      InetSocketAddress address = server.localAddress();
      peer.send(address, "1"); // under way while the third fails
      assertThat(peer.ask(address, "2")).isEqualTo("re: 2");
      peer.send(address, "3");
      assertThat(peer.ask(address, "4")).isEqualTo("re: 4");
      assertThat(peer.ask(address, "5")).isEqualTo("re: 5");
      later.tryEmitEmpty().orThrow();
      assertThat(peer.receive()).isEqualTo("re: 1");
    }
    assertThatOneHasFailed(server);
  }

  @Test
  void ourHandleIsSubscribedAgain() throws IOException {
    RioConnection server =
        both.bind(
            both.rioServer()
                .handle(
                    (in, out) ->
                        out.send(
                            in.receive().map(asked -> asked.reply(answer(asked.asString()))))));

    try (TestPeer peer = new TestPeer()) {
      InetSocketAddress address = server.localAddress();
      assertThat(peer.ask(address, "1")).isEqualTo("re: 1");
      assertThat(peer.ask(address, "2")).isEqualTo("re: 2");
      peer.send(address, "3");
      assertThat(peer.ask(address, "4")).isEqualTo("re: 4");
      assertThat(peer.ask(address, "5")).isEqualTo("re: 5");
    }
    assertThatOneHasFailed(server);
  }

  private static void assertThatOneHasFailed(RioConnection server) {
    eventually(() -> assertThat(server.stats().sent()).isEqualTo(4));
    assertThat(server.stats().received()).isEqualTo(5);
    assertThat(server.stats().handlerFailures()).isEqualTo(1);
    assertThat(server.isDisposed()).isFalse();
  }
}
