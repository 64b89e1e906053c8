package io.rioreactive.samples.netty;

import static io.rioreactive.samples.netty.BothLibraries.addressOf;
import static io.rioreactive.samples.netty.BothLibraries.bytesOf;
import static io.rioreactive.samples.netty.BothLibraries.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelOption;
import io.netty.channel.socket.DatagramPacket;
import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import reactor.netty.Connection;
import reactor.netty.channel.ChannelMetricsRecorder;

/** A burst that comes while the consumer is busy, and does not fit the socket's receive buffer. */
@DisplayName("slow consumer")
@EnabledOnOs(value = OS.LINUX, disabledReason = "nothing else says how many it has dropped")
@Timeout(60)
class SlowConsumerTest {

  private static final int BURST = 5_000;

  /** The same for both; what they take by default is less than the burst too. */
  private static final int RECEIVE_BUFFER = 65_536;

  private static final String END = "the end";

  private final BothLibraries both = new BothLibraries();
  private final PausedSubscriber<String> consumer = new PausedSubscriber<>();

  @AfterEach
  void close() {
    both.close();
  }

  private static void sendBurst(TestPeer peer, InetSocketAddress server) throws IOException {
    for (int i = 0; i < BURST; i++) {
      peer.send(server, "no. " + i);
    }
  }

  @Test
  void reactorNettyLosesSomeAndNothingTells() throws IOException {
    Traffic metrics = new Traffic();
    Connection server =
        both.bind(
            both.nettyServer()
                .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER)
                .metrics(true, () -> metrics));
    server
        .inbound()
        .receiveObject()
        .cast(DatagramPacket.class)
        .map(packet -> new String(bytesOf(packet), UTF_8))
        .subscribe(consumer);

    try (TestPeer peer = new TestPeer()) {
      sendBurst(peer, addressOf(server));
      consumer.ask(Long.MAX_VALUE);
      eventually( // what comes out last came in last: whatever else was there has been delivered
          () -> {
            peer.send(addressOf(server), END);
            assertThat(consumer.got()).contains(END);
          });
    }

    assertThat(consumer.got().stream().filter(text -> !text.equals(END)))
        .hasSizeBetween(1, BURST - 1);
    eventually(() -> assertThat(metrics.bytes.get()).isEqualTo(lengthOfAll()));
    assertThat(metrics.errors.get()).isZero();
    assertThat(consumer.errors()).isEmpty();
    assertThat(server.isDisposed()).isFalse();
  }

  private long lengthOfAll() {
    return consumer.got().stream().mapToLong(String::length).sum();
  }

  @Test
  void oursLosesSomeAndCountsThem() throws IOException {
    RioConnection server =
        both.bind(both.rioServer().option(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER));
    server.receive().map(Datagram::asString).subscribe(consumer);

    try (TestPeer peer = new TestPeer()) {
      sendBurst(peer, server.localAddress());
    }
    consumer.ask(Long.MAX_VALUE);

    eventually(() -> assertThat(consumer.got().size() + dropsOf(server)).isEqualTo(BURST));
    assertThat(dropsOf(server)).isPositive();
    assertThat(server.stats().droppedTotal()).isZero();
    assertThat(ComparisonTable.row("slow consumer").rioReactive()).contains("kernelDrops()");
  }

  private static long dropsOf(RioConnection server) {
    return server.stats().kernelDrops().orElseThrow();
  }

  /** All that reactor-netty's metrics say of a UDP server. */
  private static final class Traffic implements ChannelMetricsRecorder {

    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong errors = new AtomicLong();

    @Override
    public void recordDataReceived(SocketAddress remote, long count) {
      bytes.addAndGet(count);
    }

    @Override
    public void recordDataSent(SocketAddress remote, long count) {}

    @Override
    public void incrementErrorsCount(SocketAddress remote) {
      errors.incrementAndGet();
    }

    @Override
    public void recordTlsHandshakeTime(SocketAddress remote, Duration time, String status) {}

    @Override
    public void recordConnectTime(SocketAddress remote, Duration time, String status) {}

    @Override
    public void recordResolveAddressTime(SocketAddress remote, Duration time, String status) {}
  }
}
