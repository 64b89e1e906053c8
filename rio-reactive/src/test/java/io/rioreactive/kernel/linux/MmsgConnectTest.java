package io.rioreactive.kernel.linux;

import static io.rioreactive.kernel.KernelHarness.postReceives;
import static io.rioreactive.kernel.KernelHarness.postSend;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelHarness.Done;
import io.rioreactive.kernel.RequestQueue;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From one peer to the next. */
@EnabledOnOs(OS.LINUX)
@Timeout(20)
class MmsgConnectTest {

  private static final byte[] A = "a".getBytes(UTF_8);
  private static final byte[] B = "b".getBytes(UTF_8);

  @ParameterizedTest
  @ValueSource(ints = {0, Constants.SO_ATTACH_FILTER})
  void nobodyElseIsHeardNotEvenWhoCameBefore(int refusedOption) throws IOException {
    try (MmsgHarness harness = new MmsgHarness();
        DatagramSocket stranger = new DatagramSocket(MmsgHarness.loopback(0))) {
      harness.libc.refusedOption = refusedOption;
      RequestQueue socket = open(harness, "127.0.0.1", 0);
      DatagramPacket packet = new DatagramPacket(A, 1, socket.localAddress());
      for (int i = 0; i < 100; i++) {
        stranger.send(packet);
      }
      socket.connect(harness.peerAddress());
      stranger.send(packet);
      postReceives(socket, 4);
      harness.sendTo(socket, B);

      assertThat(harness.take(1)).extracting(Done::text).containsExactly("b");
      harness.queue.wake();
      harness.queue.await();
      assertThat(harness.dequeue()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theNextPeerIsReachedFromTheSamePort(boolean isPortAskedFor) throws IOException {
    try (MmsgHarness harness = new MmsgHarness();
        DatagramSocket six = plain("::1");
        DatagramSocket four = plain("127.0.0.2")) {
      RequestQueue socket = open(harness, "::", isPortAskedFor ? freePort() : 0);
      int port = socket.localAddress().getPort();
      postReceives(socket, 4);
      for (DatagramSocket peer : List.of(six, harness.peer, four, six, four, harness.peer)) {
        InetSocketAddress address = (InetSocketAddress) peer.getLocalSocketAddress();
        socket.connect(address);

        assertThat(socket.localAddress().getPort()).isEqualTo(port);
        assertThat(socket.localAddress().getAddress().isAnyLocalAddress()).isFalse();
        MmsgHarness.postSend(socket, 0, address, A);
        socket.commit();
        assertThat(harness.take(1)).containsExactly(Done.sent(socket, 0, "a"));
        DatagramPacket got = new DatagramPacket(new byte[4], 4);
        peer.receive(got);
        assertThat(got.getSocketAddress()).isEqualTo(socket.localAddress());
        peer.send(new DatagramPacket(B, 1, got.getSocketAddress()));
        Done received = harness.take(1).getFirst();
        assertThat(received.sender()).isEqualTo(address);
        socket.postReceive(received.slot());
      }
    }
  }

  @Test
  void aSourceThatSuitsIsKeptAndSoIsWhatHasArrived() throws IOException {
    try (MmsgHarness harness = new MmsgHarness();
        DatagramSocket next = plain("127.0.0.1")) {
      RequestQueue socket = open(harness, "0.0.0.0", 0);
      socket.connect(harness.peerAddress());
      harness.sendTo(socket, A);
      socket.connect((InetSocketAddress) next.getLocalSocketAddress());

      postReceives(socket, 1);
      assertThat(harness.take(1)).extracting(Done::text).containsExactly("a");
    }
  }

  @Test
  void aRefusedPeerLeavesTheFormerOne() throws IOException {
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = open(harness, "127.0.0.1", 0);
      socket.connect(harness.peerAddress());

      assertThatThrownBy(() -> socket.connect(address("203.0.113.1", 9)))
          .isInstanceOf(KernelException.class)
          .hasMessageStartingWith("connect 203.0.113.1:9 failed: E");
      assertThatThrownBy(() -> socket.connect(address("::1", 9)))
          .hasMessageStartingWith("connect [0:0:0:0:0:0:0:1]:9 failed: EAFNOSUPPORT (97): ");
      requireConnectedToPeer(harness, socket);
    }
  }

  @Test
  void aPeerRefusedAfterTheFormerOneWasLeftBringsItBack() throws IOException {
    try (MmsgHarness harness = new MmsgHarness();
        DatagramSocket six = plain("::1")) {
      RequestQueue socket = open(harness, "::", 0);
      socket.connect(harness.peerAddress());
      InetSocketAddress local = socket.localAddress();

      harness.libc.failConnect(2, Errno.ENETUNREACH); // of the scratch socket, to nobody, to it
      assertThatThrownBy(() -> socket.connect((InetSocketAddress) six.getLocalSocketAddress()))
          .hasMessageContaining("failed: ENETUNREACH (101): ")
          .hasNoSuppressedExceptions();
      assertThat(socket.localAddress()).isEqualTo(local);
      requireConnectedToPeer(harness, socket);
    }
  }

  @Test
  void aPortLostOnTheWayFailsTheSocket() throws IOException {
    try (MmsgHarness harness = new MmsgHarness();
        DatagramSocket six = plain("::1")) {
      RequestQueue socket = open(harness, "::", 0);
      int port = socket.localAddress().getPort();
      socket.connect(harness.peerAddress());
      postReceives(socket, 1);

      harness.libc.failBind(Errno.EADDRINUSE);
      InetSocketAddress next = (InetSocketAddress) six.getLocalSocketAddress();
      assertThatThrownBy(() -> socket.connect(next))
          .hasMessageStartingWith(
              "bind [0:0:0:0:0:0:0:0]:" + port + " again failed: EADDRINUSE (98): ");
      assertThat(harness.take(1))
          .extracting(Done::status)
          .containsExactly(CompletionStatus.SOCKET_FAILED);
      assertThatThrownBy(() -> socket.connect(next)).hasMessageContaining("EADDRINUSE");
    }
  }

  @Test
  void whoHasLostItsPeerReachesAndHearsNobodyUntilItHasOneAgain() throws IOException {
    try (MmsgHarness harness = new MmsgHarness();
        DatagramSocket six = plain("::1")) {
      RequestQueue socket = open(harness, "::", 0);
      socket.connect(harness.peerAddress());
      postReceives(socket, 4);
      harness.libc.failConnect(2, Errno.ENETUNREACH).failConnect(0, Errno.ENETUNREACH);
      InetSocketAddress next = (InetSocketAddress) six.getLocalSocketAddress();
      assertThatThrownBy(() -> socket.connect(next))
          .satisfies(refused -> assertThat(refused.getSuppressed()).hasSize(1));

      for (int i = 0; i < 100; i++) {
        harness.sendTo(socket, A); // nobody is heard, the peer neither
      }
      postSend(socket, 0, harness.peerAddress(), A);
      socket.commit();
      Done refused = harness.take(1).getFirst();
      assertThat(refused.status()).isEqualTo(CompletionStatus.FAILED);
      assertThat(refused.code()).isEqualTo(Errno.EDESTADDRREQ.code());

      socket.connect(harness.peerAddress());
      requireConnectedToPeer(harness, socket);
      harness.sendTo(socket, B);
      assertThat(harness.take(1)).extracting(Done::text).containsExactly("b");
      assertThat(socket.kernelDrops()).hasValue(0);
    }
  }

  @Test
  void withoutFiltersWhatArrivedOnTheWayIsThrownAway() throws IOException {
    try (MmsgHarness harness = new MmsgHarness();
        DatagramSocket six = plain("::1")) {
      harness.libc.refusedOption = Constants.SO_ATTACH_FILTER;
      RequestQueue socket = open(harness, "::", 0);
      socket.connect(harness.peerAddress());
      harness.sendTo(socket, A); // might as well be a stranger's, for all it knows
      socket.connect((InetSocketAddress) six.getLocalSocketAddress());

      postReceives(socket, 2);
      six.send(new DatagramPacket(B, 1, socket.localAddress()));
      assertThat(harness.take(1)).extracting(Done::text).containsExactly("b");
    }
  }

  @Test
  void aSourceThatChangesKeepsWhatHasArrived() throws IOException {
    try (MmsgHarness harness = new MmsgHarness();
        DatagramSocket six = plain("::1")) {
      RequestQueue socket = open(harness, "::", 0);
      socket.connect(harness.peerAddress());
      harness.sendTo(socket, A);
      socket.connect((InetSocketAddress) six.getLocalSocketAddress());

      postReceives(socket, 2);
      Done done = harness.take(1).getFirst();
      assertThat(done.text()).isEqualTo("a");
      assertThat(done.sender()).isEqualTo(harness.peerAddress());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "::"})
  void thePathMtuIsToldWhileThereIsAPeer(String host) throws IOException {
    int device = NetworkInterface.getByInetAddress(InetAddress.ofLiteral("127.0.0.1")).getMTU();
    int loopback = Math.min(device, 65_535); // no IPv4 packet is longer
    try (MmsgHarness harness = new MmsgHarness()) {
      RequestQueue socket = open(harness, host, 0);
      assertThat(socket.pathMtu()).isEmpty();
      socket.connect(harness.peerAddress());
      assertThat(socket.pathMtu()).hasValue(loopback);

      socket.close();
      assertThat(socket.pathMtu()).isEmpty();
    }
  }

  private static void requireConnectedToPeer(MmsgHarness harness, RequestQueue socket)
      throws IOException {
    postSend(socket, 0, MmsgHarness.loopback(9), A);
    socket.commit();
    assertThat(harness.take(1)).containsExactly(Done.sent(socket, 0, "a"));
    assertThat(harness.receiveAtPeer()).isEqualTo("a");
  }

  private static RequestQueue open(MmsgHarness harness, String host, int port) throws IOException {
    return harness.open(MmsgHarness.config(address(host, port), 4, 4, 64, Map.of()));
  }

  private static InetSocketAddress address(String host, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(host), port);
  }

  private static DatagramSocket plain(String host) throws IOException {
    DatagramSocket socket = new DatagramSocket(address(host, 0));
    socket.setSoTimeout(15_000);
    return socket;
  }

  private static int freePort() throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      return socket.getLocalPort();
    }
  }
}
