package io.rioreactive.test.recipe;

import static io.rioreactive.test.RioAssertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.Client;
import io.rioreactive.test.RioTest;
import io.rioreactive.test.Server;
import io.rioreactive.test.SimulatedNetwork;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@RioTest(virtualTime = true)
class SessionsTest {

  private static final Duration SOON = Duration.ofSeconds(5);
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private static String ask(RioConnection client, String text) {
    return client
        .send(Mono.just(Datagram.of(text)))
        .then(client.next())
        .map(Datagram::asString)
        .block(SOON);
  }

  private static void tell(RioConnection client, String text) {
    client.send(Mono.just(Datagram.of(text))).block(SOON);
  }

  @Test
  void eachPeerHasOneUntilItSaysBye(@Server RioUdpServer server, @Client RioUdpClient client) {
    Sessions sessions = new Sessions(10, SILENCE);
    server.handle(sessions::handle).bindNow();
    RioConnection one = client.connectNow();
    RioConnection other = client.connectNow();

    assertThat(ask(one, "hello")).isEqualTo("1 hello");
    assertThat(ask(other, "hello")).isEqualTo("1 hello");
    assertThat(ask(one, "again")).isEqualTo("2 again");
    assertThat(sessions.open()).isEqualTo(2);
    assertThat(ask(one, "bye")).isEqualTo("3 bye");
    assertThat(sessions.open()).isEqualTo(1);
    assertThat(ask(one, "back")).isEqualTo("1 back");
    assertThat(ask(other, "still here")).isEqualTo("2 still here");
    assertThat(sessions.refused()).isZero();
  }

  @Test
  void silenceEndsIt(
      SimulatedNetwork network, @Server RioUdpServer server, @Client RioUdpClient client) {
    Sessions sessions = new Sessions(10, SILENCE);
    server.handle(sessions::handle).bindNow();
    RioConnection one = client.connectNow();

    assertThat(ask(one, "hello")).isEqualTo("1 hello");
    network.advance(SILENCE.minusSeconds(1));
    assertThat(ask(one, "not yet")).isEqualTo("2 not yet");
    network.advance(SILENCE);
    assertThat(sessions.open()).isZero();
    assertThat(ask(one, "hello")).isEqualTo("1 hello");
  }

  /** And those that are open go on. */
  @Test
  void thereIsRoomForSoManyAndWhoIsTooManyIsCounted(
      @Server RioUdpServer server, @Client RioUdpClient client) {
    Sessions sessions = new Sessions(2, SILENCE);
    RioConnection bound = server.handle(sessions::handle).bindNow();
    RioConnection one = client.connectNow();
    RioConnection other = client.connectNow();
    RioConnection third = client.connectNow();
    ask(one, "hello");
    ask(other, "hello");

    tell(third, "hello");

    assertThat(sessions.refused()).isEqualTo(1);
    assertThat(bound).hasPosted(1); // for whoever has a session
    assertThat(ask(one, "again")).isEqualTo("2 again");
    ask(other, "bye");
    assertThat(ask(third, "hello")).isEqualTo("1 hello");
    assertThat(sessions.open()).isEqualTo(2);
  }

  /** More of them than any window or prefetch on the way has. */
  @Test
  void sessionsThatEndLeaveNothingBehind(@Server RioUdpServer server, @Client RioUdpClient client) {
    Sessions sessions = new Sessions(3, SILENCE);
    RioConnection bound = server.handle(sessions::handle).bindNow();
    RioConnection one = client.connectNow();
    RioConnection other = client.connectNow();
    ask(other, "hello");

    for (int i = 0; i < 1_000; i++) {
      assertThat(ask(one, "hello")).isEqualTo("1 hello");
      assertThat(ask(one, "bye")).isEqualTo("2 bye");
    }

    assertThat(ask(other, "bye")).isEqualTo("2 bye");
    assertThat(sessions.open()).isZero();
    assertThat(bound).hasPosted(4);
  }

  /**
   * Why the recipe has a map of its own. A group that is cancelled while it emits does not ask for
   * what it has taken, so while another group is open, each of those takes one of the 256 that
   * groupBy has asked for.
   */
  @Test
  void reactorsGroupByStandsAfterSomeHundredGroupsThatEnd(
      @Server RioUdpServer server, @Client RioUdpClient client) {
    RioConnection bound =
        server
            .handle(
                (in, out) ->
                    out.send(
                        in.receive()
                            .groupBy(Datagram::remoteAddress)
                            .flatMap(SessionsTest::untilBye, 10)))
            .bindNow();
    RioConnection one = client.connectNow();
    RioConnection other = client.connectNow();
    ask(other, "hello");

    for (int i = 0; i < 300; i++) {
      tell(one, "hello");
      tell(one, "bye");
    }

    assertThat(bound).hasPosted(0);
  }

  private static Flux<Datagram> untilBye(Flux<Datagram> lines) {
    return lines.takeUntil(line -> line.asString().equals("bye"));
  }
}
