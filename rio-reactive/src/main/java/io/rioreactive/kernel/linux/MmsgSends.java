package io.rioreactive.kernel.linux;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.SendRing;
import io.rioreactive.kernel.SlotRegion;

/**
 * The sends of one socket: those that wait, in their order, and whether the system takes any now.
 *
 * <pre>
 *   FLOWING ──EAGAIN──▶ BLOCKED ──epoll─▶ FLOWING
 *           ──ENOBUFS─▶ PAUSED ──time───▶ FLOWING
 * </pre>
 *
 * <p>It owns the send slots, and borrows the messages of its queue for each call. The queue's
 * thread alone.
 */
final class MmsgSends {

  private static final int FLAGS = Constants.MSG_DONTWAIT | Constants.MSG_NOSIGNAL;

  private static final long FIRST_PAUSE_NANOS = 1_000_000;
  private static final long LONGEST_PAUSE_NANOS = 20_000_000;
  private static final int MOST_ATTEMPTS = 8;

  /** Of a connected socket's send, with what the network told read in between. */
  private static final int MOST_ATTEMPTS_WITHOUT_NEWS = 2;

  /** Why a {@link #flush} ended. */
  enum Outcome {
    /** Nothing waits, or the system has been found to take nothing before. */
    DONE,
    /** The system takes nothing until epoll says so. */
    BLOCKED,
    /** The system is short of something: {@link #pauseNanos} are to pass. */
    PAUSED,
    /** What the network told of earlier datagrams is to be read before more is sent. */
    ERROR_SUSPECTED,
    /** The socket is lost: {@link #failure}. */
    FAILED
  }

  private enum State {
    FLOWING,
    BLOCKED,
    PAUSED
  }

  private final LibC libc;
  private final UdpSocket socket;
  private final Slab slab;
  private final SendRing ring;
  private final SendMessages messages;

  private final SegmentRuns runs;

  private final long base;
  private final long stride;
  private final int payloadOffset;

  private State state = State.FLOWING;
  private int attempts;
  private long pauseNanos;
  private int failure;

  MmsgSends(LibC libc, UdpSocket socket, Slab slab, SendMessages messages) {
    this.libc = libc;
    this.socket = socket;
    this.slab = slab;
    this.messages = messages;
    SlotRegion slots = slab.slots();
    ring = new SendRing(slots.slots());
    runs = new SegmentRuns(slots, socket, ring);
    base = slots.memory().address() + slots.addressOffset();
    stride = slots.stride();
    payloadOffset = slots.payloadOffset() - slots.addressOffset();
  }

  SlotRegion slots() {
    return slab.slots();
  }

  void post(int slot, int length) {
    ring.post(slot, length);
  }

  // ---- to the system

  /**
   * Sends what waits, until nothing does or the system wants a pause; nothing while it does. Each
   * round advances.
   *
   * @param isConnected whether the system knows the target, and keeps what the network answers
   */
  Outcome flush(boolean isConnected) {
    Outcome outcome = Outcome.DONE;
    while (outcome == Outcome.DONE && state == State.FLOWING && ring.waiting() > 0) {
      prepare(isConnected);
      int asked = messages.size();
      int sent = libc.sendmmsg(socket.fd(), messages.address(), asked, FLAGS);
      boolean isWhole = sent == asked;
      if (sent <= 0) {
        // The first call kept no error; if it was one of an earlier datagram, it has consumed it,
        // and the error queue of a connected socket tells it all the same.
        sent = libc.sendmmsgCapturing(socket.fd(), messages.address(), asked, FLAGS);
      }
      if (sent > 0) {
        onSent(sent);
        attempts = 0;
        pauseNanos = 0;
        if (isConnected && !isWhole) {
          outcome = Outcome.ERROR_SUSPECTED; // one met an error, and nobody has told which
        }
      } else {
        outcome = onFailed(-sent, isConnected);
      }
    }
    return outcome;
  }

  /** Makes messages of what waits, as many as one call takes. */
  private void prepare(boolean isConnected) {
    messages.clear();
    runs.begin();
    int next = 0;
    while (next < ring.waiting() && messages.room() > 0) {
      int count = runs.length(next, messages.room());
      addMessage(next, count, isConnected);
      next += count;
    }
  }

