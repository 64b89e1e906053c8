package io.rioreactive.kernel.windows;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.GroupMembership;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.MembershipChange;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One socket and its {@code RIO_RQ}: posts are deferred, a commit at the end of the turn starts
 * them, and each accepted one is counted until its result has been dequeued.
 *
 * <pre>
 *   OPEN ──close──▶ CLOSED ──release: nothing outstanding──────────────▶ (gone)
 *                          ──abandon──▶ ABANDONED ──all came back──────▶ (gone)
 * </pre>
 *
 * <p>It owns the socket, its request queue and both slabs with their registrations; it holds an
 * index and a claim on the completion queue. The queue's thread alone. It never frees what the
 * system may write to or read from.
 *
 * <p>Posts name the peer's address for each datagram; those of a connected socket name none. With
 * packet info a receive has a control slice and a flags slice, and so has a send that says its
 * source a control slice.
 */
final class RioRequestQueue implements RequestQueue {

  private static final Logger LOG = LoggerFactory.getLogger(RioRequestQueue.class);

  private static final long NULL = Constants.NULL;

  /**
   * How often a send is made that meets the news of earlier ones, and never its own. Many, since
   * the others that are sent meanwhile bring such news too; not for ever, should a system give it
   * for nothing.
   */
  static final int MOST_ATTEMPTS = 1_000;

  /** Bytes of an address slice: a {@code SOCKADDR_INET}, whatever the socket's family. */
  private static final int ADDRESS_BYTES = (int) Layouts.SOCKADDR_INET.byteSize();

  private enum State {
    OPEN,
    CLOSED,
    ABANDONED
  }

  private final RioCompletionQueue queue;
  private final RioFunctions rio;
  private final RioBuffers buffers;
  private final int index;
  private final WindowsSocket socket;
  private final long rq;
  private final RioSlab receives;
  private final RioSlab sends;
  private final @Nullable RioPacketInfo receiveInfo;
  private final @Nullable RioPacketInfo sendInfo;
  private final PathMtu pathMtu;
  private final int claim;
  private final int datagramSize;

  private State state = State.OPEN;
  private InetSocketAddress localAddress;
  private boolean isConnected;

  /** Of each send: its length, and how often it has met the end of an earlier one. */
  private final int[] sendLengths;

  private final short[] sendAttempts;
  private int receivesOutstanding;
  private int sendsOutstanding;
  private boolean isReceiveDeferred;
  private boolean isSendDeferred;

  RioRequestQueue(
      RioCompletionQueue queue,
      RioFunctions rio,
      RioBuffers buffers,
      int index,
      WindowsSocket socket,
      long rq,
      RioSlab receives,
      RioSlab sends) {
    this.queue = queue;
    this.rio = rio;
    this.buffers = buffers;
    this.index = index;
    this.socket = socket;
    this.localAddress = socket.localAddress();
    this.rq = rq;
    this.receives = receives;
    this.sends = sends;
    this.receiveInfo = receives.packetInfo(socket);
    this.sendInfo = sends.packetInfo(socket);
    this.pathMtu = new PathMtu(socket);
    this.claim = RioQueueSize.claim(receives.slots().slots(), sends.slots().slots());
    this.datagramSize = receives.slots().payloadSize();
    this.sendLengths = new int[sends.slots().slots()];
    this.sendAttempts = new short[sends.slots().slots()];
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
    localAddress = socket.connect(queue.winsock(), peer);
    isConnected = true;
    if (sendInfo != null) {
      sendInfo.onConnected(localAddress);
    }
  }

