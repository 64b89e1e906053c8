package io.rioreactive.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketConfig;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A simulated socket with a peer. */
class SimulatedConnectTest {

  private static final InetSocketAddress PEER = address("192.0.2.7", 4711);
  private static final InetSocketAddress OTHER = address("192.0.2.7", 4712);
  private static final InetSocketAddress STRANGER = address("192.0.2.8", 4711);

  private SimulatedKernel kernel = SimulatedKernel.withdrawingPosts();
  private CompletionQueue queue = kernel.open(WaitMode.COMPLETION_PORT);

  @Test
  void sendsGoToThePeerWithoutAnAddress() throws IOException {
    RequestQueue requests = open("127.0.0.1");
    requests.connect(PEER);
    SlotRegion slots = requests.sendSlots();
    slots.memory().asSlice(slots.payloadAt(0), 1).fill((byte) 'x');

    requests.postSend(0, 1);
    requests.commit();

    assertThat(kernel.lastSocket().sent())
        .singleElement()
        .returns("x", SentDatagram::asString)
        .returns(PEER, SentDatagram::target);
    assertThat(kernel.violations()).isEmpty();
  }

  @Test
  void aStrangersDatagramDoesNotArrive() throws IOException {
    RequestQueue requests = open("127.0.0.1");
    SimulatedSocket socket = kernel.lastSocket();
    requests.connect(PEER);
    post(requests, 0, 1);

    socket.deliver(new byte[1], STRANGER);
    socket.deliver(new byte[1], OTHER); // another port
    socket.deliver(new byte[2], PEER);

    assertThat(dequeue()).containsExactly("receive 0 OK 2");
    assertThatThrownBy(() -> socket.complete(1, new byte[1], STRANGER))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(socket.dropped()).as("nobody's buffer was full").isZero();
  }

  @Test
  void whatHadArrivedOfAFormerPeerMayStillComeAndNothingElseOfIt() throws IOException {
    RequestQueue requests = open("127.0.0.1");
    SimulatedSocket socket = kernel.lastSocket();
    socket.deliver("stranger".getBytes(UTF_8), STRANGER);
    requests.connect(PEER);
    assertThat(socket.waiting()).as("of nobody it was connected to").isZero();
    socket.deliver(new byte[3], PEER);

    requests.connect(OTHER);

    socket.deliver(new byte[4], PEER);
    socket.deliver(new byte[5], OTHER);
    post(requests, 0, 1);
    assertThat(dequeue()).containsExactly("receive 0 OK 3", "receive 1 OK 5");
    assertThat(socket.connects()).containsExactly(PEER, OTHER);
  }

  @Test
  void aConnectKeepsPortAndPosts() throws IOException {
    RequestQueue requests = open("0.0.0.0");
    SimulatedSocket socket = kernel.lastSocket();
    int port = requests.localAddress().getPort();
    requests.connect(PEER);
    assertThat(requests.localAddress()).isEqualTo(address("127.0.0.1", port));
    post(requests, 0);

    requests.connect(OTHER);
    socket.deliver(new byte[1], OTHER);

    assertThat(socket.localAddress()).isEqualTo(address("127.0.0.1", port));
    assertThat(dequeue()).containsExactly("receive 0 OK 1");
  }

  @Test
  void aRefusedConnectLeavesThePeer() throws IOException {
    RequestQueue requests = open("127.0.0.1");
    SimulatedSocket socket = kernel.lastSocket();
    requests.connect(PEER);
    socket.refuseNextConnect(KernelException.Kind.UNREACHABLE, 101);

    assertThatThrownBy(() -> requests.connect(OTHER))
        .isInstanceOfSatisfying(
            KernelException.class,
            refused -> {
              assertThat(refused.kind()).isEqualTo(KernelException.Kind.UNREACHABLE);
              assertThat(refused).hasMessageStartingWith("connect 192.0.2.7:4712 failed: ");
            });

    assertThat(socket.connects()).containsExactly(PEER);
    assertThat(socket.deliver(new byte[1], PEER)).isTrue();
    assertThat(socket.waiting()).isEqualTo(1);
    requests.connect(OTHER);
    assertThat(socket.connects()).containsExactly(PEER, OTHER);
  }

