package io.rioreactive.kernel.linux;

import static java.util.Objects.requireNonNull;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketConfig;
import org.jspecify.annotations.Nullable;

/**
 * The receives of one socket: those that are posted, as a stack, and whether the socket has
 * something for them.
 *
 * <pre>
 *   readable:  NO ──epoll──▶ YES ──a full batch──▶ PERHAPS ──nothing there──▶ NO
 *               ◀───────── a batch not full ──────────┘
 * </pre>
 *
 * <p>With coalescing a message may hold several datagrams, each of which takes a post, and what is
 * too much of them waits for the next posts before anything else is received.
 *
 * <p>It borrows its places from its queue. The queue's thread alone.
 */
final class MmsgReceives {

  private static final int FLAGS = Constants.MSG_DONTWAIT | Constants.MSG_TRUNC;

  /** Of one call: more gains nothing measurable, and a socket's turn must end. */
  static final int MOST_MESSAGES = 64;

  private enum Readiness {
    NO,
    PERHAPS,
    YES
  }

  private final LibC libc;
  private final int index;
  private final UdpSocket socket;
  private final SlotRegion slots;
  private final MessageHeaders headers;

  /** Null where the system tells no more than a sender. */
  private final @Nullable ReceiveControls controls;

  /** Null without coalescing. */
  private final @Nullable CoalescedMessages coalesced;

  private final int datagramSize;

  /** Posted receives: numbers only, the one posted last is completed first. */
  private final int[] posted;

  private int postedCount;
  private Readiness readable = Readiness.NO;

  /** Without anything posted. */
  MmsgReceives(LibC libc, int index, UdpSocket socket, SocketConfig config, ReceivePlaces places) {
    this.libc = libc;
    this.index = index;
    this.socket = socket;
    this.slots = places.slots();
    this.headers = places.headers();
    this.controls = places.controls();
    coalesced = config.coalescing() ? new CoalescedMessages(config.receiveSlots()) : null;
    datagramSize = config.datagramSize();
    posted = new int[config.receiveSlots()];
  }

  SlotRegion slots() {
    return slots;
  }

  // ---- what is posted

  void post(int slot) {
    posted[postedCount++] = slot;
  }

  /** Takes posts back, the most recent first, and answers how many. */
  int withdraw(int[] slots, int most) {
    int n = Math.min(most, postedCount);
    for (int i = 0; i < n; i++) {
      slots[i] = posted[--postedCount];
    }
    return n;
  }

  int posted() {
    return postedCount;
  }

  // ---- what the socket has

  /** The socket has a datagram, or an error: the next call will tell. */
  void onReadable() {
    readable = Readiness.YES;
  }

  /** Whether the socket may have something. */
  boolean isReadable() {
    return readable != Readiness.NO;
  }

  /** Whether there is something to be done: {@link #receive}. */
  boolean isDue() {
    return postedCount > 0 && (isReadable() || !isAllTold());
  }

  private boolean isAllTold() {
    return coalesced == null || coalesced.isEmpty();
  }

  /** Datagrams that have been received and are more than what is posted. */
  int surplus() {
    return coalesced == null ? 0 : Math.max(0, coalesced.left() - postedCount);
  }

  /**
   * Adds what has arrived to the batch, at most one call's worth.
   *
   * @return 0, or the error code with which the socket is lost
   */
  int receive(CompletionBatch batch) {
    if (coalesced != null && !coalesced.isEmpty()) {
      tell(coalesced, batch); // and no more: the batch refers to where it stands
      return 0;
    }
    int asked = coalesced == null ? mostDatagrams(batch) : mostMessages(batch);
    if (asked == 0) {
      return 0;
    }
    // Each datagram is to stand where its completion will stand in the batch, or in order.
    int place = coalesced == null ? batch.size() : 0;
    int received = libc.recvmmsg(socket.fd(), headers.address(place), asked, FLAGS, LibC.NULL);
    if (received < 0) {
      received = onFailed(place, asked);
    }
    if (received > 0) {
      add(batch, place, received);
      headers.reset(place, received);
    }
    if (coalesced != null) {
      tell(coalesced, batch);
    }
    // Fewer than asked: the socket is empty, and asking again would be a call for nothing.
    readable = received == asked ? Readiness.PERHAPS : Readiness.NO;
    return received >= 0 || isIgnorable(-received) ? 0 : -received;
  }