  @Override
  public void changeMembership(MembershipChange change, GroupMembership membership)
      throws IOException {
    WindowsMulticast.change(queue.winsock(), socket.handle(), change, membership);
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
  public KernelException error(String operation, int code) {
    return WsaError.exception(operation, code);
  }

  /** Winsock has no counter of what it drops. */
  @Override
  public OptionalLong kernelDrops() {
    return OptionalLong.empty();
  }

  /** What it may need of the completion queue. */
  int claim() {
    return claim;
  }

  @Override
  public OptionalInt pathMtu() {
    return pathMtu.ask();
  }

  @Override
  public String describe() {
    return "locked memory "
        + (receives.lockedBytes() + sends.lockedBytes() + RioQueueSize.bytes(claim))
        + " bytes = receive slots "
        + receives.lockedBytes()
        + " + send slots "
        + sends.lockedBytes()
        + " + completion queue "
        + RioQueueSize.bytes(claim)
        + " at least; receive buffer "
        + socket.receiveBuffer()
        + " bytes, send buffer "
        + socket.sendBuffer()
        + " bytes";
  }

  // ---- post

  @Override
  public int postReceive(int slot) {
    if (state != State.OPEN) {
      return WsaError.WSAENOTSOCK.code();
    }
    buffers.set(
        receives.bufferId(slot),
        receives.payloadOffset(slot),
        datagramSize,
        receives.addressOffset(slot),
        ADDRESS_BYTES);
    boolean hasInfo = prepareInfo(slot);
    int code =
        rio.RIOReceiveEx(
            rq,
            buffers.payload(),
            1,
            NULL, // local address: the control tells more
            buffers.address(),
            hasInfo ? buffers.control() : NULL,
            hasInfo ? buffers.flags() : NULL,
            Constants.RIO_MSG_DEFER,
            RioContext.ofReceive(slot));
    if (isRefusal(code)) {
      return code;
    }
    onDeferred();
    isReceiveDeferred = true;
    receivesOutstanding++;
    return ACCEPTED;
  }

  /** Prepares what is to be told of a datagram. Returns whether anything is. */
  private boolean prepareInfo(int slot) {
    if (receiveInfo == null) {
      return false;
    }
    receiveInfo.prepareReceive(slot);
    long id = receives.bufferId(slot);
    buffers.setControl(id, receives.controlOffset(slot), RioPacketInfo.RECEIVE_SIZE);
    buffers.setFlags(id, receives.flagsOffset(slot));
    return true;
  }

  @Override
  public int postSend(int slot, int length) {
    if (state != State.OPEN) {
      return WsaError.WSAENOTSOCK.code();
    }
    sendLengths[slot] = length;
    sendAttempts[slot] = 0;
    int code = send(slot, Constants.RIO_MSG_DEFER);
    while (isWorthRepeating(slot, code)) {
      code = send(slot, Constants.RIO_MSG_DEFER);
    }
    if (isRefusal(code)) {
      return code;
    }
    onDeferred();
    isSendDeferred = true;
    return ACCEPTED;
  }

  /** Whether what ended a send was news of an earlier one, and it is to be sent again. */
  private boolean isWorthRepeating(int slot, int code) {
    return isConnected
        && state == State.OPEN
        && WsaError.isAboutEarlierDatagram(code)
        && ++sendAttempts[slot] < MOST_ATTEMPTS;
  }

  private int send(int slot, int flags) {
    buffers.set(
        sends.bufferId(slot),
        sends.payloadOffset(slot),
        sendLengths[slot],
        sends.addressOffset(slot),
        ADDRESS_BYTES);
    int control = sendInfo == null ? WindowsPacketInfo.NOTHING : sendInfo.write(slot);
    if (control == WindowsPacketInfo.IMPOSSIBLE) {
      return WsaError.WSAEINVAL.code();
    }
    boolean hasControl = control != WindowsPacketInfo.NOTHING;
    if (hasControl) {
      buffers.setControl(sends.bufferId(slot), sends.controlOffset(slot), control);
    }
    int code =
        rio.RIOSendEx(
            rq,
            buffers.payload(),
            1,
            NULL, // local address: must be
            isConnected ? NULL : buffers.address(),
            hasControl ? buffers.control() : NULL,
            NULL, // flags
            flags,
            RioContext.ofSend(slot));
    if (!isRefusal(code)) {
      sendsOutstanding++;
    }
    return code;
  }

  /** FALSE with WSA_IO_PENDING has been seen in the field: the request has started. */
  private static boolean isRefusal(int code) {
    return code != 0 && code != WsaError.WSA_IO_PENDING.code();
  }

  private void onDeferred() {
    if (!isDeferred()) {
      queue.onDeferred(1);
    }
  }

  boolean isDeferred() {
    return isReceiveDeferred || isSendDeferred;
  }

  /**
   * Starts what is deferred, with a call for each direction that has any.
   *
   * @throws UncheckedIOException if the system refuses; what is deferred may then never start, and
   *     comes back when the socket is closed
   */
  @Override
  public void commit() {
    if (!isDeferred()) {
      return;
    }
    int sendCode = isSendDeferred ? commitSends() : 0;
    int receiveCode = isReceiveDeferred ? commitReceives() : 0;
    onNothingDeferred(); // also if it is refused: trying again would end the same way
    if (isRefusal(sendCode)) {
      throw new UncheckedIOException(error("commit of the sends posted", sendCode));
    }
    if (isRefusal(receiveCode)) {
      throw new UncheckedIOException(error("commit of the receives posted", receiveCode));
    }
  }

  // A call that captures the error may allocate. A commit, unlike a post, can be made twice: so the
  // first captures nothing, and one that has failed is asked for its reason.

  private int commitSends() {
    int success = rio.RIOSend(rq, NULL, 0, Constants.RIO_MSG_COMMIT_ONLY, 0);
    return success != 0 ? 0 : rio.RIOSendCapturing(rq, NULL, 0, Constants.RIO_MSG_COMMIT_ONLY, 0);
  }

  private int commitReceives() {
    int success = rio.RIOReceive(rq, NULL, 0, Constants.RIO_MSG_COMMIT_ONLY, 0);
    return success != 0
        ? 0
        : rio.RIOReceiveCapturing(rq, NULL, 0, Constants.RIO_MSG_COMMIT_ONLY, 0);
  }

  private void onNothingDeferred() {
    if (isDeferred()) {
      isReceiveDeferred = false;
      isSendDeferred = false;
      queue.onDeferred(-1);
    }
  }

  /** RIO keeps what is posted until a datagram comes or the socket is closed. */
  @Override
  public int withdrawReceives(int[] slots, int count) {
    return 0;
  }

  // ---- what the queue dequeues

  /** Adds a result to the batch; if the slots were given up, nobody wants to know. */
  void onResult(CompletionBatch batch, long context, int status, int bytes) throws KernelException {
    int slot = RioContext.slot(context);
    if (RioContext.isReceive(context)) {
      receivesOutstanding--;
      if (state != State.ABANDONED) {
        addReceive(batch, slot, status, bytes);
      }
    } else if (RioContext.isSend(context)) {
      sendsOutstanding--;
      if (state != State.ABANDONED) {
        addSend(batch, slot, status, bytes);
      }
    } else {
      throw queue.broken(RioRefusal.ofContext(context));
    }
    if (state == State.ABANDONED && outstanding() == 0) {
      free();
    }
  }

  private void addReceive(CompletionBatch batch, int slot, int systemStatus, int bytes) {
    int status =
        receiveInfo == null
            ? systemStatus
            : receiveInfo.read(slot, systemStatus, bytes, datagramSize);
    CompletionStatus completed = RioStatus.ofReceive(status, bytes, datagramSize, isClosed());
    switch (completed) {
      case OK -> batch.addReceive(index, slot, completed, bytes, 0);
      case TRUNCATED -> batch.addReceive(index, slot, completed, datagramSize, 0);
      case CANCELLED -> batch.addReceive(index, slot, completed, 0, 0);
      case FAILED, SOCKET_FAILED -> batch.addReceive(index, slot, completed, 0, status);
    }
  }

  private void addSend(CompletionBatch batch, int slot, int status, int bytes) {
    CompletionStatus completed = RioStatus.ofSend(status, isClosed());
    switch (completed) {
      case OK, TRUNCATED -> batch.addSend(index, slot, completed, bytes, 0);
      case CANCELLED -> batch.addSend(index, slot, completed, 0, 0);
      case FAILED -> {
        // Not deferred: this turn may post nothing, and then it commits nothing.
        if (isWorthRepeating(slot, status) && !isRefusal(send(slot, 0))) {
          batch.addUnreachable(index, status);
        } else {
          batch.addSend(index, slot, completed, 0, status);
        }
      }
      case SOCKET_FAILED -> batch.addSend(index, slot, completed, 0, status);
    }
  }

  private boolean isClosed() {
    return state != State.OPEN;
  }

  /** Requests that were accepted and not dequeued. */
  int outstanding() {
    return receivesOutstanding + sendsOutstanding;
  }

  // ---- end

  @Override
  public void close() {
    if (state == State.OPEN) {
      state = State.CLOSED;
      try {
        if (!queue.isBroken()) {
          commit();
        }
      } catch (UncheckedIOException refused) {
        LOG.debug("socket {}: closed with posts that were never committed", index, refused);
      } finally {
        onNothingDeferred();
        pathMtu.stop();
        int result = queue.winsock().closesocket(socket.handle());
        if (result < 0) {
          LOG.warn("socket {}: {}", index, error("closesocket", -result).getMessage());
        }
      }
    }
  }

  @Override
  public void release() {
    requireClosed();
    if (outstanding() > 0) {
      throw new IllegalStateException(outstanding() + " requests are outstanding");
    }
    free();
  }

  @Override
  public void abandon() {
    requireClosed();
    if (outstanding() == 0) {
      free();
      return;
    }
    state = State.ABANDONED;
    LOG.debug(
        "socket {}: {} receives and {} sends have not come back from the system: {} bytes stay"
            + " allocated and locked until they do",
        index,
        receivesOutstanding,
        sendsOutstanding,
        receives.lockedBytes() + sends.lockedBytes());
  }

  boolean isAbandoned() {
    return state == State.ABANDONED;
  }

  private void free() {
    queue.onGone(this);
    receives.free();
    sends.free();
  }

  private void requireClosed() {
    if (state != State.CLOSED) {
      throw new IllegalStateException("the socket is " + state);
    }
  }
}
