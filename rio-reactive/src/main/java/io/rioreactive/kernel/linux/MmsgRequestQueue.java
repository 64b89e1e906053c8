package io.rioreactive.kernel.linux;

import static java.util.Objects.requireNonNull;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.GroupMembership;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.MembershipChange;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SendRing;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import java.net.InetSocketAddress;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One socket: its posted receives as a stack, its sends as a ring, and what is known of its
 * readiness.
 *
 * <p>It owns the descriptor and the send slots, and borrows the receive buffers of its queue. The
 * queue's thread alone, but for {@link #kernelDrops} and {@link #localAddress}. It never blocks,
 * and never makes a system call to learn what it could know.
 *
 * <pre>
 *   readable:  NO ──epoll──▶ YES ──a full batch──▶ PERHAPS ──nothing there──▶ NO
 *               ◀───────── a batch not full ──────────┘
 *   watched:   IN ──told, and nothing posted──▶ not IN ──readable is NO again──▶ IN
 *   sends:     FLOWING ──EAGAIN──▶ BLOCKED ──epoll─▶ FLOWING
 *                      ──ENOBUFS─▶ PAUSED ──time───▶ FLOWING
 *   peer:      none ──connect──▶ connected ──connect──▶ connected, to another
 *   life:      open ──a fatal error──▶ failed ──close──▶ closed ──release──▶ (gone)
 *                   ──────────── close ─────────────────▶
 * </pre>
 */
final class MmsgRequestQueue implements RequestQueue {

  private static final int RECEIVE_FLAGS = Constants.MSG_DONTWAIT | Constants.MSG_TRUNC;
  private static final int SEND_FLAGS = Constants.MSG_DONTWAIT | Constants.MSG_NOSIGNAL;

  private static final long FIRST_PAUSE_NANOS = 1_000_000;
  private static final long LONGEST_PAUSE_NANOS = 20_000_000;
  private static final int MOST_ATTEMPTS = 8;

  /** Of a connected socket's send, with what the network told read in between. */
  private static final int MOST_ATTEMPTS_WITHOUT_NEWS = 2;

  /** What epoll watches a socket for from its opening on. */
  static final int FIRST_INTEREST = Constants.EPOLLIN;

  private static final int UNWATCHED = -1;

  private enum Readiness {
    NO,
    PERHAPS,
    YES
  }

  private enum Sending {
    FLOWING,
    BLOCKED,
    PAUSED
  }

  private final MmsgCompletionQueue queue;
  private final LibC libc;
  private final int index;
  private final UdpSocket socket;
  private volatile InetSocketAddress localAddress;
  private final SlotRegion receives;
  private final Slab sendSlab;
  private final DropCounter drops;

  /** Null without packet info. */
  private final @Nullable PacketInfoMessages packetInfo;

  private final MessageHeaders receiveHeaders;
  private final MessageHeaders sendHeaders;

  private final long receiveBase;
  private final long receiveStride;
  private final int receivePayloadOffset;
  private final int datagramSize;
  private final long sendBase;
  private final long sendStride;
  private final int sendPayloadOffset;

  /** Posted receives: numbers only, the one posted last is completed first. */
  private final int[] posted;

  private int postedCount;
  private Readiness readable = Readiness.NO;

  /** What epoll watches it for. */
  private int interest = FIRST_INTEREST;

  private final SendRing sends;
  private Sending sending = Sending.FLOWING;
  private boolean isFlushDue;
  private int attempts;
  private long pauseNanos;
  private long pausedUntil;

  // Both null, or of the peer the socket is connected to.
  private @Nullable InetSocketAddress peer;
  private @Nullable ErrorQueue errors;

  private boolean isEnded;

  /** How all that is posted ends, once the socket has come to its end. */
  private CompletionStatus end = CompletionStatus.CANCELLED;

  private int endCode;
  private boolean isClosed;

  /** Whether it stands in the queue's line of ready sockets. Written by the queue alone. */
  boolean isInLine;

  /** Whether it stands among the queue's sockets whose interest may change. The same. */
  boolean isInterestDue;

