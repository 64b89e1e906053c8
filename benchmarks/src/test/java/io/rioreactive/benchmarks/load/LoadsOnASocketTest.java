package io.rioreactive.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The loads against a socket of this test: what they say they sent is what it got. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 30, threadMode = ThreadMode.SEPARATE_THREAD) // an interrupt ends no system call
class LoadsOnASocketTest {

  private static final int SIZE = 64;

  private static final long SHORT = TimeUnit.MILLISECONDS.toNanos(50);

  private final AtomicLong received = new AtomicLong();
  private final AtomicLong orders = new AtomicLong();

  @Test
  void everyEchoIsTimedOnce() throws IOException {
    try (DatagramChannel server = echo(0);
        InFlight load = new InFlight(port(server), SIZE, 16)) {
      Histogram times = new Histogram(3);

      Echoes echoes = load.run(SHORT, times);

      assertThat(echoes.received()).isPositive().isEqualTo(echoes.sent());
      assertThat(received).hasValue(echoes.sent());
      assertThat(times.getTotalCount()).isEqualTo(echoes.received());
    }
  }

  /** Else a loss would have one echo fewer under way for ever, and a second one end the load. */
  @Test
  void whatDoesNotComeBackIsGivenUp() throws IOException {
    try (DatagramChannel server = echo(3);
        InFlight load = new InFlight(port(server), SIZE, 3)) {
      Echoes echoes = load.run(SHORT, new Histogram(3));

      assertThat(echoes).isEqualTo(new Echoes(3, 0)); // the first three are swallowed
      Echoes more = load.run(SHORT, new Histogram(3));
      assertThat(more.received()).isPositive().isEqualTo(more.sent());
    }
  }

  @Test
  void echoesByTheClockAreAsManyAsItSays() throws IOException {
    try (DatagramChannel server = echo(0);
        Paced load = new Paced(port(server), SIZE, 1_000)) {
      Histogram times = new Histogram(3);

      assertThat(load.run(SHORT, times)).isEqualTo(new Echoes(50, 50));
      assertThat(times.getTotalCount()).isEqualTo(50);
    }
  }

  /** Each cycle is an order to hold, and then what each of the peers whose turn it is sends. */
  @Test
  void cyclesAreAnOrderAndWhatWaits() throws Exception {
    Process idle = new ProcessBuilder("cat").start();
    try (DatagramChannel server = echo(0);
        Held load = new Held(List.of(port(server)), SIZE, 6, 2, 4)) {
      Held.Cycles cycles = load.run(new CpuClock(idle.pid()), SHORT);

      awaitReceived(cycles.sent());
      assertThat(orders).hasPositiveValue();
      assertThat(cycles.sent()).isEqualTo(orders.get() * (1 + 4 * 2));
      assertThat(cycles.measured())
          .isPositive()
          .isLessThanOrEqualTo(orders.get() * 4 * 2)
          .satisfies(measured -> assertThat(measured % 8).isZero());
      assertThat(cycles.cpuNanos()).isNotNegative();
    } finally {
      idle.destroyForcibly();
    }
  }

  @Test
  void aBurstIsWhole() throws IOException {
    try (DatagramChannel server = echo(0);
        Burst load = new Burst(port(server), SIZE, 20)) {
      load.run();

      awaitReceived(20);
    }
  }

  /** The law that the results are checked with, on a socket that nobody reads before the end. */
  @Test
  void whatAFloodSendsIsReceivedOrDropped() throws IOException {
    try (DatagramChannel server = bound();
        Flood load = new Flood(port(server), SIZE)) {
      long sent = 0;
      do { // a moment may be one call, if this thread has to wait for a core
        sent += load.run(TimeUnit.MILLISECONDS.toNanos(5));
      } while (dropsOf(server) == 0);

      server.configureBlocking(false);
      ByteBuffer buffer = ByteBuffer.allocate(100);
      long got = 0;
      while (server.receive(buffer.clear()) != null) {
        assertThat(buffer.position()).isEqualTo(SIZE);
        got++;
      }
      assertThat(got + dropsOf(server)).isEqualTo(sent);
    }
  }

  private static long dropsOf(DatagramChannel server) throws IOException {
    return Sockets.of(Set.of(port(server))).drops();
  }

  @Test
  void aDropOfACoalescingSocketIsADatagramOrAMessage() throws IOException {
    try (DatagramChannel server = bound();
        Flood load = new Flood(port(server), SIZE)) {
      assertThat(load.datagramsForEachDrop()).isIn(1L, load.isSegmenting() ? 64L : 1L);
    }
  }

  private static DatagramChannel bound() throws IOException {
    return DatagramChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  private static int port(DatagramChannel channel) throws IOException {
    return ((InetSocketAddress) channel.getLocalAddress()).getPort();
  }

  /** Sends back all but the first so many, and obeys no order; ends when it is closed. */
  private DatagramChannel echo(int swallowed) throws IOException {
    DatagramChannel channel = bound();
    Thread.ofPlatform().daemon().start(() -> serve(channel, swallowed));
    return channel;
  }

  private void serve(DatagramChannel channel, int swallowed) {
    ByteBuffer buffer = ByteBuffer.allocate(2_048);
    try {
      while (true) {
        SocketAddress peer = channel.receive(buffer.clear());
        if (buffer.flip().getLong(0) < 0) {
          orders.incrementAndGet();
        }
        if (received.incrementAndGet() > swallowed) {
          channel.send(buffer, peer);
        }
      }
    } catch (ClosedChannelException e) {
      // the test is over
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Ends by the timeout of the test, if not by what it waits for. */
  private void awaitReceived(long count) {
    while (received.get() < count) {
      Thread.onSpinWait();
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }
    assertThat(received).hasValue(count);
  }
}
