package io.rioreactive.kernel.nio;

import static io.rioreactive.kernel.nio.Net.DATAGRAM_SIZE;
import static io.rioreactive.kernel.nio.Net.LOOPBACK;
import static io.rioreactive.kernel.nio.Net.SLOTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SocketConfig;
import io.rioreactive.kernel.WaitMode;
import io.rioreactive.kernel.Wine;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.net.ConnectException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a loopback interface never does: full buffers, failures, a channel closed by others. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NioRequestQueueTest {

  /** A queue with one socket over a channel of the test's own. */
  private static final class Fixture implements AutoCloseable {

    final Selector selector = Selector.open();
    final NioCompletionQueue queue = new NioCompletionQueue(WaitMode.COMPLETION_PORT, selector);
    final FillableChannel channel;
    final SelectionKey key;
    final NioRequestQueue socket;
    final DatagramSocket peer = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0));

    Fixture() throws IOException {
      InetSocketAddress any = new InetSocketAddress(LOOPBACK, 0);
      UdpChannel real =
          UdpChannel.open(new SocketConfig(any, SLOTS, SLOTS, DATAGRAM_SIZE, Map.of()));
      key = real.channel().register(selector, 0);
      channel = new FillableChannel(real.channel());
      Arena arena = Arena.ofConfined();
      socket =
          new NioRequestQueue(
              queue,
              0,
              new UdpChannel(channel, real.format(), real.localAddress(), 0, 0),
              key,
              arena,
              SLOTS,
              Slab.allocate(arena, SLOTS, DATAGRAM_SIZE),
              Slab.allocate(arena, SLOTS, DATAGRAM_SIZE));
      key.attach(socket);
    }

    InetSocketAddress target() {
      return (InetSocketAddress) peer.getLocalSocketAddress();
    }

    List<String> dequeue() throws IOException {
      CompletionBatch batch = new CompletionBatch(4 * SLOTS);
      queue.dequeue(batch);
      List<String> found = new ArrayList<>();
      for (int i = 0; i < batch.size(); i++) {
        found.add(Net.describe(batch, i));
      }
      return found;
    }

    @Override
    public void close() throws IOException {
      socket.close();
      while (!dequeue().isEmpty()) {
        // until nothing is outstanding
      }
      socket.release();
      queue.close();
      peer.close();
    }
  }

  @Test
  void aFullBufferWaitsUntilTheSelectorSaysOtherwise() throws IOException {
    try (Fixture fixture = new Fixture()) {
      fixture.channel.room(1);
      for (int slot = 0; slot < 3; slot++) {
        Net.postSend(fixture.socket, slot, "s" + slot, fixture.target());
      }
      fixture.socket.commit();
      assertThat(fixture.dequeue()).containsExactly("send 0 OK 2");

      fixture.channel.room(2);
      fixture.socket.commit();
      assertThat(fixture.dequeue()).as("nobody asks a full buffer again").isEmpty();

      fixture.queue.await(); // the real channel is writable
      assertThat(fixture.dequeue()).containsExactly("send 1 OK 2", "send 2 OK 2");
      fixture.queue.wake();
      fixture.queue.await();
      assertThat(fixture.key.interestOps()).as("interest ends with the wait").isZero();
    }
  }

  @Test
  void closeCancelsWhatAFullBufferKeptWaiting() throws IOException {
    try (Fixture fixture = new Fixture()) {
      fixture.channel.room(1);
      Net.postSend(fixture.socket, 0, "a", fixture.target());
      Net.postSend(fixture.socket, 1, "b", fixture.target());
      fixture.socket.commit();
      fixture.socket.close();
      assertThat(fixture.dequeue()).containsExactly("send 0 OK 1", "send 1 CANCELLED 0");
    }
  }

  @Test
  void interestFollowsThePosts() throws IOException {
    try (Fixture fixture = new Fixture()) {
      assertThat(fixture.dequeue()).isEmpty();
      await(fixture);
      assertThat(fixture.key.interestOps()).as("nothing posted").isZero();

      Net.post(fixture.socket, 0);
      assertThat(fixture.dequeue()).isEmpty();
      await(fixture);
      assertThat(fixture.key.interestOps()).isEqualTo(SelectionKey.OP_READ);

      fixture.socket.withdrawReceives(new int[1], 1);
      await(fixture);
      assertThat(fixture.key.interestOps()).as("withdrawn").isZero();

      Net.post(fixture.socket, 0);
      await(fixture);
      assertThat(fixture.key.interestOps()).as("again").isEqualTo(SelectionKey.OP_READ);
    }
  }

  private static void await(Fixture fixture) throws IOException {
    fixture.queue.wake();
    fixture.queue.await();
  }

  @Test
  void aReceiveThatFailsFailsAlone() throws IOException {
    try (Fixture fixture = new Fixture()) {
      fixture.channel.failReceives(new PortUnreachableException());
      Net.post(fixture.socket, 0, 1, 2);
      assertThat(fixture.dequeue()).as("one in a turn").containsExactly("receive 2 FAILED 0");
      fixture.channel.failReceives(null);

      Net.send(fixture.peer, "a", fixture.socket);
      fixture.queue.await();
      assertThat(fixture.dequeue()).containsExactly("receive 1 OK 1");
    }
  }

  @Test
  void aChannelClosedByOthersFailsTheSocketOnReceive() throws IOException {
    try (Fixture fixture = new Fixture()) {
      Net.post(fixture.socket, 0, 1);
      fixture.channel.close();

      assertThat(fixture.dequeue())
          .containsExactly("receive 1 SOCKET_FAILED 0", "receive 0 SOCKET_FAILED 0");
      int code = fixture.socket.postReceive(0);
      assertThat(code).isNotEqualTo(RequestQueue.ACCEPTED);
      KernelException error = fixture.socket.error("post a receive", code);
      assertThat(error).hasMessageContaining("NIO_CLOSED").hasMessageContaining("channel");
    }
  }

  @Test
  void aChannelClosedByOthersFailsTheSocketOnSend() throws IOException {
    try (Fixture fixture = new Fixture()) {
      Net.postSend(fixture.socket, 0, "a", fixture.target());
      Net.postSend(fixture.socket, 1, "b", fixture.target());
      fixture.channel.close();
      fixture.socket.commit();

      assertThat(fixture.dequeue())
          .containsExactly("send 0 SOCKET_FAILED 0", "send 1 SOCKET_FAILED 0");
    }
  }

  // ---- connected

  private static final String NEWS = "receive -1 FAILED 0";

  @Test
  void whatTellsOfEarlierDatagramsIsNewsAndTheSendIsMadeAgain() throws IOException {
    for (IOException told :
        List.of(
            new PortUnreachableException(),
            new ConnectException("Connection refused"),
            new IOException("Connection refused"))) {
      try (Fixture fixture = new Fixture()) {
        fixture.socket.connect(fixture.target());
        fixture.channel.failWrites(3, told);
        Net.postSend(fixture.socket, 0, "again", fixture.target());
        fixture.socket.commit();

        assertThat(fixture.dequeue()).containsExactly("send 0 OK 5", NEWS, NEWS, NEWS);
        assertThat(Net.receive(fixture.peer)).isEqualTo("again");
      }
    }
  }

  @Test
  void aSendThatMeetsNothingButNewsFailsAndTheNextOneGoes() throws IOException {
    try (Fixture fixture = new Fixture()) {
      fixture.socket.connect(fixture.target());
      fixture.channel.failWrites(8, new PortUnreachableException());
      Net.postSend(fixture.socket, 0, "first", fixture.target());
      Net.postSend(fixture.socket, 1, "next", fixture.target());
      fixture.socket.commit();

      assertThat(fixture.dequeue())
          .startsWith("send 0 FAILED 0", "send 1 OK 4")
          .filteredOn(NEWS::equals)
          .hasSize(7);
    }
  }

  @Test
  void newsOfAReceiveTakesNoSlot() throws IOException {
    try (Fixture fixture = new Fixture()) {
      fixture.socket.connect(fixture.target());
      Net.post(fixture.socket, 0);
      fixture.channel.failReceives(new PortUnreachableException());
      assertThat(fixture.dequeue()).containsExactly(NEWS);
      fixture.channel.failReceives(null);

      Net.send(fixture.peer, "after", fixture.socket);
      fixture.queue.await();
      assertThat(fixture.dequeue()).containsExactly("receive 0 OK 5");
    }
  }

  @Test
  void aSendsOwnFailureIsNoNews() throws IOException {
    try (Fixture fixture = new Fixture()) {
      fixture.socket.connect(fixture.target());
      fixture.channel.failWrites(1, new NoRouteToHostException());
      Net.postSend(fixture.socket, 0, "x", fixture.target());
      fixture.socket.commit();
      assertThat(fixture.dequeue()).containsExactly("send 0 FAILED 0");
    }
  }

  @Test
  void aSocketThatLostItsPeerSendsAndHearsNothingUntilItHasOneAgain() throws IOException {
    assumeFalse(Wine.isThere(), "Wine loses the port when a channel is disconnected");
    try (Fixture fixture = new Fixture()) {
      fixture.socket.connect(fixture.target());
      fixture.channel.failConnects(2, new NoRouteToHostException()); // to the other, and back
      assertThatThrownBy(() -> fixture.socket.connect(new InetSocketAddress(LOOPBACK, 9)))
          .isInstanceOf(KernelException.class)
          .hasMessageStartingWith("connect 127.0.0.1:9 failed: NIO_UNREACHABLE");
      Net.post(fixture.socket, 0);
      Net.postSend(fixture.socket, 0, "lost", fixture.target());
      Net.send(fixture.peer, "anybody's", fixture.socket);
      fixture.socket.commit();
      assertThat(fixture.dequeue()).containsExactly("send 0 FAILED 0");

      fixture.socket.connect(fixture.target());
      Net.postSend(fixture.socket, 0, "found", fixture.target());
      fixture.socket.commit();
      assertThat(fixture.dequeue()).containsExactly("send 0 OK 5");
      assertThat(Net.receive(fixture.peer)).isEqualTo("found");
      Net.send(fixture.peer, "the peer's", fixture.socket);
      fixture.queue.await();
      assertThat(fixture.dequeue()).containsExactly("receive 0 OK 10");
    }
  }

  @Test
  void strangersWhoFloodASocketWithoutAPeerDoNotRunPastItsBuffers() throws IOException {
    assumeFalse(Wine.isThere(), "Wine loses the port when a channel is disconnected");
    try (Fixture fixture = new Fixture()) {
      fixture.socket.connect(fixture.target());
      fixture.channel.failConnects(2, new NoRouteToHostException());
      assertThatThrownBy(() -> fixture.socket.connect(new InetSocketAddress(LOOPBACK, 9)))
          .isInstanceOf(KernelException.class);
      Net.post(fixture.socket, 0);
      for (int i = 0; i < 10 * SLOTS; i++) {
        Net.send(fixture.peer, "anybody's " + i, fixture.socket);
      }

      fixture.queue.await();
      for (int i = 0; i < 20; i++) {
        assertThat(fixture.dequeue()).isEmpty();
      }
      fixture.socket.connect(fixture.target());
      Net.send(fixture.peer, "the peer's", fixture.socket);
      fixture.queue.await();
      assertThat(fixture.dequeue()).containsExactly("receive 0 OK 10");
    }
  }

  @Test
  void aPeerOfAFamilyItCannotReachCostsNothingThatHasArrived() throws IOException {
    try (Fixture fixture = new Fixture()) {
      fixture.socket.connect(fixture.target());
      Net.send(fixture.peer, "the peer's", fixture.socket);
      InetSocketAddress six = new InetSocketAddress(InetAddress.ofLiteral("::1"), 9);
      assertThatThrownBy(() -> fixture.socket.connect(six))
          .hasMessageStartingWith("connect [0:0:0:0:0:0:0:1]:9 failed: NIO_BAD_ADDRESS");

      Net.post(fixture.socket, 0);
      fixture.queue.await();
      assertThat(fixture.dequeue()).containsExactly("receive 0 OK 10");
    }
  }
}