  @Test
  void newsHasNoSlotWherePostsCanBeWithdrawn() throws IOException {
    RequestQueue requests = open("127.0.0.1");
    SimulatedSocket socket = kernel.lastSocket();
    requests.connect(PEER);
    post(requests, 0);

    socket.unreachable(111);

    assertThat(dequeue()).containsExactly("unreachable 111");
    assertThat(requests.error("send", 111).kind()).isEqualTo(KernelException.Kind.UNREACHABLE);
    assertThat(socket.posted()).containsExactly(0);
    assertThat(kernel.violations()).isEmpty();
  }

  @Test
  void newsFailsAReceiveWherePostsAreKept() throws IOException {
    kernel = SimulatedKernel.keepingPosts();
    queue = kernel.open(WaitMode.COMPLETION_PORT);
    RequestQueue requests = open("127.0.0.1");
    SimulatedSocket socket = kernel.lastSocket();
    requests.connect(PEER);
    post(requests, 1, 0);
    socket.unreachable(10054);
    socket.unreachable(10052);
    socket.unreachable(10054); // for the next receive

    assertThat(dequeue())
        .containsExactly("receive 1 FAILED 0 code 10054", "receive 0 FAILED 0 code 10052");
    post(requests, 0, 1);
    assertThat(dequeue()).containsExactly("receive 0 FAILED 0 code 10054");
    assertThat(requests.error("receive", 10054).kind()).isEqualTo(KernelException.Kind.UNREACHABLE);
  }

  @Test
  void aSocketWithoutAPeerIsToldNothing() throws IOException {
    open("127.0.0.1");
    assertThatThrownBy(() -> kernel.lastSocket().unreachable(111))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not connected");
  }

  @Test
  void newsIsGivenOutInOrderWithCompletions() throws IOException {
    RequestQueue requests = open("127.0.0.1");
    SimulatedSocket socket = kernel.lastSocket();
    requests.connect(PEER);
    post(requests, 0, 1);
    socket.deliver(new byte[1], PEER);
    socket.unreachable(111);
    socket.deliver(new byte[1], PEER);

    assertThat(dequeue()).containsExactly("receive 0 OK 1", "unreachable 111", "receive 1 OK 1");
  }

  @Test
  void newsForASocketThatIsClosedIsForgottenAndNothingElse() throws IOException {
    RequestQueue requests = open("127.0.0.1");
    SimulatedSocket socket = kernel.lastSocket();
    requests.connect(PEER);
    post(requests, 0);
    socket.deliver(new byte[1], PEER);
    socket.unreachable(111);

    requests.close();
    socket.unreachable(111); // nobody is told any more

    assertThat(dequeue()).containsExactly("receive 0 OK 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"port 0", "unresolved", "closed"})
  void badConnectsAreViolations(String what) throws IOException {
    RequestQueue requests = open("127.0.0.1");
    InetSocketAddress peer =
        switch (what) {
          case "port 0" -> address("192.0.2.7", 0);
          case "unresolved" -> InetSocketAddress.createUnresolved("example.invalid", 9);
          default -> PEER;
        };
    if (what.equals("closed")) {
      requests.close();
    }

    assertThatThrownBy(() -> requests.connect(peer)).isInstanceOf(AssertionError.class);
    assertThat(kernel.violations()).singleElement().asString().contains("connect");
  }

  private RequestQueue open(String host) throws IOException {
    return queue.openSocket(new SocketConfig(address(host, 0), 4, 4, 16, Map.of()));
  }

  private static InetSocketAddress address(String host, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(host), port);
  }

  private static void post(RequestQueue requests, int... slots) {
    for (int slot : slots) {
      requests.postReceive(slot);
    }
    requests.commit();
  }

  private List<String> dequeue() throws IOException {
    CompletionBatch batch = new CompletionBatch(8);
    queue.dequeue(batch);
    List<String> found = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      found.add(describe(batch, i));
    }
    return found;
  }

  private static String describe(CompletionBatch batch, int i) {
    if (batch.isUnreachable(i)) {
      return "unreachable " + batch.code(i);
    }
    return (batch.isReceive(i) ? "receive " : "send ")
        + batch.slot(i)
        + " "
        + batch.status(i)
        + " "
        + batch.length(i)
        + (batch.code(i) == 0 ? "" : " code " + batch.code(i));
  }
}
