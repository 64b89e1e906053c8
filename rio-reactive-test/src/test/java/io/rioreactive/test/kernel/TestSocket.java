package io.rioreactive.test.kernel;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;

/**
 * A socket of a {@link TestPump}, and the books on what is posted to it: whatever completes must
 * have been posted, and once; a withdrawn post must not complete; and it is drained when all that
 * was posted has come.
 *
 * <p>The pump's thread alone.
 */
final class TestSocket {

  private final TestPump pump;
  private final RequestQueue requests;
  private final int index;
  private final BitSet postedReceives = new BitSet();
  private final BitSet postedSends = new BitSet();
  private final int[] sendLengths;
  private final Deque<Done> receives = new ArrayDeque<>();
  private final Deque<Done> sends = new ArrayDeque<>();
  private final Deque<Done> news = new ArrayDeque<>();
  private boolean isUncommitted;
  private boolean isConnected;
  private boolean isClosed;

  TestSocket(TestPump pump, RequestQueue requests) {
    this.pump = pump;
    this.requests = requests;
    this.index = requests.index();
    this.sendLengths = new int[requests.sendSlots().slots()];
  }

  RequestQueue requests() {
    return requests;
  }

  int index() {
    return index;
  }

  InetSocketAddress address() {
    return requests.localAddress();
  }

  void connect(InetSocketAddress peer) throws IOException {
    requests.connect(peer);
    isConnected = true;
  }

  // ---- posts

  /** Posts receives, which must be accepted. */
  TestSocket post(int... slots) {
    for (int slot : slots) {
      assertThat(postedReceives.get(slot)).as("the test's own: slot %s is posted", slot).isFalse();
      assertThat(requests.postReceive(slot)).isEqualTo(RequestQueue.ACCEPTED);
      postedReceives.set(slot);
      isUncommitted = true;
    }
    return this;
  }

  /** Posts the receives from 0 on. */
  TestSocket postFirst(int count) {
    for (int slot = 0; slot < count; slot++) {
      post(slot);
    }
    return this;
  }

  /** Posts a send, which must be accepted. */
  TestSocket send(int slot, TestSocket to, String text) {
    return send(slot, to.address(), text);
  }

  /** The same to any address. */
  TestSocket send(int slot, InetSocketAddress to, String text) {
    assertThat(offer(slot, to, text)).isEqualTo(RequestQueue.ACCEPTED);
    return this;
  }

  /** The same, which may be refused. */
  int offer(int slot, InetSocketAddress to, String text) {
    SlotRegion slots = requests.sendSlots();
    requests.addressFormat().write(slots.memory(), slots.addressAt(slot), to);
    write(slot, text);
    return postWritten(slot, text.length());
  }

  /** Writes a payload into a free send slot. */
  void write(int slot, String text) {
    SlotRegion slots = requests.sendSlots();
    byte[] bytes = text.getBytes(ISO_8859_1);
    MemorySegment.copy(
        MemorySegment.ofArray(bytes), 0, slots.memory(), slots.payloadAt(slot), bytes.length);
  }

  /** Posts a send of what its slot holds. */
  int postWritten(int slot, int length) {
    assertThat(postedSends.get(slot)).as("the test's own: slot %s is posted", slot).isFalse();
    int code = requests.postSend(slot, length);
    if (code == RequestQueue.ACCEPTED) {
      postedSends.set(slot);
      sendLengths[slot] = length;
      isUncommitted = true;
    }
    return code;
  }

  void commit() {
    requests.commit();
    isUncommitted = false;
  }

  boolean isUncommitted() {
    return isUncommitted;
  }

  /** Takes posted receives back; returns which the kernel let go of. */
  List<Integer> withdraw(int count) {
    int[] slots = new int[count];
    int taken = requests.withdrawReceives(slots, count);
    assertThat(taken).isBetween(0, count);
    List<Integer> all = new ArrayList<>();
    for (int i = 0; i < taken; i++) {
      assertThat(postedReceives.get(slots[i])).as("slot %s was posted", slots[i]).isTrue();
      postedReceives.clear(slots[i]);
      all.add(slots[i]);
    }
    return all;
  }

  boolean hasPostedReceive(int slot) {
    return postedReceives.get(slot);
  }

  boolean hasPostedSend(int slot) {
    return postedSends.get(slot);
  }

  int outstanding() {
    return postedReceives.cardinality() + postedSends.cardinality();
  }

  // ---- completions

