package io.rioreactive.kernel.linux;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.SendRing;
import io.rioreactive.kernel.SlotRegion;
import org.jspecify.annotations.Nullable;

/**
 * The sends of one socket: those that wait, in their order, and whether the system takes any now.
 *
 * <pre>
 *   FLOWING ──EAGAIN──▶ BLOCKED ──epoll─▶ FLOWING
 *           ──ENOBUFS─▶ PAUSED ──time───▶ FLOWING
 * </pre>
 *
 * <p>It owns the send slots, and borrows the message headers of its queue for each call. The
 * queue's thread alone.
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
  private final MessageHeaders headers;

  /** Null without packet info. */
  private final @Nullable PacketInfoMessages packetInfo;

  private final long base;
  private final long stride;
  private final int payloadOffset;

  private State state = State.FLOWING;
  private int attempts;
  private long pauseNanos;
  private int failure;

  MmsgSends(
      LibC libc,
      UdpSocket socket,
      Slab slab,
      MessageHeaders headers,
      @Nullable PacketInfoMessages packetInfo) {
    this.libc = libc;
    this.socket = socket;
    this.slab = slab;
    this.headers = headers;
    this.packetInfo = packetInfo;
    SlotRegion slots = slab.slots();
    ring = new SendRing(slots.slots());
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
      int asked = Math.min(ring.waiting(), MessageHeaders.CAPACITY);
      prepare(asked, isConnected);
      int sent = libc.sendmmsg(socket.fd(), headers.address(), asked, FLAGS);
      boolean isWhole = sent == asked;
      if (sent <= 0) {
        // The first call kept no error; if it was one of an earlier datagram, it has consumed it,
        // and the error queue of a connected socket tells it all the same.
        sent = libc.sendmmsgCapturing(socket.fd(), headers.address(), asked, FLAGS);
      }
      if (sent > 0) {
        ring.sent(sent);
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

  private void prepare(int count, boolean isConnected) {
    for (int i = 0; i < count; i++) {
      long slot = base + ring.slot(i) * stride;
      if (isConnected) {
        headers.set(i, LibC.NULL, 0, slot + payloadOffset, ring.length(i)); // to the peer
      } else {
        headers.set(i, slot, socket.addressLength(), slot + payloadOffset, ring.length(i));
      }
    }
    if (packetInfo != null) {
      preparePacketInfo(packetInfo, count);
    }
  }

  private void preparePacketInfo(PacketInfoMessages packetInfo, int count) {
    for (int i = 0; i < count; i++) {
      packetInfo.prepareSend(i, socket.format(), slab.slots(), ring.slot(i));
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
    ring.failed(CompletionStatus.FAILED, code);
    return Outcome.DONE;
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

  /** Forgets what is outstanding, and leaves the memory to the system for good. */
  void leak() {
    ring.clear();
    slab.leak();
  }
}
