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
import io.rioreactive.kernel.SocketConfig;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One socket: its {@link MmsgReceives}, its {@link MmsgSends}, the peer it is connected to, and
 * what epoll watches it for.
 *
 * <p>It owns the descriptor. The queue's thread alone, but for {@link #kernelDrops}, {@link
 * #pathMtu} and {@link #localAddress}. It never blocks, and never makes a system call to learn what
 * it could know.
 *
 * <pre>
 *   watched:   IN ──told, and nothing posted──▶ not IN ──nothing to read──▶ IN
 *   life:      open ──a fatal error──▶ failed ──close──▶ closed ──release──▶ (gone)
 *                   ──────────── close ─────────────────▶
 * </pre>
 */
final class MmsgRequestQueue implements RequestQueue, Pauses.Pausing {

  /** What epoll watches a socket for from its opening on. */
  static final int FIRST_INTEREST = Constants.EPOLLIN;

  private static final int UNWATCHED = -1;

  private final MmsgCompletionQueue queue;
  private final LibC libc;
  private final int index;
  private final UdpSocket socket;
  private final MmsgPeer peer;
  private final ReceivePlaces places;
  private final MmsgReceives receives;
  private final MmsgSends sends;
  private final OpenDescriptor descriptor;
  private final DropCounter drops;

  /** What epoll watches it for. */
  private int interest = FIRST_INTEREST;

  private boolean isFlushDue;
  private long pausedUntil;

  /** Null while it has had no peer. */
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
      SocketConfig config,
      ReceivePlaces places,
      Slab sendSlab) {
    this.queue = queue;
    this.libc = libc;
    this.index = index;
    this.socket = socket;
    descriptor = new OpenDescriptor(libc, socket.fd());
    drops = new DropCounter(descriptor);
    peer = new MmsgPeer(libc, socket, queue.errorMessages(), drops);
    this.places = places;
    receives = new MmsgReceives(libc, index, socket, config, places);
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

  /** What it has borrowed of its queue. */
  ReceivePlaces places() {
    return places;
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
  public int surplus() {
    return receives.surplus();
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
    if (receives.isDue()) {
      queue.onReady(this);
    }
    return ACCEPTED;
  }

  @Override
  public int withdrawReceives(int[] slots, int count) {
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
    sends.dequeue(batch, index, receives.isDue() ? (room + 1) / 2 : room);
    if (isEnded) {
      receives.end(batch, end, endCode);
    } else if (receives.isDue()) {
      receive(batch);
    }
    sends.dequeue(batch, index, batch.remaining());
    return sends.done() > 0 || isErrorDue() || (isEnded ? receives.posted() > 0 : receives.isDue());
  }

  private void receive(CompletionBatch batch) {
    int failure = receives.receive(batch);
    if (!receives.isReadable() && (interest & Constants.EPOLLIN) == 0) {
      queue.onInterestChanged(this);
    }
    if (failure != 0) {
      fail(failure);
    }
  }

  private void flush() {
    switch (sends.flush(errors != null)) {
      case DONE -> {}
      case BLOCKED -> queue.onInterestChanged(this); // EPOLLOUT
      case PAUSED -> pause();
      case ERROR_SUSPECTED -> onErrorSuspected();
      case FAILED -> fail(sends.failure());
    }
  }

  private void pause() {
    pausedUntil = queue.nanoTime() + sends.pauseNanos();
    queue.pauses().add(this);
  }

  // ---- what became of earlier datagrams

  private boolean isErrorDue() {
    return errors != null && !isEnded && errors.isDue();
  }

  private void readErrors(CompletionBatch batch) {
    ErrorQueue errors = requireNonNull(this.errors);
    if (errors.read(batch, index)) {
      sends.onNewsRead();
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
    boolean isUnasked = receives.isReadable() && receives.posted() == 0;
    int in = isUnasked ? 0 : Constants.EPOLLIN;
    int out = sends.isBlocked() ? Constants.EPOLLOUT : 0;
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
      receives.onReadable();
      if (receives.posted() == 0) {
        queue.onInterestChanged(this);
      }
    }
    if (sends.isBlocked() && isWritable) {
      sends.resume();
      isFlushDue = true;
      queue.onInterestChanged(this);
    }
    queue.onReady(this);
  }

  private void onErrorPolled() {
    if (errors != null) {
      errors.onPolled();
    } else if (receives.posted() > 0) {
      receives.onReadable(); // the next call consumes the error
    } else if (!sends.isBlocked()) {
      socket.clearError(libc); // nobody makes a call, and epoll would tell of it for ever
    }
  }

  @Override
  public long pausedUntil() {
    return pausedUntil;
  }

  @Override
  public void onPauseEnded() {
    sends.resume();
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
      if (sends.isPaused()) {
        queue.pauses().remove(this);
      }
      sends.end(status, code);
      queue.onInterestChanged(this);
      queue.onReady(this);
    }
  }

  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      end(CompletionStatus.CANCELLED, 0);
      drops.read(); // for the last time
      if (interest != UNWATCHED) {
        interest = UNWATCHED;
        queue.onClosing(this);
      }
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
    queue.onGone(this);
    sends.free();
  }

  @Override
  public void abandon() {
    requireClosed();
    receives.clear();
    queue.onGone(this);
    sends.leak();
  }

  private void requireClosed() {
    if (!isClosed) {
      throw new IllegalStateException("the socket is open");
    }
  }
}