  MmsgRequestQueue(
      MmsgCompletionQueue queue,
      LibC libc,
      int index,
      UdpSocket socket,
      int receiveSlots,
      SlotRegion receives,
      Slab sendSlab) {
    this.queue = queue;
    this.libc = libc;
    this.index = index;
    this.socket = socket;
    this.localAddress = socket.localAddress();
    this.receives = receives;
    this.sendSlab = sendSlab;
    this.drops = new DropCounter(libc, socket.fd());
    packetInfo = receives.hasInfo() ? queue.packetInfoMessages() : null;
    receiveHeaders = packetInfo == null ? queue.receiveHeaders() : packetInfo.receiveHeaders();
    sendHeaders = packetInfo == null ? queue.sendHeaders() : packetInfo.sendHeaders();
    receiveBase = receives.memory().address() + receives.addressOffset();
    receiveStride = receives.stride();
    receivePayloadOffset = receives.payloadOffset() - receives.addressOffset();
    datagramSize = receives.payloadSize();
    SlotRegion sendSlots = sendSlab.slots();
    sendBase = sendSlots.memory().address() + sendSlots.addressOffset();
    sendStride = sendSlots.stride();
    sendPayloadOffset = sendSlots.payloadOffset() - sendSlots.addressOffset();
    posted = new int[receiveSlots];
    sends = new SendRing(sendSlots.slots());
  }

  @Override
  public int index() {
    return index;
  }

  @Override
  public InetSocketAddress localAddress() {
    return localAddress;
  }

  @Override
  public void connect(InetSocketAddress peer) throws KernelException {
    if (isEnded) {
      throw Errno.exception("connect " + SocketAddressFormat.text(peer), refusal());
    }
    try {
      ErrorMessages messages = queue.errorMessages();
      localAddress = UdpConnect.connect(libc, socket, messages, localAddress, this.peer, peer);
    } catch (KernelException e) {
      if (UdpConnect.isPortLost(libc, socket)) {
        fail(e.code());
      }
      throw e;
    }
    this.peer = peer;
    if (errors == null) {
      errors = new ErrorQueue(libc, socket, queue.errorMessages());
    }
  }

  @Override
  public SlotRegion receiveSlots() {
    return receives;
  }

  @Override
  public SlotRegion sendSlots() {
    return sendSlab.slots();
  }

  @Override
  public SocketAddressFormat addressFormat() {
    return socket.format();
  }

  @Override
  public void changeMembership(MembershipChange change, GroupMembership membership)
      throws KernelException {
    Multicast.change(libc, socket.fd(), change, membership);
  }

  @Override
  public KernelException error(String operation, int code) {
    return Errno.exception(operation, code);
  }

  @Override
  public OptionalLong kernelDrops() {
    return drops.read();
  }

  @Override
  public String describe() {
    return "receive buffer "
        + socket.receiveBuffer()
        + " bytes, send buffer "
        + socket.sendBuffer()
        + " bytes";
  }

  @Override
  public int postReceive(int slot) {
    if (isEnded) {
      return refusal();
    }
    posted[postedCount++] = slot;
    if (readable != Readiness.NO) {
      queue.onReady(this);
    }
    return ACCEPTED;
  }

  @Override
  public int withdrawReceives(int[] slots, int count) {
    int n = Math.min(count, postedCount);
    for (int i = 0; i < n; i++) {
      slots[i] = posted[--postedCount];
    }
    return n;
  }

  @Override
  public int postSend(int slot, int length) {
    if (isEnded) {
      return refusal();
    }
    sends.post(slot, length);
    return ACCEPTED;
  }

  private int refusal() {
    return endCode == 0 ? Errno.EBADF.code() : endCode;
  }

  @Override
  public void commit() {
    if (!isErrorDue()) {
      flush();
    }
    if (sends.done() > 0 || isErrorDue()) {
      queue.onReady(this);
    }
  }