  private int mostDatagrams(CompletionBatch batch) {
    return Math.min(Math.min(postedCount, MOST_MESSAGES), batch.remaining());
  }

  private int mostMessages(CompletionBatch batch) {
    return batch.remaining() == 0 ? 0 : CoalescedMessages.mostMessages(postedCount);
  }

  /** What to do about a call that failed: how many datagrams came all the same, or its error. */
  private int onFailed(int place, int asked) {
    if (readable == Readiness.PERHAPS) {
      return 0; // asked on the chance of more: most likely EAGAIN. Anything else epoll will tell
    }
    // epoll has promised something. The first call kept no error, and if it was one of a datagram
    // sent earlier, it has consumed it, and the error queue of a connected socket tells it.
    return libc.recvmmsgCapturing(socket.fd(), headers.address(place), asked, FLAGS, LibC.NULL);
  }

  private void add(CompletionBatch batch, int first, int received) {
    readPacketInfo(first, received);
    if (coalesced == null) {
      addEach(batch, first, received);
    } else {
      add(coalesced, received);
    }
  }

  private void addEach(CompletionBatch batch, int first, int received) {
    int top = postedCount - 1;
    for (int i = 0; i < received; i++) {
      int place = first + i;
      int length = headers.length(place);
      // As MSG_TRUNC tells; and a length that cannot be is not believed either.
      boolean isTruncated = Integer.compareUnsigned(length, datagramSize) > 0;
      CompletionStatus status = isTruncated ? CompletionStatus.TRUNCATED : CompletionStatus.OK;
      batch.addReceive(index, posted[top - i], place, status, length, 0);
    }
    postedCount -= received;
  }

  private void add(CoalescedMessages coalesced, int received) {
    coalesced.clear();
    for (int i = 0; i < received; i++) {
      int size = requireNonNull(controls).segmentSize(i, headers.controlLength(i));
      coalesced.add(headers.length(i), size);
    }
  }

  /** Adds them to the batch, as many as are posted and have room. */
  private void tell(CoalescedMessages coalesced, CompletionBatch batch) {
    int count = Math.min(coalesced.left(), Math.min(postedCount, batch.remaining()));
    for (int i = 0; i < count; i++) {
      int length = coalesced.length();
      CompletionStatus status =
          length > datagramSize ? CompletionStatus.TRUNCATED : CompletionStatus.OK;
      int slot = posted[--postedCount];
      batch.addCoalesced(index, slot, coalesced.place(), coalesced.offset(), status, length);
      coalesced.next();
    }
  }

  private void readPacketInfo(int first, int received) {
    if (!slots.hasInfo()) {
      return;
    }
    int port = socket.localAddress().getPort();
    for (int i = first; i < first + received; i++) {
      requireNonNull(controls)
          .read(
              i, headers.controlLength(i), socket.format(), port, slots.memory(), slots.infoAt(i));
    }
  }

  private static boolean isIgnorable(int code) {
    return code == Errno.EAGAIN.code()
        || code == Errno.EINTR.code()
        || Errno.isShortage(code)
        || Errno.isAboutEarlierDatagram(code);
  }

  // ---- end

  /** Completes what is posted, as far as the batch has room. */
  void end(CompletionBatch batch, CompletionStatus status, int code) {
    while (postedCount > 0 && batch.remaining() > 0) {
      batch.addReceive(index, posted[--postedCount], status, 0, code);
    }
  }

  /** Forgets what is posted. */
  void clear() {
    postedCount = 0;
  }
}
