package io.rioreactive.kernel.linux;

import static java.util.Objects.requireNonNull;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.GroupMembership;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.MembershipChange;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One socket: its {@link UringReceives}, its {@link MmsgSends}, the peer it is connected to, and
 * its {@link UringRequests}.
 *
 * <pre>
 *   life:  open ──a fatal error──▶ failed ──close──▶ closed ──release──▶ released ──quiet──▶ (gone)
 *               ──────────── close ────────────────▶
 * </pre>
 *
 * <p>It owns the descriptor. Nothing that the system may write to is given back before it is quiet,
 * that is: has no request left. The queue's thread alone, but for {@link #kernelDrops}, {@link
 * #pathMtu} and {@link #localAddress}. It never blocks.
 */
final class UringRequestQueue implements RequestQueue, Pauses.Pausing {

  private enum Release {
    NO,
    FREE,
    LEAK
  }

  private final UringCompletionQueue queue;
  private final LibC libc;
  private final int index;
  private final UdpSocket socket;
  private final MmsgPeer peer;
  private final UringReceives receives;
  private final MmsgSends sends;
  private final UringRequests requests;
  private final OpenDescriptor descriptor;
  private final DropCounter drops;

  /** Null while it has had no peer. */
  private @Nullable ErrorQueue errors;

  private boolean isFlushDue;
  private long pausedUntil;

  private boolean isEnded;

  /** How all that is posted ends, once the socket has come to its end. */
  private CompletionStatus end = CompletionStatus.CANCELLED;

  private int endCode;
  private boolean isClosed;
  private Release release = Release.NO;

  /** Whether it stands in the queue's line of ready sockets. Written by the queue alone. */
  boolean isInLine;

  /** Whether it stands among the queue's sockets that have something for the system. The same. */
  boolean isDue;

  UringRequestQueue(
      UringCompletionQueue queue,
      LibC libc,
      int index,
      UdpSocket socket,
      UringReceives receives,
      Slab sendSlab) {
    this.queue = queue;
    this.libc = libc;
    this.index = index;
    this.socket = socket;
    this.receives = receives;
    requests = new UringRequests(socket.fd(), index);
    descriptor = new OpenDescriptor(libc, socket.fd());
    drops = new DropCounter(descriptor);
    peer = new MmsgPeer(libc, socket, queue.errorMessages(), drops);
    sends = new MmsgSends(libc, socket, sendSlab, queue.sendMessages());
  }

  @Override
  public int index() {
    return index;
  }

  @Override
  public InetSocketAddress localAddress() {
    return peer.localAddress();
  }

  @Override
  public void connect(InetSocketAddress peer) throws KernelException {
    if (isEnded) {
      throw Errno.exception("connect " + SocketAddressFormat.text(peer), refusal());
    }
    try {
      this.peer.connect(peer);
    } catch (KernelException refused) {
      if (refused.kind() == KernelException.Kind.SOCKET_LOST) {
        fail(refused.code());
      }
      throw refused;
    }
    if (errors == null) {
      errors = new ErrorQueue(libc, socket, queue.errorMessages());
    }
  }

  @Override
  public SlotRegion receiveSlots() {
    return receives.slots();
  }

  @Override
  public SlotRegion sendSlots() {
    return sends.slots();
  }

  @Override
  public SocketAddressFormat addressFormat() {
    return socket.format();
  }