  /**
   * Adds completions to the batch, at most one call's worth of receives.
   *
   * @return whether there is more to be had at once
   */
  boolean onDequeue(CompletionBatch batch) {
    if (isErrorDue()) {
      readErrors(batch);
    }
    if (isFlushDue) {
      isFlushDue = false;
      flush();
    }
    int room = batch.remaining();
    // Sends first, but they leave room: else a batch full of them each time would starve receives.
    sends.dequeue(batch, index, isReceiveDue() ? (room + 1) / 2 : room);
    if (isEnded) {
      endReceives(batch);
    } else if (isReceiveDue()) {
      receive(batch);
    }
    sends.dequeue(batch, index, batch.remaining());
    return sends.done() > 0 || isErrorDue() || (isEnded ? postedCount > 0 : isReceiveDue());
  }

  private boolean isReceiveDue() {
    return readable != Readiness.NO && postedCount > 0;
  }

  // ---- receive

  private void receive(CompletionBatch batch) {
    int asked = Math.min(Math.min(postedCount, MessageHeaders.CAPACITY), batch.remaining());
    if (asked == 0) {
      return;
    }
    MessageHeaders headers = receiveHeaders;
    prepareReceives(headers, batch.size(), asked);
    int received = libc.recvmmsg(socket.fd(), headers.address(), asked, RECEIVE_FLAGS, LibC.NULL);
    if (received < 0) {
      received = onReceiveFailed(headers, asked);
    }
    addReceived(batch, headers, received);
    if (received > 0) {
      // Fewer than asked: the socket is empty, and asking again would be a call for nothing.
      if (received == asked) {
        readable = Readiness.PERHAPS;
      } else {
        onReadEmpty();
      }
    }
  }

  /** Each datagram is to stand where its completion will stand in the batch. */
  private void prepareReceives(MessageHeaders headers, int firstPlace, int count) {
    headers.setRun(
        count,
        receiveBase + firstPlace * receiveStride,
        receiveStride,
        socket.addressLength(),
        receivePayloadOffset,
        datagramSize);
    if (packetInfo != null) {
      packetInfo.prepareReceives(count);
    }
  }

  private void addReceived(CompletionBatch batch, MessageHeaders headers, int received) {
    if (packetInfo != null) {
      readPacketInfo(packetInfo, batch.size(), received);
    }
    int top = postedCount - 1;
    for (int i = 0; i < received; i++) {
      boolean isTruncated = (headers.flags(i) & Constants.MSG_TRUNC) != 0;
      CompletionStatus status = isTruncated ? CompletionStatus.TRUNCATED : CompletionStatus.OK;
      batch.addReceive(index, posted[top - i], batch.size(), status, headers.length(i), 0);
    }
    postedCount -= received;
  }

  private void readPacketInfo(PacketInfoMessages packetInfo, int firstPlace, int received) {
    int port = socket.localAddress().getPort();
    for (int i = 0; i < received; i++) {
      long info = receives.infoAt(firstPlace + i);
      packetInfo.read(i, socket.format(), port, receives.memory(), info);
    }
  }

  /** Returns how many datagrams came all the same. */
  private int onReceiveFailed(MessageHeaders headers, int asked) {
    if (readable == Readiness.PERHAPS) {
      // Asked on the chance of more: most likely EAGAIN. Anything else epoll will tell.
      onReadEmpty();
      return 0;
    }
    // epoll has promised something. The first call kept no error, and if it was one of a datagram
    // sent earlier, it has consumed it, and the error queue of a connected socket tells it.
    int result =
        libc.recvmmsgCapturing(socket.fd(), headers.address(), asked, RECEIVE_FLAGS, LibC.NULL);
    if (result >= 0) {
      return result;
    }
    onReadEmpty();
    if (!isReceiveIgnorable(-result)) {
      fail(-result);
    }
    return 0;
  }

  private void onReadEmpty() {
    readable = Readiness.NO;
    if ((interest & Constants.EPOLLIN) == 0) {
      queue.onInterestChanged(this);
    }
  }

  private static boolean isReceiveIgnorable(int code) {
    return code == Errno.EAGAIN.code()
        || code == Errno.EINTR.code()
        || Errno.isShortage(code)
        || Errno.isAboutEarlierDatagram(code);
  }

