package io.rioreactive.kernel.nio;

import static io.rioreactive.kernel.nio.Net.DATAGRAM_SIZE;
import static io.rioreactive.kernel.nio.Net.LOOPBACK;
import static io.rioreactive.kernel.nio.Net.LOOPBACK_V6;
import static io.rioreactive.kernel.nio.Net.SLOTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import io.rioreactive.kernel.SocketConfig;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.OS;

/** The provider {@code nio} against plain sockets, on the thread of the test. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NioKernelTest {

  private static final InetSocketAddress ANY_PORT = new InetSocketAddress(LOOPBACK, 0);

  @Test
  void aTruncatedDatagramStaysInItsPlace() throws IOException {
    try (Net net = new Net()) {
      RequestQueue socket = net.open(LOOPBACK);
      DatagramSocket peer = net.peer(LOOPBACK);
      Net.post(socket, 1, 0);
      Net.send(peer, "first", socket);
      Net.send(peer, "neighbour", socket);
      net.completions(2);

      Net.post(socket, 0);
      Net.send(peer, "z".repeat(10 * DATAGRAM_SIZE), socket);
      assertThat(net.completions(1)).containsExactly("receive 0 TRUNCATED 32");

      assertThat(Net.payload(socket, 1, 9)).isEqualTo("neighbour");
      assertThat(Net.sender(socket, 1)).isEqualTo(peer.getLocalSocketAddress());
    }
  }

  @Test
  void aBadTargetInTheMiddleFailsAlone() throws IOException {
    try (Net net = new Net()) {
      RequestQueue socket = net.open(LOOPBACK);
      DatagramSocket peer = net.peer(LOOPBACK);
      InetSocketAddress target = (InetSocketAddress) peer.getLocalSocketAddress();
      Net.postSend(socket, 0, "a", target);
      Net.postSend(socket, 1, "b", new InetSocketAddress(LOOPBACK, 0));
      Net.postSend(socket, 2, "c", target);
      socket.commit();

      CompletionBatch batch = new CompletionBatch(SLOTS);
      assertThat(net.queue.dequeue(batch)).isTrue();
      assertThat(batch.size()).isEqualTo(3);
      assertThat(batch.status(0)).isEqualTo(CompletionStatus.OK);
      assertThat(batch.status(1)).isEqualTo(CompletionStatus.FAILED);
      assertThat(batch.length(1)).isZero();
      assertThat(batch.status(2)).isEqualTo(CompletionStatus.OK);
      KernelException error = socket.error("send", batch.code(1));
      assertThat(error.kind()).isEqualTo(KernelException.Kind.BAD_ADDRESS);
      assertThat(error).hasMessageStartingWith("send failed: NIO_BAD_ADDRESS (4): ");
      assertThat(error).hasMessageContaining("port 0").hasMessageContaining("bind address");
      assertThat(Net.receive(peer)).isEqualTo("a");
      assertThat(Net.receive(peer)).isEqualTo("c");
    }
  }

  @Test
  void aTargetOfAnotherFamilyFailsAlone() throws IOException {
    try (Net net = new Net()) {
      RequestQueue socket = net.open(LOOPBACK);
      SlotRegion slots = socket.sendSlots();
      new SocketAddressFormat(socket.addressFormat().afInet6(), true)
          .write(slots.memory(), slots.addressAt(0), new InetSocketAddress(LOOPBACK_V6, 4711));
      assertThat(socket.postSend(0, 1)).isEqualTo(RequestQueue.ACCEPTED);
      socket.commit();

      CompletionBatch batch = new CompletionBatch(SLOTS);
      assertThat(net.queue.dequeue(batch)).isTrue();
      assertThat(batch.status(0)).isEqualTo(CompletionStatus.FAILED);
      assertThat(socket.error("send", batch.code(0)))
          .hasMessageContaining("UnsupportedAddressTypeException");
    }
  }

  @Test
  void closeCompletesEverythingAsCancelled() throws IOException {
    try (Net net = new Net()) {
      RequestQueue socket = net.open(LOOPBACK);
      Net.post(socket, 0, 1, 2);
      Net.postSend(socket, 0, "never committed", ANY_PORT);
      assertThatThrownBy(socket::release).isInstanceOf(IllegalStateException.class);

      socket.close();

      assertThatThrownBy(socket::release).hasMessageContaining("4 requests are outstanding");
      assertThat(net.completions(4))
          .containsExactlyInAnyOrder(
              "receive 0 CANCELLED 0",
              "receive 1 CANCELLED 0",
              "receive 2 CANCELLED 0",
              "send 0 CANCELLED 0");
      assertThat(socket.postReceive(0)).isNotEqualTo(RequestQueue.ACCEPTED);
      assertThat(socket.postSend(0, 1)).isNotEqualTo(RequestQueue.ACCEPTED);
      assertThat(net.rest()).isEmpty();
      net.release(socket);
    }
  }

  @Test
  void anAbandonedSocketIsHeardOfNoMore() throws IOException {
    try (Net net = new Net()) {
      RequestQueue socket = net.queue.openSocket(config(ANY_PORT));
      Net.post(socket, 0, 1);
      assertThatThrownBy(socket::abandon).isInstanceOf(IllegalStateException.class);
      socket.close();
      socket.abandon();
      assertThat(net.rest()).isEmpty();
    }
  }

  @Test
  void aClosedSocketGivesItsPortBackAtOnce() throws IOException {
    try (Net net = new Net()) {
      RequestQueue first = net.open(LOOPBACK);
      first.close();
      assertThat(net.open(first.localAddress(), Map.of()).localAddress())
          .isEqualTo(first.localAddress());
    }
  }

  @Test
  void aTakenPortIsToldWithItsAddress() throws IOException {
    try (Net net = new Net()) {
      DatagramSocket peer = net.peer(LOOPBACK);
      InetSocketAddress taken = (InetSocketAddress) peer.getLocalSocketAddress();
      assertThatThrownBy(() -> net.open(taken, Map.of()))
          .isInstanceOf(BindException.class)
          .hasMessageStartingWith("bind 127.0.0.1:" + taken.getPort() + " failed: ");
      assertThat(net.open(LOOPBACK).index()).as("nothing was left").isZero();
    }
  }

  @Test
  void anAddressOfOthersIsTold() throws IOException {
    InetSocketAddress other = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 4711);
    assumeFalse(canBind(other), "this system binds a socket to any address, as Wine does");
    try (Net net = new Net()) {
      assertThatThrownBy(() -> net.open(other, Map.of()))
          .isInstanceOf(BindException.class)
          .hasMessageContaining("192.0.2.1:4711");
    }
  }

  @Test
  void optionsAreSet() throws IOException {
    try (Net net = new Net()) {
      RequestQueue socket =
          net.open(
              ANY_PORT,
              Map.of(
                  StandardSocketOptions.SO_REUSEADDR, true,
                  StandardSocketOptions.SO_BROADCAST, true,
                  StandardSocketOptions.IP_TOS, 0x10,
                  StandardSocketOptions.SO_SNDBUF, 20_000,
                  StandardSocketOptions.SO_RCVBUF, 10_000));
      assertThat(socket.describe())
          .isEqualTo("receive buffer 10000 bytes, send buffer 20000 bytes");
      assertThat(socket.kernelDrops()).isEmpty();
    }
  }

  @Test
  void aSizeThatIsNotGrantedIsNoFailure() throws IOException {
    try (Net net = new Net()) {
      RequestQueue socket =
          net.open(ANY_PORT, Map.of(StandardSocketOptions.SO_RCVBUF, Integer.MAX_VALUE));
      assertThat(socket.describe()).startsWith("receive buffer ");
    }
  }

  @Test
  void aBufferIsNeverMadeSmallerUnasked() throws IOException {
    try (Net net = new Net();
        DatagramSocket plain = new DatagramSocket(ANY_PORT)) {
      String described = net.open(LOOPBACK).describe();
      int granted = Integer.parseInt(described.replaceAll("receive buffer (\\d+) .*", "$1"));
      assertThat(granted).isGreaterThanOrEqualTo(plain.getReceiveBufferSize());
    }
  }

  @Test
  void aWakeIsNotSwallowedByWhatComesBetween() throws IOException {
    try (Net net = new Net()) {
      RequestQueue socket = net.open(LOOPBACK);
      net.queue.wake();
      socket.close(); // selects, which clears the selector's own mark
      net.rest();
      net.queue.await();
    }
  }

  @Test
  void anInterruptDoesNotMakeTheAwaitSpin() throws IOException {
    try (Net net = new Net()) {
      RequestQueue socket = net.open(LOOPBACK);
      Thread.currentThread().interrupt();
      Net.post(socket, 0);
      assertThat(net.rest()).isEmpty();
      net.queue.wake();
      net.queue.await();
      net.queue.wake();
      net.queue.await();
      Net.send(net.peer(LOOPBACK), "a", socket);
      assertThat(net.completions(1)).containsExactly("receive 0 OK 1");
      assertThat(Thread.interrupted()).isFalse();
    }
  }

  @Test
  void manySlotsAreBoundAndUsed() throws IOException {
    int slots = 100_000;
    try (Net net = new Net()) {
      RequestQueue socket =
          net.queue.openSocket(new SocketConfig(ANY_PORT, slots, 1, 100, Map.of()));
      try {
        SlotRegion region = socket.receiveSlots();
        assertThat(region.slots()).as("memory is for a visit, not for a slot").isEqualTo(64);
        assertThat(region.memory().isNative()).isTrue();
        Net.post(socket, slots - 1);
        Net.send(net.peer(LOOPBACK), "last", socket);
        assertThat(net.completions(1)).containsExactly("receive 99999 OK 4");
        assertThat(Net.payload(socket, 0, 4)).isEqualTo("last");
      } finally {
        socket.close();
        socket.release();
      }
    }
  }

  @Test
  void nothingIsLeftOfAThousandSockets() throws IOException {
    try (Net net = new Net()) {
      openAndClose(net);
      long before = descriptors();
      for (int i = 0; i < 1_000; i++) {
        openAndClose(net);
      }
      assertThat(descriptors()).isEqualTo(before);
    }
  }

  @Test
  void nothingIsLeftOfFailedBinds() throws IOException {
    try (Net net = new Net()) {
      InetSocketAddress taken = (InetSocketAddress) net.peer(LOOPBACK).getLocalSocketAddress();
      assertThatThrownBy(() -> net.open(taken, Map.of())).isInstanceOf(BindException.class);
      long before = descriptors();
      for (int i = 0; i < 100; i++) {
        assertThatThrownBy(() -> net.open(taken, Map.of())).isInstanceOf(BindException.class);
      }
      assertThat(descriptors()).isEqualTo(before);
    }
  }

  private static void openAndClose(Net net) throws IOException {
    RequestQueue socket = net.queue.openSocket(config(ANY_PORT));
    Net.post(socket, 0, 1);
    socket.close();
    assertThat(net.completions(2)).hasSize(2);
    socket.release();
  }

  /** Open descriptors of this process where the system shows them, else 0. */
  private static long descriptors() throws IOException {
    if (OS.current() != OS.LINUX) {
      return 0;
    }
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }

  private static SocketConfig config(InetSocketAddress address) {
    return new SocketConfig(address, SLOTS, SLOTS, DATAGRAM_SIZE, Map.of());
  }

  private static boolean canBind(InetSocketAddress address) {
    boolean isIpv6 = address.getAddress() instanceof Inet6Address;
    try (DatagramChannel channel =
        DatagramChannel.open(isIpv6 ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET)) {
      channel.bind(address);
      return true;
    } catch (IOException | UnsupportedOperationException e) {
      return false;
    }
  }
}
