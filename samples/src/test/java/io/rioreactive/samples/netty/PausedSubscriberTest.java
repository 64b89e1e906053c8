package io.rioreactive.samples.netty;

import static io.rioreactive.samples.netty.BothLibraries.LONG;
import static io.rioreactive.samples.netty.BothLibraries.addressOf;
import static io.rioreactive.samples.netty.BothLibraries.bytesOf;
import static io.rioreactive.samples.netty.BothLibraries.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.MaxMessagesRecvByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.netty.Connection;
import reactor.test.StepVerifier;

/** A subscriber that asks for 5 of the 100 datagrams that are there, and then cancels. */
@DisplayName("paused subscriber")
@Timeout(60)
class PausedSubscriberTest {

  private static final int REQUESTED = 5;
  private static final int SENT = 100;

  private final BothLibraries both = new BothLibraries();
  private final PausedSubscriber<String> subscriber = new PausedSubscriber<>();

  @AfterEach
  void close() {
    both.close();
  }

  private static void sendAll(InetSocketAddress server) throws IOException {
    try (TestPeer peer = new TestPeer()) {
      for (String number : numbers(0, SENT)) {
        peer.send(server, number);
      }
    }
  }

  private static List<String> numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(String::valueOf).toList();
  }

  private void assertJustWhatWasRequestedIsDelivered() {
    eventually(() -> assertThat(subscriber.got()).hasSizeGreaterThanOrEqualTo(REQUESTED));
    assertThat(subscriber.got()).isEqualTo(numbers(0, REQUESTED));
  }

  @Test
  void reactorNettyReadsMoreIntoAQueueAndCannotBeReceivedFromAgain() throws IOException {
    ReadCounter counter = new ReadCounter();
    Connection server =
        both.bind(
            both.nettyServer()
                .doOnChannelInit(
                    (observer, channel, remote) -> channel.pipeline().addFirst(counter)));
    MaxMessagesRecvByteBufAllocator allocator = server.channel().config().getRecvByteBufAllocator();
    int mostAtATime = allocator.maxMessagesPerRead();
    sendAll(addressOf(server));

    server
        .inbound()
        .receiveObject()
        .cast(DatagramPacket.class)
        .map(packet -> new String(bytesOf(packet), UTF_8))
        .subscribe(subscriber);
    subscriber.ask(REQUESTED);

    eventually(() -> assertThat(counter.read.get()).isGreaterThan(REQUESTED));
    assertJustWhatWasRequestedIsDelivered();
    assertThat(counter.read.get()).isLessThan(REQUESTED + mostAtATime);
    assertThat(ComparisonTable.row("paused subscriber").reactorNetty())
        .contains(" " + mostAtATime + " at a time");

    subscriber.cancel();

    StepVerifier.create(server.inbound().receiveObject())
        .expectErrorSatisfies(
            error ->
                assertThat(error)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Rejecting additional inbound receiver"))
        .verify(LONG);
  }

  @Test
  void oursReadsWhatWasRequestedAndTheNextSubscriberGetsTheRest() throws IOException {
    RioConnection server = both.bind(both.rioServer());
    sendAll(server.localAddress());

    server.receive().map(Datagram::asString).subscribe(subscriber);
    subscriber.ask(REQUESTED);

    assertJustWhatWasRequestedIsDelivered();
    eventually(() -> assertThat(server.stats().received()).isEqualTo(REQUESTED));
    eventually(() -> assertThat(server.stats().posted()).isZero());
    assertThat(server.stats().demand()).isZero();

    subscriber.cancel();

    assertThat(
            server
                .receive()
                .map(Datagram::asString)
                .take(SENT - REQUESTED)
                .collectList()
                .block(LONG))
        .isEqualTo(numbers(REQUESTED, SENT));
    assertThat(server.stats().droppedTotal()).isZero();
  }

  /** Of one channel: what it has read from its socket. */
  private static final class ReadCounter extends ChannelInboundHandlerAdapter {

    private final AtomicInteger read = new AtomicInteger();

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      read.incrementAndGet();
      context.fireChannelRead(message);
    }
  }
}