  // ---- send

  /**
   * Sends what waits, until nothing does or the system wants a pause; nothing while it does. Each
   * round advances.
   */
  private void flush() {
    boolean isConnected = errors != null;
    MessageHeaders headers = sendHeaders;
    boolean isGoing = sending == Sending.FLOWING;
    while (isGoing && sends.waiting() > 0) {
      int asked = Math.min(sends.waiting(), MessageHeaders.CAPACITY);
      prepareSends(headers, asked);
      int sent = libc.sendmmsg(socket.fd(), headers.address(), asked, SEND_FLAGS);
      boolean isWhole = sent == asked;
      if (sent <= 0) {
        // The first call kept no error; if it was one of an earlier datagram, it has consumed it,
        // and the error queue of a connected socket tells it all the same.
        sent = libc.sendmmsgCapturing(socket.fd(), headers.address(), asked, SEND_FLAGS);
      }
      if (sent > 0) {
        sends.sent(sent);
        attempts = 0;
        pauseNanos = 0;
        if (isConnected && !isWhole) {
          onErrorSuspected(); // one met an error, and nobody has told which
          isGoing = false;
        }
      } else {
        isGoing = onSendFailed(-sent);
      }
    }
  }

  private void prepareSends(MessageHeaders headers, int count) {
    for (int i = 0; i < count; i++) {
      long slot = sendBase + sends.slot(i) * sendStride;
      if (errors == null) {
        headers.set(i, slot, socket.addressLength(), slot + sendPayloadOffset, sends.length(i));
      } else {
        headers.set(i, LibC.NULL, 0, slot + sendPayloadOffset, sends.length(i)); // to the peer
      }
    }
    if (packetInfo != null) {
      preparePacketInfo(packetInfo, count);
    }
  }

  private void preparePacketInfo(PacketInfoMessages packetInfo, int count) {
    SlotRegion slots = sendSlab.slots();
    for (int i = 0; i < count; i++) {
      packetInfo.prepareSend(i, socket.format(), slots, sends.slot(i));
    }
  }

  /**
   * sendmmsg reports an error only if the first message has it (behind others it ends the batch,
   * and comes back here as the first). So the error is about the first waiting send, or about the
   * socket, or about a datagram sent earlier.
   *
   * @return whether to go on with what waits
   */
  private boolean onSendFailed(int code) {
    if (code == Errno.EAGAIN.code()) {
      sending = Sending.BLOCKED;
      queue.onInterestChanged(this); // EPOLLOUT
      return false;
    }
    if (Errno.isShortage(code)) {
      pause(); // epoll would say writable at once: only time helps
      return false;
    }
    if (Errno.isFatal(code)) {
      fail(code);
      return false;
    }
    if (errors != null && Errno.isAboutEarlierDatagram(code)) {
      boolean isNeverItsOwn = Errno.isOnlyAboutEarlierDatagram(code);
      if (++attempts < (isNeverItsOwn ? MOST_ATTEMPTS : MOST_ATTEMPTS_WITHOUT_NEWS)) {
        onErrorSuspected();
        return false;
      }
    } else if (isWorthRepeating(code) && ++attempts < MOST_ATTEMPTS) {
      return true;
    }
    attempts = 0;
    sends.failed(CompletionStatus.FAILED, code);
    return true;
  }

  /** Whether the error cannot be this datagram's own. */
  private static boolean isWorthRepeating(int code) {
    return code == Errno.EINTR.code() || Errno.isOnlyAboutEarlierDatagram(code);
  }

  private void pause() {
    pauseNanos =
        pauseNanos == 0 ? FIRST_PAUSE_NANOS : Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
    pausedUntil = queue.nanoTime() + pauseNanos;
    sending = Sending.PAUSED;
    queue.pauses().add(this);
  }

  // ---- what became of earlier datagrams

  private boolean isErrorDue() {
    return errors != null && !isEnded && errors.isDue();
  }

