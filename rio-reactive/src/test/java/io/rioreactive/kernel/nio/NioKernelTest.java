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
import io.rioreactive.kernel.Feature;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.Needs;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import io.rioreactive.kernel.SocketConfig;
import io.rioreactive.kernel.WaitMode;
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
import java.util.BitSet;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The provider {@code nio} against plain sockets, on the thread of the test. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NioKernelTest {

  private static final InetSocketAddress ANY_PORT = new InetSocketAddress(LOOPBACK, 0);

  @Test
  void probeFindsThatItWorks() throws IOException {
    NioKernel kernel = new NioKernel();
    kernel.probe();
    assertThat(kernel.name()).isEqualTo("nio");
    assertThat(kernel.features()).containsOnlyKeys(Feature.values());
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::1"})
  void datagramsGoBothWays(String literal) throws IOException {
    InetAddress address = InetAddress.ofLiteral(literal);
    assumeAvailable(address);
    try (Net net = new Net()) {
      RequestQueue socket = net.open(address);
      DatagramSocket peer = net.peer(address);
      assertThat(socket.localAddress().getAddress()).isEqualTo(address);
      assertThat(socket.localAddress().getPort()).isPositive();

      Net.post(socket, 3);
      Net.send(peer, "ping", socket);
      assertThat(net.completions(1)).containsExactly("receive 3 OK 4");
      assertThat(Net.payload(socket, 0, 4)).isEqualTo("ping");
      assertThat(Net.sender(socket, 0)).isEqualTo(peer.getLocalSocketAddress());

      Net.postSend(socket, 5, "pong", Net.sender(socket, 0));
      socket.commit();
      assertThat(Net.receive(peer)).isEqualTo("pong");
      assertThat(net.completions(1)).containsExactly("send 5 OK 4");
    }
  }

  @ParameterizedTest
  @EnumSource(WaitMode.class)
  void allWaitModesWork(WaitMode waitMode) throws IOException {
    try (Net net = new Net(waitMode)) {
      RequestQueue socket = net.open(LOOPBACK);
      Net.post(socket, 0);
      Net.send(net.peer(LOOPBACK), "a", socket);
      assertThat(net.completions(1)).containsExactly("receive 0 OK 1");
    }
  }

  @Test
  void anIpv6SocketServesIpv4Too() throws IOException {
    assumeAvailable(LOOPBACK_V6);
    try (Net net = new Net()) {
      RequestQueue socket = net.open(InetAddress.ofLiteral("::"));
      DatagramSocket peer = net.peer(LOOPBACK);
      RequestQueue other = net.open(LOOPBACK);
      Net.post(socket, 0);
      Net.postSend(
          other, 0, "four", new InetSocketAddress(LOOPBACK, socket.localAddress().getPort()));
      other.commit();

      assertThat(net.completions(2)).contains("receive 0 OK 4");
      assertThat(Net.sender(socket, 0)).isEqualTo(other.localAddress());

      Net.postSend(socket, 0, "back", (InetSocketAddress) peer.getLocalSocketAddress());
      socket.commit();
      assertThat(Net.receive(peer)).isEqualTo("back");
    }
  }

  @Test
  void lengthsFromNothingToMoreThanTheSlot() throws IOException {
    try (Net net = new Net()) {
      RequestQueue socket = net.open(LOOPBACK);
      DatagramSocket peer = net.peer(LOOPBACK);
      Net.post(socket, 3, 2, 1, 0);
      Net.send(peer, "", socket);
      Net.send(peer, "x".repeat(DATAGRAM_SIZE), socket);
      Net.send(peer, "y".repeat(DATAGRAM_SIZE + 1), socket);
      Net.send(peer, "z".repeat(DATAGRAM_SIZE * 2), socket);

      assertThat(net.completions(4))
          .containsExactly(
              "receive 0 OK 0",
              "receive 1 OK 32",
              "receive 2 TRUNCATED 32",
              "receive 3 TRUNCATED 32");
      assertThat(Net.payload(socket, 1, DATAGRAM_SIZE)).isEqualTo("x".repeat(DATAGRAM_SIZE));
      assertThat(Net.payload(socket, 2, DATAGRAM_SIZE)).isEqualTo("y".repeat(DATAGRAM_SIZE));
    }
  }

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
  void emptyDatagramsAreSent() throws IOException {
    try (Net net = new Net()) {
      RequestQueue socket = net.open(LOOPBACK);
      DatagramSocket peer = net.peer(LOOPBACK);
      InetSocketAddress target = (InetSocketAddress) peer.getLocalSocketAddress();
      Net.postSend(socket, 0, "", target);
      Net.postSend(socket, 1, "b", target);
      socket.commit();

      assertThat(Net.receive(peer)).isEmpty();
      assertThat(Net.receive(peer)).isEqualTo("b");
      assertThat(net.completions(2)).containsExactly("send 0 OK 0", "send 1 OK 1");
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
  void aTargetThatIsGoneHurtsNobody() throws IOException {
    try (Net net = new Net()) {
      RequestQueue socket = net.open(LOOPBACK);
      DatagramSocket peer = net.peer(LOOPBACK);
      InetSocketAddress gone;
      try (DatagramSocket closed = new DatagramSocket(ANY_PORT)) {
        gone = (InetSocketAddress) closed.getLocalSocketAddress();
      }
      Net.post(socket, 0);
      for (int slot = 0; slot < 4; slot++) {
        Net.postSend(socket, slot, "a", gone);
        socket.commit();
        assertThat(net.completions(1)).containsExactly("send " + slot + " OK 1");
      }
      Net.send(peer, "still here", socket);
      assertThat(net.completions(1)).containsExactly("receive 0 OK 10");
    }
  }

  @Test
  void withdrawnReceivesLeaveDatagramsInTheSocket() throws IOException {
    try (Net net = new Net()) {
      RequestQueue socket = net.open(LOOPBACK);
      DatagramSocket peer = net.peer(LOOPBACK);
      Net.post(socket, 0, 1, 2);
      int[] slots = new int[SLOTS];
      assertThat(socket.withdrawReceives(slots, 2)).isEqualTo(2);
      assertThat(slots).startsWith(2, 1);
      assertThat(socket.withdrawReceives(slots, SLOTS)).isEqualTo(1);
      assertThat(socket.withdrawReceives(slots, SLOTS)).isZero();

      Net.send(peer, "one", socket);
      Net.send(peer, "two", socket);
      assertThat(net.rest()).isEmpty();

      Net.post(socket, 7);
      assertThat(net.completions(1)).containsExactly("receive 7 OK 3");
      assertThat(Net.payload(socket, 0, 3)).isEqualTo("one");
      Net.post(socket, 7);
      assertThat(net.completions(1)).containsExactly("receive 7 OK 3");
      assertThat(Net.payload(socket, 0, 3)).isEqualTo("two");
    }
  }

  @Test
  void noMoreIsReceivedThanWasPosted() throws IOException {
    try (Net net = new Net()) {
      RequestQueue socket = net.open(LOOPBACK);
      DatagramSocket peer = net.peer(LOOPBACK);
      for (int i = 0; i < 5; i++) {
        Net.send(peer, "d" + i, socket);
      }
      Net.post(socket, 0, 1);
      assertThat(net.completions(2)).hasSize(2);
      assertThat(net.rest()).isEmpty();
      Net.post(socket, 0, 1, 2);
      assertThat(net.completions(3)).hasSize(3);
      assertThat(net.rest()).isEmpty();
    }
  }

  @Test
  void whatArrivesLaterIsFoundByWaiting() throws IOException {
    try (Net net = new Net()) {
      RequestQueue socket = net.open(LOOPBACK);
      DatagramSocket peer = net.peer(LOOPBACK);
      for (int round = 0; round < 100; round++) {
        Net.post(socket, 0);
        assertThat(net.rest()).isEmpty();
        Net.send(peer, "a", socket);
        assertThat(net.completions(1)).containsExactly("receive 0 OK 1");
      }
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
  void completionsOfABatchTooSmallAreKept() throws IOException {
    try (Net net = new Net()) {
      RequestQueue socket = net.open(LOOPBACK);
      Net.post(socket, 0, 1, 2, 3);
      socket.close();
      CompletionBatch one = new CompletionBatch(1);
      BitSet slots = new BitSet();
      while (net.queue.dequeue(one)) {
        slots.set(one.slot(0));
        one.clear();
      }
      assertThat(slots.cardinality()).isEqualTo(4);
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
  void theLowestIndexIsUsedAgain() throws IOException {
    try (Net net = new Net()) {
      RequestQueue first = net.open(LOOPBACK);
      RequestQueue second = net.open(LOOPBACK);
      assertThat(first.index()).isZero();
      assertThat(second.index()).isEqualTo(1);
      first.close();
      assertThat(net.open(LOOPBACK).index()).as("not released yet").isEqualTo(2);
      net.release(first);
      assertThat(net.open(LOOPBACK).index()).isZero();
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
  void twoSocketsDoNotShareAPortUnasked() throws IOException {
    try (Net net = new Net()) {
      RequestQueue first = net.open(LOOPBACK);
      assertThatThrownBy(() -> net.open(first.localAddress(), Map.of()))
          .isInstanceOf(BindException.class);
    }
  }

  @Test
  void aWakeBeforeTheAwaitEndsIt() throws IOException {
    try (Net net = new Net()) {
      net.queue.wake();
      net.queue.await();
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
  void aWakeDuringTheAwaitEndsIt() throws IOException, InterruptedException {
    try (Net net = new Net()) {
      Thread pump = Thread.currentThread();
      Thread waker =
          Thread.ofPlatform()
              .start(
                  () -> {
                    while (!isSelecting(pump)) {
                      Thread.onSpinWait();
                    }
                    net.queue.wake();
                  });
      net.queue.await();
      waker.join();
    }
  }

  private static boolean isSelecting(Thread thread) {
    return Stream.of(thread.getStackTrace())
        .anyMatch(frame -> frame.getMethodName().equals("select"));
  }

  @Test
  void manyWakesFromOtherThreadsAreNotLost() throws IOException, InterruptedException {
    int rounds = 5_000;
    try (Net net = new Net()) {
      AtomicInteger done = new AtomicInteger();
      Thread waker =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int i = 1; i <= rounds; i++) {
                      done.set(i);
                      net.queue.wake();
                      while (done.get() == i) {
                        Thread.onSpinWait();
                      }
                    }
                  });
      for (int i = 1; i <= rounds; i++) {
        while (done.get() != i) {
          net.queue.await();
        }
        done.set(-i);
      }
      waker.join();
    }
  }

  @Test
  void wakeAfterCloseDoesNothing() throws IOException {
    Net net = new Net();
    net.close();
    net.queue.wake();
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
  void aFloodedSocketDoesNotStarveAnother() throws IOException {
    try (Net net = new Net()) {
      DatagramSocket peer = net.peer(LOOPBACK);
      RequestQueue flooded = net.open(LOOPBACK);
      RequestQueue quiet = net.open(LOOPBACK);
      Net.post(quiet, 0);
      assertThat(net.rest()).isEmpty();
      Net.post(flooded, 0, 1, 2, 3);
      for (int i = 0; i < 4; i++) {
        Net.send(peer, "flood", flooded);
      }
      Net.send(peer, "quiet", quiet);
      CompletionBatch one = new CompletionBatch(1);
      boolean isQuietServed = false;
      for (int turn = 0; turn < 100 && !isQuietServed; turn++) {
        one.clear();
        assertThat(net.queue.dequeue(one)).as("the flood never ends").isTrue();
        isQuietServed = one.socket(0) == quiet.index();
        if (!isQuietServed) {
          Net.send(peer, "flood", flooded);
          Net.post(flooded, one.slot(0));
        }
      }
      assertThat(isQuietServed).isTrue();
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

  private static void assumeAvailable(InetAddress address) {
    Needs.need(canBind(new InetSocketAddress(address, 0)), "the address " + address);
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