  @Override
  public void steerByCpu(List<Integer> cpus) throws KernelException {
    CpuSteering.attach(libc, socket.fd(), cpus);
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
  public OptionalInt pathMtu() {
    return socket.format().isIpv6Socket()
        ? descriptor.get(Constants.IPPROTO_IPV6, Constants.IPV6_MTU)
        : descriptor.get(Constants.IPPROTO_IP, Constants.IP_MTU);
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
    receives.post(slot);
    queue.onDue(this);
    return ACCEPTED;
  }

  @Override
  public int withdrawReceives(int[] slots, int count) {
    boolean isInTheWay = isReceiveUnderWay() && receives.isWithdrawalInRing(count);
    if (isInTheWay && !queue.endReceive(this)) {
      return 0;
    }
    return receives.withdraw(slots, count);
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

  /** Sends. Receives start with the next dequeue or await: not before can one be completed. */
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
   * Adds completions to the batch.
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
    sends.dequeue(batch, index, receives.arrived() > 0 ? (room + 1) / 2 : room);
    if (receives.dequeue(batch)) {
      queue.onHandedOut(this);
    }
    if (isPostedOver()) {
      receives.end(batch, end, endCode);
    }
    sends.dequeue(batch, index, batch.remaining());
    return sends.done() > 0 || receives.arrived() > 0 || isErrorDue() || isPostedOver();
  }

  /** Whether receives are posted that no datagram can come for any more. */
  private boolean isPostedOver() {
    return isEnded && !isReceiveUnderWay() && receives.posted() > receives.arrived();
  }

  private void flush() {
    switch (sends.flush(errors != null)) {
      case DONE -> {}
      case BLOCKED -> queue.onDue(this); // WRITABLE
      case PAUSED -> pause();
      case ERROR_SUSPECTED -> onErrorSuspected();
      case FAILED -> fail(sends.failure());
    }
  }

  private void pause() {
    pausedUntil = queue.nanoTime() + sends.pauseNanos();
    queue.pauses().add(this);
  }

  @Override
  public long pausedUntil() {
    return pausedUntil;
  }

  @Override
  public void onPauseEnded() {
    resumeSends();
  }

  private void resumeSends() {
    sends.resume();
    isFlushDue = true;
    queue.onReady(this);
  }

  // ---- what became of earlier datagrams

  private boolean isErrorDue() {
    return errors != null && !isEnded && errors.isDue();
  }

  private void readErrors(CompletionBatch batch) {
    if (requireNonNull(errors).read(batch, index)) {
      sends.onNewsRead();
    }
    isFlushDue = true;
    queue.onDue(this); // what was not asked for meanwhile
  }

  private void onErrorSuspected() {
    requireNonNull(errors).onSuspected();
    queue.onReady(this);
  }

  // ---- places

  /** The batch that places were handed out with has been used up. */
  void takePlacesBack() {
    receives.takePlacesBack();
    queue.onDue(this);
  }

  boolean isShortOfPlaces() {
    return receives.isShortOfPlaces();
  }

  // ---- requests

  boolean isReceiveUnderWay() {
    return requests.isUnderWay(UringRequests.RECEIVE);
  }

  /** Whether the system has no request for it. */
  boolean isQuiet() {
    return requests.isQuiet();
  }

  void cancelReceive(Uring uring) throws KernelException {
    requests.cancelReceive(uring);
  }

  /** Gives the system what there is for it. */
  void onSubmit(Uring uring) throws KernelException {
    if (isEnded) {
      requests.cancelAll(uring);
      return;
    }
    receives.provide();
    if (isErrorDue()) {
      return; // a request would find the error again and again
    }
    requests.watch(uring);
    if (receives.hasPlacesInRing() && !isReceiveUnderWay()) {
      requests.receive(uring, queue.receiveHeader(receives.slots().hasInfo()));
    }
    if (sends.isBlocked()) {
      requests.awaitWritable(uring);
    }
  }

  /** A completion of one of its requests. */
  void onCompletion(int kind, CompletionRing completion) {
    if (completion.isLast()) {
      requests.onEnded(kind);
    }
    if (kind == UringRequests.RECEIVE) {
      onReceive(completion);
    } else {
      onPolled(completion.result());
    }
    if (isQuiet() && release != Release.NO) {
      onGone();
    }
  }

  private void onReceive(CompletionRing completion) {
    int flags = completion.flags();
    int result = completion.result();
    if ((flags & UringConstants.IORING_CQE_F_BUFFER) != 0) {
      boolean isWanted = result >= 0 && release == Release.NO;
      receives.onUsed(flags >>> UringConstants.IORING_CQE_BUFFER_SHIFT, isWanted);
      queue.onReady(this);
    }
    if (completion.isLast()) {
      if (isEnded) {
        queue.onReady(this);
      } else {
        onReceiveEnded(-result);
      }
    }
  }

  private void onReceiveEnded(int code) {
    if (Errno.isAboutEarlierDatagram(code)) {
      if (errors != null) {
        onErrorSuspected();
      }
    } else if (code > 0 && !isPassing(code)) {
      fail(code);
    }
    if (code == Errno.ENOBUFS.code()) {
      receives.onEmptied();
    }
    queue.onDue(this); // for the next request
  }

  /** Whether the request is to be made again: among them that there was no place any more. */
  private static boolean isPassing(int code) {
    return Errno.isShortage(code)
        || code == Errno.ECANCELED.code()
        || code == Errno.EAGAIN.code()
        || code == Errno.EINTR.code();
  }

  private void onPolled(int events) {
    if (isEnded) {
      return;
    }
    queue.onDue(this);
    if (events < 0) {
      if (!isPassing(-events)) {
        fail(-events);
      }
      return; // asked again
    }
    if ((events & Constants.EPOLLHUP) != 0) {
      fail(Errno.ESHUTDOWN.code());
      return;
    }
    if ((events & Constants.EPOLLERR) != 0) {
      onErrorPolled();
    }
    if (sends.isBlocked()) {
      resumeSends();
    }
  }

  private void onErrorPolled() {
    if (errors != null) {
      errors.onPolled();
      queue.onReady(this);
    } else {
      socket.clearError(libc); // it is nobody's, and would be told for ever
    }
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
      if (sends.isPaused()) {
        queue.pauses().remove(this);
      }
      sends.end(status, code);
      queue.onDue(this);
      queue.onReady(this);
    }
  }

  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      end(CompletionStatus.CANCELLED, 0);
      queue.endAll(this); // closing the descriptor would end nothing
      drops.read(); // for the last time
      descriptor.close();
    }
  }

  @Override
  public void release() {
    requireClosed();
    int outstanding = receives.posted() + sends.outstanding();
    if (outstanding > 0) {
      throw new IllegalStateException(outstanding + " requests are outstanding");
    }
    giveUp(Release.FREE);
  }

  @Override
  public void abandon() {
    requireClosed();
    receives.clear();
    sends.clear(); // not when it is quiet: it may still stand in line
    giveUp(Release.LEAK);
  }

  private void giveUp(Release how) {
    release = how;
    if (isQuiet()) {
      onGone();
    }
  }

  private void onGone() {
    queue.onGone(this);
    if (release == Release.FREE) {
      receives.free();
      sends.free();
    } else {
      receives.leak();
      sends.leak();
    }
  }

  private void requireClosed() {
    if (!isClosed) {
      throw new IllegalStateException("the socket is open");
    }
  }

  /** Whether it waits for nothing but its last completion. */
  boolean isReleased() {
    return release != Release.NO;
  }
}