  private void readErrors(CompletionBatch batch) {
    ErrorQueue errors = requireNonNull(this.errors);
    if (errors.read(batch, index)) {
      attempts = 0; // what a send failed with may have been this
    }
    isFlushDue = true;
  }

  private void onErrorSuspected() {
    requireNonNull(errors).onSuspected();
    queue.onReady(this);
  }

  // ---- what the queue asks and tells

  int fd() {
    return socket.fd();
  }

  /** Has epoll watch for what is worth watching for, just before it waits. */
  void onInterestDue(Epoll epoll) {
    if (interest == UNWATCHED) {
      return;
    }
    if (isEnded) {
      interest = UNWATCHED;
      epoll.remove(socket.fd());
      return;
    }
    boolean isUnasked = readable != Readiness.NO && postedCount == 0;
    int in = isUnasked ? 0 : Constants.EPOLLIN;
    int out = sending == Sending.BLOCKED ? Constants.EPOLLOUT : 0;
    if ((in | out) != interest) {
      interest = in | out;
      if (epoll.modify(socket.fd(), interest, index) < 0) {
        fail(Errno.EBADF.code()); // not the descriptor that was added
      }
    }
  }

  void onPolled(int events) {
    if (isEnded) {
      return;
    }
    if ((events & Constants.EPOLLHUP) != 0) {
      fail(Errno.ESHUTDOWN.code());
      return;
    }
    boolean isError = (events & Constants.EPOLLERR) != 0;
    boolean isWritable = isError || (events & Constants.EPOLLOUT) != 0;
    if (isError) {
      onErrorPolled();
    }
    if ((events & Constants.EPOLLIN) != 0) {
      readable = Readiness.YES;
      if (postedCount == 0) {
        queue.onInterestChanged(this);
      }
    }
    if (sending == Sending.BLOCKED && isWritable) {
      sending = Sending.FLOWING;
      isFlushDue = true;
      queue.onInterestChanged(this);
    }
    queue.onReady(this);
  }

  private void onErrorPolled() {
    if (errors != null) {
      errors.onPolled();
    } else if (postedCount > 0) {
      readable = Readiness.YES; // the next call consumes the error
    } else if (sending != Sending.BLOCKED) {
      socket.clearError(libc); // nobody makes a call, and epoll would tell of it for ever
    }
  }

  /** When its pause ends, on the clock of {@link System#nanoTime}. */
  long pausedUntil() {
    return pausedUntil;
  }

  void onPauseEnded() {
    sending = Sending.FLOWING;
    isFlushDue = true;
    queue.onReady(this);
  }

  // ---- end

  private void fail(int code) {
    end(CompletionStatus.SOCKET_FAILED, code);
  }

  private void end(CompletionStatus status, int code) {
    if (!isEnded) {
      isEnded = true;
      end = status;
      endCode = code;
      isFlushDue = false;
      if (sending == Sending.PAUSED) {
        queue.pauses().remove(this);
      }
      sending = Sending.FLOWING;
      queue.onInterestChanged(this);
      sends.allFailed(status, code);
      queue.onReady(this);
    }
  }

  private void endReceives(CompletionBatch batch) {
    while (postedCount > 0 && batch.remaining() > 0) {
      batch.addReceive(index, posted[--postedCount], end, 0, endCode);
    }
  }

  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      end(CompletionStatus.CANCELLED, 0);
      drops.stop();
      if (interest != UNWATCHED) {
        interest = UNWATCHED;
        queue.onClosing(this);
      }
      libc.close(socket.fd());
    }
  }

  @Override
  public void release() {
    requireClosed();
    int outstanding = postedCount + sends.waiting() + sends.done();
    if (outstanding > 0) {
      throw new IllegalStateException(outstanding + " requests are outstanding");
    }
    queue.onGone(this);
    sendSlab.free();
  }

  @Override
  public void abandon() {
    requireClosed();
    postedCount = 0;
    sends.clear();
    queue.onGone(this);
    sendSlab.leak();
  }

  private void requireClosed() {
    if (!isClosed) {
      throw new IllegalStateException("the socket is open");
    }
  }
}