  private void addMessage(int first, int count, boolean isConnected) {
    int slot = ring.slot(first);
    messages.begin(isConnected ? LibC.NULL : base + slot * stride, socket.addressLength());
    for (int i = first; i < first + count; i++) {
      messages.add(base + ring.slot(i) * stride + payloadOffset, ring.length(i));
    }
    if (count > 1) {
      messages.cutInto(ring.length(first));
    }
    if (slots().hasInfo()) {
      messages.leaveFrom(socket.format(), slots(), slot);
    }
  }

  private void onSent(int count) {
    for (int i = 0; i < count; i++) {
      ring.sent(messages.count(i));
      runs.onDone(messages.count(i));
    }
  }

  /**
   * sendmmsg reports an error only if the first message has it (behind others it ends the batch,
   * and comes back here as the first). So the error is about the first waiting send, or about the
   * socket, or about a datagram sent earlier.
   */
  private Outcome onFailed(int code, boolean isConnected) {
    if (code == Errno.EAGAIN.code()) {
      state = State.BLOCKED;
      return Outcome.BLOCKED;
    }
    if (Errno.isShortage(code)) {
      state = State.PAUSED; // epoll would say writable at once: only time helps
      runs.split(messages.count(0)); // and less memory at once
      pauseNanos =
          pauseNanos == 0 ? FIRST_PAUSE_NANOS : Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
      return Outcome.PAUSED;
    }
    if (Errno.isFatal(code)) {
      failure = code;
      return Outcome.FAILED;
    }
    if (isConnected && Errno.isAboutEarlierDatagram(code)) {
      boolean isNeverItsOwn = Errno.isOnlyAboutEarlierDatagram(code);
      if (++attempts < (isNeverItsOwn ? MOST_ATTEMPTS : MOST_ATTEMPTS_WITHOUT_NEWS)) {
        return Outcome.ERROR_SUSPECTED;
      }
    } else if (isWorthRepeating(code) && ++attempts < MOST_ATTEMPTS) {
      return Outcome.DONE;
    }
    attempts = 0;
    onRefused(code);
    return Outcome.DONE;
  }

  /** The first message cannot go: it fails, or its datagrams are sent each by itself. */
  private void onRefused(int code) {
    int count = messages.count(0);
    if (count > 1) {
      runs.onRefused(count);
    } else {
      ring.failed(CompletionStatus.FAILED, code);
      runs.onDone(1);
    }
  }

  /** Whether the error cannot be this datagram's own. */
  private static boolean isWorthRepeating(int code) {
    return code == Errno.EINTR.code() || Errno.isOnlyAboutEarlierDatagram(code);
  }

  /** What the first waiting send has failed with may have been an earlier datagram's. */
  void onNewsRead() {
    attempts = 0;
  }

  /** How long the pause is to last that {@link #flush} has asked for. */
  long pauseNanos() {
    return pauseNanos;
  }

  /** The system's error code. */
  int failure() {
    return failure;
  }

  boolean isBlocked() {
    return state == State.BLOCKED;
  }

  boolean isPaused() {
    return state == State.PAUSED;
  }

  /** The system takes some again, or it is to be asked whether it does. */
  void resume() {
    state = State.FLOWING;
  }

  // ---- completions

  void dequeue(CompletionBatch batch, int index, int most) {
    ring.dequeue(batch, index, most);
  }

  /** Completions that have not been dequeued. */
  int done() {
    return ring.done();
  }

  /** Posts that have not been dequeued. */
  int outstanding() {
    return ring.waiting() + ring.done();
  }

  // ---- end

  /** Nothing is sent any more: what waits is completed so. */
  void end(CompletionStatus status, int code) {
    state = State.FLOWING;
    ring.allFailed(status, code);
  }

  void free() {
    slab.free();
  }

  /** Forgets what is outstanding. */
  void clear() {
    ring.clear();
  }

  /** The same, and leaves the memory to the system for good. */
  void leak() {
    clear();
    slab.leak();
  }
}
