package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import io.rioreactive.kernel.SocketConfig;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each rule of the simulated kernel's sanitizer, broken once. */
@Timeout(30)
class SanitizerTest {

  private static final int SLOTS = 4;
  private static final int DATAGRAM_SIZE = 16;
  private static final InetSocketAddress PEER =
      new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 4711);

  private final SimulatedKernel kernel = SimulatedKernel.withdrawingPosts();
  private final CompletionQueue queue = kernel.open(WaitMode.COMPLETION_PORT);
  private final CompletionBatch batch = new CompletionBatch(8);
  private RequestQueue requests;
  private SimulatedSocket socket;

  @BeforeEach
  void open() throws IOException {
    requests =
        queue.openSocket(
            new SocketConfig(
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0),
                SLOTS,
                SLOTS,
                DATAGRAM_SIZE,
                Map.of()));
    socket = kernel.lastSocket();
  }

  @Test
  void slotPostedTwice() {
    requests.postReceive(1);
    violates("posted already", () -> requests.postReceive(1));
    requests.commit();
    assertThatThrownBy(() -> requests.postReceive(1)).hasMessageContaining("posted already");
  }

  @Test
  void slotPostedBeforeItsCompletionWasDequeued() {
    requests.postReceive(1);
    requests.commit();
    socket.deliver(new byte[1], PEER);
    violates("has not been dequeued", () -> requests.postReceive(1));
  }

  @Test
  void receiveSlotOutOfRange() {
    violates("there are 4 slots", () -> requests.postReceive(SLOTS));
  }

  @Test
  void negativeSlot() {
    violates("there are 4 slots", () -> requests.postReceive(-1));
  }

  @Test
  void sendSlotOutOfRange() {
    violates("there are 4 slots", () -> requests.postSend(SLOTS, 1));
  }

  @Test
  void sendPostedTwice() {
    socket.holdSends();
    target(0);
    requests.postSend(0, 1);
    requests.commit();
    violates("posted already", () -> requests.postSend(0, 1));
  }

  @Test
  void sendTooLong() {
    target(0);
    violates("17 bytes", () -> requests.postSend(0, DATAGRAM_SIZE + 1));
  }

  @Test
  void sendOfNegativeLength() {
    target(0);
    violates("-1 bytes", () -> requests.postSend(0, -1));
  }

  @Test
  void sendWithoutTarget() {
    violates("target of family", () -> requests.postSend(0, 1));
  }

  @Test
  void receiveSlotTouchedWhilePosted() {
    requests.postReceive(0);
    requests.commit();
    touch(requests.receiveSlots(), 0);
    violates("touched while it was posted", () -> socket.deliver(new byte[1], PEER));
  }

  @Test
  void receiveSlotTouchedAndWithdrawn() {
    requests.postReceive(0);
    touch(requests.receiveSlots(), 0);
    violates("touched while it was posted", () -> requests.withdrawReceives(new int[1], 1));
  }

  @Test
  void receiveSlotTouchedAndClosed() {
    requests.postReceive(0);
    touch(requests.receiveSlots(), 0);
    violates("touched while it was posted", requests::close);
  }

  @Test
  void receiveSlotTouchedBeforeItsCompletionWasDequeued() {
    requests.postReceive(0);
    requests.commit();
    socket.deliver(new byte[1], PEER);
    touch(requests.receiveSlots(), 0);
    violates("before its completion was dequeued", () -> queue.dequeue(batch));
  }

  @Test
  void sendSlotTouchedWhilePosted() {
    socket.holdSends();
    target(0);
    requests.postSend(0, 1);
    requests.commit();
    touch(requests.sendSlots(), 0);
    violates("touched while it was posted", () -> socket.completeSend(0));
  }

  @Test
  void slotWrittenBeyondItsEnd() {
    target(0);
    SlotRegion slots = requests.sendSlots();
    slots.memory().set(ValueLayout.JAVA_BYTE, slots.payloadAt(0) + slots.payloadSize(), (byte) 1);
    violates("written beyond its end", () -> requests.postSend(0, 1));
  }

  @Test
  void aPostedSlotShowsNothingOfWhatWasInIt() {
    SlotRegion slots = requests.receiveSlots();
    touch(slots, 0);
    requests.postReceive(0);
    assertThat(slots.memory().get(ValueLayout.JAVA_BYTE, slots.payloadAt(0)))
        .isEqualTo((byte) 0xDB);
  }

  @Test
  void withdrawnIntoTooSmallAnArray() {
    violates("there is room for 1", () -> requests.withdrawReceives(new int[1], 2));
  }

  @Test
  void awaitWithPostsThatWereNotCommitted() {
    requests.postReceive(0);
    violates("not committed", queue::await);
  }

  @Test
  void turnThatEndsWithPostsThatWereNotCommitted() {
    target(0);
    requests.postSend(0, 1);
    violates("not committed", () -> kernel.requireCommitted("end of the turn"));
  }

  @Test
  void releaseWithRequestsOutstanding() throws IOException {
    requests.postReceive(0);
    requests.close();
    violates("1 requests outstanding", requests::release);
    queue.dequeue(batch);
    requests.release();
    assertThat(socket.isReleased()).isTrue();
  }

  @Test
  void releaseBeforeClose() {
    violates("before close", requests::release);
  }

  @Test
  void abandonBeforeClose() {
    violates("before close", requests::abandon);
  }

  @Test
  void postAfterClose() {
    requests.close();
    violates("after close", () -> requests.postReceive(0));
  }

  @Test
  void closedTwice() {
    requests.close();
    violates("after close", requests::close);
  }

  @Test
  void postAfterRelease() {
    requests.close();
    requests.release();
    violates("after release", () -> requests.postSend(0, 1));
  }

  @Test
  void slotsAskedForAfterRelease() {
    requests.close();
    requests.release();
    violates("after release", requests::receiveSlots);
  }

  @Test
  void commitAfterAbandon() {
    requests.close();
    requests.abandon();
    violates("after abandon", requests::commit);
  }

  @Test
  void queueClosedWithSocketsOnIt() {
    violates("neither released nor abandoned", queue::close);
  }

  @Test
  void queueUsedAfterClose() {
    requests.close();
    requests.release();
    queue.close();
    violates("dequeue after close", () -> queue.dequeue(batch));
  }

  @Test
  void addressNotResolved() {
    InetSocketAddress name = InetSocketAddress.createUnresolved("example.org", 53);
    violates(
        "unresolved",
        () -> queue.openSocket(new SocketConfig(name, SLOTS, SLOTS, DATAGRAM_SIZE, Map.of())));
  }

  @Test
  void twoThreadsAtOnce() throws InterruptedException {
    Thread pump = Thread.ofPlatform().name("first").start(() -> awaitOn(queue));
    while (pump.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    violates("while first is inside", () -> requests.postReceive(0));
    violatesAgain("while first is inside", () -> queue.dequeue(batch));
    queue.wake();
    pump.join();
  }

  private static void awaitOn(CompletionQueue queue) {
    try {
      queue.await();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aTestsOwnMistakeIsNoViolation() {
    assertThatThrownBy(() -> socket.complete(0, new byte[1], PEER))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> socket.completeSend(0)).isInstanceOf(IllegalStateException.class);
    assertThat(kernel.violations()).isEmpty();
  }

  private void violates(String rule, ThrowingCallable call) {
    assertThat(kernel.violations()).isEmpty();
    assertThatThrownBy(call).isInstanceOf(AssertionError.class).hasMessageContaining(rule);
    assertThat(kernel.violations()).singleElement().asString().contains(rule);
  }

  private void violatesAgain(String rule, ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(AssertionError.class).hasMessageContaining(rule);
    assertThat(kernel.violations()).hasSizeGreaterThan(1);
  }

  private void target(int slot) {
    SlotRegion slots = requests.sendSlots();
    SocketAddressFormat format = requests.addressFormat();
    assertThat(format.write(slots.memory(), slots.addressAt(slot), PEER)).isTrue();
  }

  private static void touch(SlotRegion slots, int slot) {
    slots.memory().set(ValueLayout.JAVA_BYTE, slots.payloadAt(slot), (byte) 1);
  }
}
