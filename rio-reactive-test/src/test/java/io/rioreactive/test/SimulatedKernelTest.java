package io.rioreactive.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketConfig;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

/** What the simulated kernel does for tests that keep to the contract. */
class SimulatedKernelTest {

  private static final int DATAGRAM_SIZE = 16;
  private static final InetSocketAddress PEER =
      new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 4711);
  private static final InetSocketAddress PEER_V6 =
      new InetSocketAddress(InetAddress.ofLiteral("2001:db8::7"), 4711);

  private final SimulatedKernel kernel = SimulatedKernel.withdrawingPosts();
  private final CompletionQueue queue = kernel.open(WaitMode.COMPLETION_PORT);
  private final CompletionBatch batch = new CompletionBatch(8);

  @Test
  void datagramsFillSlotsInTheOrderOfThePosts() throws IOException {
    RequestQueue requests = open(queue);
    requests.postReceive(2);
    requests.postReceive(0);
    requests.commit();

    kernel.lastSocket().deliver("one".getBytes(UTF_8), PEER);
    kernel.lastSocket().deliver(new byte[0], PEER);

    assertThat(dequeue()).containsExactly("receive 2 OK 3", "receive 0 OK 0");
    assertThat(payload(requests.receiveSlots(), 2, 3)).isEqualTo("one");
    SlotRegion slots = requests.receiveSlots();
    assertThat(requests.addressFormat().read(slots.memory(), slots.addressAt(2))).isEqualTo(PEER);
    assertThat(kernel.violations()).isEmpty();
  }

  @Test
  void aSlotOfTheTestsChoiceIsFilled() throws IOException {
    RequestQueue requests = open(queue);
    post(requests, 0, 1, 2);

    kernel.lastSocket().complete(1, "x".getBytes(UTF_8), PEER);

    assertThat(dequeue()).containsExactly("receive 1 OK 1");
    assertThat(kernel.lastSocket().posted()).containsExactly(0, 2);
  }

  @Test
  void ipv6SendersStandInBothForms() throws IOException {
    for (SimulatedKernel each :
        List.of(SimulatedKernel.withdrawingPosts(), SimulatedKernel.keepingPosts())) {
      CompletionQueue queue = each.open(WaitMode.COMPLETION_PORT);
      RequestQueue requests =
          queue.openSocket(config(new InetSocketAddress(InetAddress.ofLiteral("::1"), 0)));
      post(requests, 0, 1);

      each.lastSocket().deliver(new byte[1], PEER_V6);
      each.lastSocket().deliver(new byte[1], PEER);

      SlotRegion slots = requests.receiveSlots();
      assertThat(requests.addressFormat().read(slots.memory(), slots.addressAt(0)))
          .isEqualTo(PEER_V6);
      assertThat(requests.addressFormat().read(slots.memory(), slots.addressAt(1))).isEqualTo(PEER);
    }
  }

  @Test
  void whatIsNotCommittedHasNotStarted() throws IOException {
    RequestQueue requests = open(queue);
    SimulatedSocket socket = kernel.lastSocket();
    requests.postReceive(0);

    assertThat(socket.posted()).containsExactly(0);
    assertThat(socket.committed()).isEmpty();
    assertThatThrownBy(() -> socket.complete(0, new byte[1], PEER))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("not committed");

    socket.deliver(new byte[1], PEER);
    assertThat(dequeue()).isEmpty();
    assertThat(socket.waiting()).isEqualTo(1);

    requests.commit();
    assertThat(dequeue()).containsExactly("receive 0 OK 1");
  }

  @Test
  void aDatagramTooLongForItsSlotIsTruncated() throws IOException {
    RequestQueue requests = open(queue);
    post(requests, 0);
    kernel.lastSocket().deliver(new byte[DATAGRAM_SIZE + 5], PEER);
    assertThat(dequeue()).containsExactly("receive 0 TRUNCATED 21");

    SimulatedKernel silent = SimulatedKernel.keepingPosts();
    CompletionQueue other = silent.open(WaitMode.COMPLETION_PORT);
    post(open(other), 0);
    silent.lastSocket().deliver(new byte[DATAGRAM_SIZE + 5], PEER);
    assertThat(dequeue(other)).containsExactly("receive 0 TRUNCATED 16");
  }

  @Test
  void aFullReceiveBufferDrops() throws IOException {
    RequestQueue requests = open(queue);
    SimulatedSocket socket = kernel.lastSocket();
    socket.receiveBuffer(2);

    assertThat(socket.deliver(new byte[1], PEER)).isTrue();
    assertThat(socket.deliver(new byte[2], PEER)).isTrue();
    assertThat(socket.deliver(new byte[3], PEER)).isFalse();

    assertThat(requests.kernelDrops()).hasValue(1);
    post(requests, 0, 1, 2);
    assertThat(dequeue()).containsExactly("receive 0 OK 1", "receive 1 OK 2");
  }

  @Test
  void aKernelThatKeepsPostsGivesNoneBackAndCountsNoDrops() throws IOException {
    SimulatedKernel keeping = SimulatedKernel.keepingPosts();
    CompletionQueue queue = keeping.open(WaitMode.COMPLETION_PORT);
    RequestQueue requests = open(queue);
    post(requests, 0, 1);
    keeping.lastSocket().receiveBuffer(0);

    assertThat(requests.withdrawReceives(new int[2], 2)).isZero();
    assertThat(requests.kernelDrops()).isEmpty();
    assertThat(keeping.lastSocket().posted()).containsExactly(0, 1);

    requests.close();
    assertThat(dequeue(queue)).containsExactly("receive 0 CANCELLED 0", "receive 1 CANCELLED 0");
    requests.release();
    queue.close();
    assertThat(keeping.violations()).isEmpty();
  }

  @Test
  void theMostRecentPostsAreWithdrawn() throws IOException {
    RequestQueue requests = open(queue);
    post(requests, 0, 1);
    requests.postReceive(2);
    int[] slots = new int[4];

    assertThat(requests.withdrawReceives(slots, 2)).isEqualTo(2);
    assertThat(slots).startsWith(2, 1);
    assertThat(requests.withdrawReceives(slots, 4)).isEqualTo(1);
    assertThat(slots).startsWith(0);
    assertThat(kernel.lastSocket().posted()).isEmpty();
  }

  @Test
  void sendsLeaveWhenTheyAreCommitted() throws IOException {
    RequestQueue requests = open(queue);
    fill(requests, 0, "a", PEER);
    requests.postSend(0, 1);
    assertThat(kernel.lastSocket().sent()).isEmpty();
    assertThat(kernel.lastSocket().sendsPosted()).containsExactly(0);

    requests.commit();

    assertThat(kernel.lastSocket().sent())
        .singleElement()
        .satisfies(sent -> assertThat(sent.asString()).isEqualTo("a"))
        .satisfies(sent -> assertThat(sent.target()).isEqualTo(PEER));
    assertThat(dequeue()).containsExactly("send 0 OK 1");
  }

  @Test
  void heldSendsCompleteInAnyOrder() throws IOException {
    RequestQueue requests = open(queue);
    SimulatedSocket socket = kernel.lastSocket();
    socket.holdSends();
    for (int slot = 0; slot < 4; slot++) {
      fill(requests, slot, "s" + slot, PEER);
      requests.postSend(slot, 2);
    }
    requests.commit();
    assertThat(dequeue()).isEmpty();

    socket.completeSend(2);
    socket.failSend(0, KernelException.Kind.UNREACHABLE, 111);
    assertThat(dequeue()).containsExactly("send 2 OK 2", "send 0 FAILED 0 code 111");
    assertThat(requests.error("send", 111).kind()).isEqualTo(KernelException.Kind.UNREACHABLE);

    socket.releaseSends();
    assertThat(dequeue()).containsExactly("send 1 OK 2", "send 3 OK 2");
    assertThat(socket.sent()).extracting(SentDatagram::asString).containsExactly("s2", "s1", "s3");
  }

  @Test
  void refusedPostsStayThePumps() throws IOException {
    RequestQueue requests = open(queue);
    SimulatedSocket socket = kernel.lastSocket();
    socket.refuseNextReceive(KernelException.Kind.TRANSIENT, 105);
    socket.refuseNextSend(KernelException.Kind.TOO_LARGE, 90);
    fill(requests, 0, "a", PEER);

    assertThat(requests.postReceive(0)).isEqualTo(105);
    assertThat(requests.postSend(0, 1)).isEqualTo(90);
    assertThat(requests.error("send", 90).kind()).isEqualTo(KernelException.Kind.TOO_LARGE);

    assertThat(requests.postReceive(0)).isEqualTo(RequestQueue.ACCEPTED);
    assertThat(requests.postSend(0, 1)).isEqualTo(RequestQueue.ACCEPTED);
  }

  @Test
  void oneReceiveFailsAndTheSocketGoesOn() throws IOException {
    RequestQueue requests = open(queue);
    post(requests, 0, 1);

    kernel.lastSocket().fail(0, KernelException.Kind.UNREACHABLE, 111);
    kernel.lastSocket().deliver(new byte[1], PEER);

    assertThat(dequeue()).containsExactly("receive 0 FAILED 0 code 111", "receive 1 OK 1");
  }

  @Test
  void aSlotThatCannotBeCompletedIsRefusedWithThoseThatCan() throws IOException {
    RequestQueue requests = open(queue);
    SimulatedSocket socket = kernel.lastSocket();
    assertThatThrownBy(() -> socket.complete(0, "x"))
        .hasMessageContainingAll(
            "socket 0 receive slot 0 is not with the kernel",
            "those that can be completed are []",
            "the pump posts in its turn what a subscriber asks for");
    assertThatThrownBy(() -> socket.completeSend(0))
        .hasMessageContainingAll("socket 0 send slot 0 is not with the kernel", "holdSends()");

    requests.postReceive(0);
    assertThatThrownBy(() -> socket.complete(0, "x"))
        .hasMessageContaining("socket 0 receive slot 0 is posted and not committed");
    requests.commit();
    post(requests, 1, 2, 3);
    socket.complete(0, "x");

    assertThatThrownBy(() -> socket.complete(0, "x"))
        .hasMessageContainingAll("receive slot 0 has been completed", "completed are [1, 2, 3]");
    assertThatThrownBy(() -> socket.fail(99, 5))
        .hasMessageMatching("socket 0 receive slots are 0 to \\d+: there is no 99");
  }

  @Test
  void whoCannotNameTheKindsFailsASocketAndAConnect() throws IOException {
    RequestQueue requests = open(queue);
    post(requests, 0);
    kernel.lastSocket().refuseNextConnect(7);
    assertThatThrownBy(() -> requests.connect(PEER))
        .isInstanceOfSatisfying(
            KernelException.class,
            refused -> assertThat(refused.kind()).isEqualTo(KernelException.Kind.OTHER));
    kernel.lastSocket().failSocket(8);
    assertThat(dequeue()).containsExactly("receive 0 SOCKET_FAILED 0 code 8");
    assertThat(requests.error("receive", 8).kind()).isEqualTo(KernelException.Kind.SOCKET_LOST);
  }

  @Test
  void aFailedSocketFailsEverything() throws IOException {
    RequestQueue requests = open(queue);
    SimulatedSocket socket = kernel.lastSocket();
    socket.holdSends();
    post(requests, 0);
    fill(requests, 0, "a", PEER);
    requests.postSend(0, 1);
    requests.commit();

    socket.failSocket(KernelException.Kind.OTHER, 5);

    assertThat(dequeue())
        .containsExactly("receive 0 SOCKET_FAILED 0 code 5", "send 0 SOCKET_FAILED 0 code 5");
    post(requests, 1);
    assertThat(dequeue()).containsExactly("receive 1 SOCKET_FAILED 0 code 5");
    assertThat(socket.deliver(new byte[1], PEER)).isFalse();
  }

  @Test
  void closeCompletesWhatIsPosted() throws IOException {
    RequestQueue requests = open(queue);
    kernel.lastSocket().holdSends();
    post(requests, 0, 1);
    kernel.lastSocket().deliver(new byte[3], PEER);
    requests.postReceive(2);
    fill(requests, 0, "a", PEER);
    requests.postSend(0, 1);

    requests.close();

    assertThat(dequeue())
        .containsExactly(
            "receive 0 OK 3",
            "receive 1 CANCELLED 0",
            "receive 2 CANCELLED 0",
            "send 0 CANCELLED 0");
    requests.release();
    queue.close();
    assertThat(kernel.openSockets()).isZero();
    assertThat(kernel.violations()).isEmpty();
  }

  @Test
  void heldCancellationsLeaveASocketToAbandon() throws IOException {
    RequestQueue requests = open(queue);
    SimulatedSocket socket = kernel.lastSocket();
    socket.holdCancellations();
    post(requests, 0, 1);
    requests.close();
    assertThat(dequeue()).isEmpty();

    socket.complete(0, new byte[1], PEER);
    assertThat(dequeue()).containsExactly("receive 0 OK 1");

    requests.abandon();
    socket.releaseCancellations();
    assertThat(dequeue()).isEmpty();
    assertThat(socket.isAbandoned()).isTrue();
    assertThat(open(queue).index()).as("the index stays taken").isEqualTo(1);
  }

  @Test
  void portsAreTakenAndGivenBack() throws IOException {
    RequestQueue first = open(queue);
    assertThat(first.localAddress().getPort()).isEqualTo(50_000);
    assertThat(open(queue).localAddress().getPort()).isEqualTo(50_001);

    assertThatThrownBy(() -> queue.openSocket(config(first.localAddress())))
        .isInstanceOf(BindException.class)
        .hasMessageContaining("127.0.0.1")
        .hasMessageContaining("50000");

    first.close();
    first.release();
    RequestQueue again = queue.openSocket(config(first.localAddress()));
    assertThat(again.localAddress()).isEqualTo(first.localAddress());
    assertThat(again.index()).as("the lowest free index").isZero();
    assertThat(kernel.socket(0).localAddress()).isEqualTo(again.localAddress());
    assertThat(kernel.sockets()).hasSize(3);
  }

  @Test
  void injectedFailuresAreThrownOnce() throws IOException {
    IOException noBind = new IOException("no bind");
    IOException broken = new IOException("broken");
    kernel.failNextBind(noBind);
    assertThatThrownBy(() -> open(queue)).isSameAs(noBind);
    assertThatThrownBy(kernel::lastSocket).isInstanceOf(NoSuchElementException.class);
    open(queue);

    kernel.failNextDequeue(broken);
    queue.await();
    assertThatThrownBy(() -> queue.dequeue(batch)).isSameAs(broken);
    assertThat(queue.dequeue(batch)).isFalse();
  }

  @Test
  void dequeuesCanBePartial() throws IOException {
    RequestQueue requests = open(queue);
    post(requests, 0, 1, 2);
    requests.close();
    kernel.dequeueAtMost(2);

    assertThat(dequeue()).hasSize(2);
    assertThat(dequeue()).hasSize(1);
    assertThat(dequeue()).isEmpty();
  }

  @Test
  void aSeedGivesTheSameOrderEachTime() throws IOException {
    assertThat(orderOf(42)).isEqualTo(orderOf(42)).isNotEqualTo(orderOf(43));
  }

  private List<String> orderOf(long seed) throws IOException {
    SimulatedKernel shuffled = SimulatedKernel.withdrawingPosts();
    shuffled.shuffleCompletions(seed);
    CompletionQueue other = shuffled.open(WaitMode.POLLED);
    RequestQueue requests = open(other);
    post(requests, 0, 1, 2, 3);
    requests.close();
    return dequeue(other);
  }

  private static RequestQueue open(CompletionQueue queue) throws IOException {
    return queue.openSocket(config(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0)));
  }

  private static SocketConfig config(InetSocketAddress address) {
    return new SocketConfig(address, 4, 4, DATAGRAM_SIZE, Map.of());
  }

  private static void post(RequestQueue requests, int... slots) {
    for (int slot : slots) {
      assertThat(requests.postReceive(slot)).isEqualTo(RequestQueue.ACCEPTED);
    }
    requests.commit();
  }

  private static void fill(RequestQueue requests, int slot, String text, InetSocketAddress target) {
    SlotRegion slots = requests.sendSlots();
    byte[] bytes = text.getBytes(UTF_8);
    MemorySegment.copy(
        MemorySegment.ofArray(bytes), 0, slots.memory(), slots.payloadAt(slot), bytes.length);
    assertThat(requests.addressFormat().write(slots.memory(), slots.addressAt(slot), target))
        .isTrue();
  }

  private static String payload(SlotRegion slots, int slot, int length) {
    return new String(
        slots.memory().asSlice(slots.payloadAt(slot), length).toArray(ValueLayout.JAVA_BYTE),
        UTF_8);
  }

  private List<String> dequeue() throws IOException {
    return dequeue(queue);
  }

  private List<String> dequeue(CompletionQueue from) throws IOException {
    batch.clear();
    boolean any = from.dequeue(batch);
    assertThat(any).isEqualTo(batch.size() > 0);
    List<String> all = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      String direction = batch.isReceive(i) ? "receive" : "send";
      String code = batch.code(i) == 0 ? "" : " code " + batch.code(i);
      all.add(
          direction + " " + batch.slot(i) + " " + batch.status(i) + " " + batch.length(i) + code);
      assertThat(batch.status(i) == CompletionStatus.OK && batch.code(i) != 0).isFalse();
    }
    return all;
  }
}
