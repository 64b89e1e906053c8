package io.rioreactive.samples.statsd;

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
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/**
 * What the sink's delay does to the receives that are posted, and to what comes: on a network in
 * memory, in virtual time, to the datagram.
 */
@RioTest(virtualTime = true)
class BackpressureTest {

  private static final int BUFFER = 100; // datagrams that the socket's receive buffer holds

  private final Metrics metrics = new Metrics();
  private final SinkDelay sink = new SinkDelay();

  @BeforeEach
  void limitTheBuffer(SimulatedNetwork network) {
    network.receiveBuffer(BUFFER);
  }

  private RioConnection bind(RioUdpServer server) {
    return server
        .receiveSlots(StatsdServer.WINDOW)
        .handle((in, out) -> StatsdServer.collect(in, metrics, sink))
        .bindNow();
  }

  /** A line in each datagram. */
  private static void send(RioConnection client, int datagrams) {
    client.send(Flux.range(0, datagrams).map(i -> Datagram.of("hits:1|c"))).block();
  }

  private long stored() {
    return metrics.look(1).stored();
  }

  @Test
  void asManyReceivesArePostedAsAWindowHas(@Server RioUdpServer udp) {
    RioConnection server = bind(udp);

    assertThat(server).eventually().hasUnmetDemand(StatsdServer.WINDOW);
    assertThat(server).hasPosted(StatsdServer.WINDOW);
  }

  @Test
  void aWindowIsStoredWhenItIsFullAndElseWhenItsTimeIsUp(
      SimulatedNetwork network, @Server RioUdpServer udp, @Client RioUdpClient client) {
    RioConnection server = bind(udp);

    send(client.connectNow(), 600);

    assertThat(server).eventually().hasDelivered(600);
    assertThat(stored()).isEqualTo(512);
    assertThat(server).hasPosted(StatsdServer.WINDOW - (600 - 512));

    network.advance(StatsdServer.LONGEST_WINDOW);

    assertThat(stored()).isEqualTo(600);
    assertThat(server).eventually().hasPosted(StatsdServer.WINDOW).conserves();
  }

  @Test
  void aSlowSinkPostsNothingAndTheKernelCountsWhatItDrops(
      SimulatedNetwork network, @Server RioUdpServer udp, @Client RioUdpClient client) {
    RioConnection server = bind(udp);
    RioConnection sender = client.connectNow();
    sink.millis(1_000);

    send(sender, 1_000);

    // One window is with the sink, the next is full; no third one begins before the first is done.
    int taken = 2 * StatsdServer.WINDOW;
    assertThat(server).eventually().hasDelivered(taken).hasPosted(0).hasUnmetDemand(0);
    assertThat(server).hasKernelDrops(1_000 - taken - BUFFER).hasDroppedNothing();
    assertThat(stored()).isZero();

    network.advance(Duration.ofMillis(999));
    assertThat(stored()).isZero();
    assertThat(server).hasPosted(0);

    network.advance(Duration.ofMillis(1));
    assertThat(stored()).isEqualTo(StatsdServer.WINDOW);
    assertThat(server).eventually().hasDelivered(taken + BUFFER);
  }

  @Test
  void whenTheSinkIsFastAgainAllThatWaitedIsStoredAndAsManyArePostedAsBefore(
      SimulatedNetwork network, @Server RioUdpServer udp, @Client RioUdpClient client) {
    RioConnection server = bind(udp);
    RioConnection sender = client.connectNow();
    sink.millis(1_000);
    send(sender, 1_000);
    int kept = 2 * StatsdServer.WINDOW + BUFFER;

    sink.millis(0);
    network.advance(Duration.ofSeconds(1).plus(StatsdServer.LONGEST_WINDOW));

    assertThat(stored()).isEqualTo(kept);
    assertThat(server)
        .eventually()
        .hasDelivered(kept)
        .hasPosted(StatsdServer.WINDOW)
        .hasUnmetDemand(StatsdServer.WINDOW);
    send(sender, 1_000);
    network.advance(StatsdServer.LONGEST_WINDOW);
    assertThat(stored()).isEqualTo(kept + 1_000);
    assertThat(server).hasKernelDrops(1_000 - kept).conserves();
  }

  @Test
  void aShutdownStoresWhatHasBeenReceived(
      SimulatedNetwork network, @Server RioUdpServer udp, @Client RioUdpClient client) {
    RioConnection server = bind(udp);
    sink.millis(SinkDelay.LONGEST);
    send(client.connectNow(), 300);
    assertThat(server).eventually().hasDelivered(300);

    server.shutdown(Duration.ofSeconds(5)).subscribe();
    network.advance(Duration.ofSeconds(3));

    assertThat(stored()).isEqualTo(300);
    assertThat(server).eventually().isClosed();
  }
}