  Done onCompletion(CompletionBatch batch, int i) {
    Done done = Done.of(batch, i, requests);
    if (batch.isUnreachable(i)) {
      onNews(done);
    } else if (done.isReceive()) {
      if (done.text() != null) {
        assertThat(batch.place(i))
            .as("place of %s", done)
            .isBetween(0, requests.receiveSlots().slots() - 1);
      }
      onCompletion(done, postedReceives);
      assertThat(batch.isReceived(i)).isEqualTo(done.status() == CompletionStatus.OK);
      receives.add(done);
    } else {
      onCompletion(done, postedSends);
      assertThat(batch.isReceived(i)).as("a send was received").isFalse();
      assertThat(done.length())
          .as("length of %s", done)
          .isEqualTo(done.status() == CompletionStatus.OK ? sendLengths[done.slot()] : 0);
      sends.add(done);
    }
    return done;
  }

  private void onNews(Done done) {
    assertThat(isConnected).as("%s is news for a socket without a peer", done).isTrue();
    assertThat(isClosed).as("%s is news for a closed socket", done).isFalse();
    assertThat(done.status()).as("status of %s", done).isEqualTo(CompletionStatus.FAILED);
    assertThat(done.code()).as("code of %s", done).isNotZero();
    news.add(done);
  }

  private void onCompletion(Done done, BitSet posted) {
    assertThat(done.slot() >= 0 && posted.get(done.slot()))
        .as("what completes is posted: %s of socket %s", done, index)
        .isTrue();
    posted.clear(done.slot());
    switch (done.status()) {
      case OK -> assertThat(done.code()).as("code of %s", done).isZero();
      case TRUNCATED -> {
        assertThat(done.isReceive()).as("%s is a receive", done).isTrue();
        assertThat(done.code()).as("code of %s", done).isZero();
      }
      case CANCELLED -> {
        assertThat(isClosed).as("%s of a closed socket", done).isTrue();
        assertThat(done.length()).as("length of %s", done).isZero();
        assertThat(done.code()).as("code of %s", done).isZero();
      }
      case FAILED, SOCKET_FAILED -> assertThat(done.code()).as("code of %s", done).isNotZero();
    }
  }

  /** Dequeues and awaits until so many more receives have completed. */
  List<Done> takeReceives(int count) throws IOException {
    pump.turnUntil(() -> receives.size() >= count, count + " receives at socket " + index);
    return poll(receives, count);
  }

  Done takeReceive() throws IOException {
    return takeReceives(1).getFirst();
  }

  /** The same of sends. */
  List<Done> takeSends(int count) throws IOException {
    pump.turnUntil(() -> sends.size() >= count, count + " sends at socket " + index);
    return poll(sends, count);
  }

  Done takeSend() throws IOException {
    return takeSends(1).getFirst();
  }

  /** Dequeues and awaits until anything has come for this socket, news included. */
  Done takeAny() throws IOException {
    pump.turnUntil(
        () -> !receives.isEmpty() || !sends.isEmpty() || !news.isEmpty(), "anything at " + index);
    return !news.isEmpty() ? news.remove() : !sends.isEmpty() ? sends.remove() : receives.remove();
  }

  /** How many receives have completed and were not taken. */
  int received() {
    return receives.size();
  }

  private static List<Done> poll(Deque<Done> from, int count) {
    List<Done> some = new ArrayList<>();
    while (some.size() < count) {
      some.add(from.remove());
    }
    return some;
  }

  // ---- end

  void close() {
    requests.close();
    isClosed = true;
    isUncommitted = false;
  }

  /** Waits for all that a closed socket has outstanding, and returns it with what was not taken. */
  List<Done> drain() throws IOException {
    pump.turnUntil(() -> outstanding() == 0, "the rest of closed socket " + index);
    List<Done> rest = new ArrayList<>(receives);
    rest.addAll(sends);
    receives.clear();
    sends.clear();
    return rest;
  }

  void release() {
    requests.release();
    pump.onGone(this);
  }

  void abandon() {
    requests.abandon();
    pump.onGone(this);
  }

  /** The whole way; returns what {@link #drain} does. */
  List<Done> end() throws IOException {
    close();
    List<Done> rest = drain();
    release();
    return rest;
  }

  /** Whatever is outstanding. */
  void giveUp() {
    if (!isClosed) {
      close();
    }
    abandon();
  }

  void endIfOpen() throws IOException {
    if (!isClosed) {
      close();
    }
    drain();
    release();
  }
}
