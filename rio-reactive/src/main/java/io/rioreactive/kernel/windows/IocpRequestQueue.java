package io.rioreactive.kernel.windows;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.GroupMembership;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.MembershipChange;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SendRing;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import io.rioreactive.kernel.UnreachableNews;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * One socket: each posted receive is an overlapped WSARecvFrom, each send a WSASendTo, started by
 * the post itself. With packet info it is WSARecvMsg, and WSASendMsg where a send says its source.
 *
 * <p>It owns the socket and its slots. The queue's thread alone. It never blocks and never takes a
 * posted receive back: CancelIoEx would have to be waited for, and may come too late.
 *
 * <pre>
 *             IO_PENDING                     packet
 *   post ──────────────────▶ outstanding ──────────────▶ in the batch
 *    │   done in the call                                    ▲
 *    ├──────────────────────▶ in the results ────────────────┘
 *    └─ refused: the slot stays the pump's
 * </pre>
 *
 * <p>Connected, a send names no address; what a failing call tells of an earlier datagram is news,
 * and the call is made again.
 *
 * <p>What is done in the call has a packet all the same, unless the socket skips it ({@code
 * SetFileCompletionNotificationModes}); then its result waits here. Datagrams keep the order they
 * came in as far as the system completes receives in post order: a result goes into the batch
 * before any packet of a receive that was posted later.
 */
final class IocpRequestQueue implements RequestQueue {

  /**
   * How often a send is made that meets the news of earlier ones, and never its own. Many, since
   * the others that are sent meanwhile bring such news too; not for ever, should a system give it
   * for nothing.
   */
  static final int MOST_ATTEMPTS = 1_000;

  /** The same on a socket that is connected to nobody, which is not told of such news. */
  static final int MOST_ATTEMPTS_WITHOUT_PEER = 8;

  private final IocpCompletionQueue queue;
  private final Winsock winsock;
  private final int index;
  private final WindowsSocket socket;

  /** Whether what is done within its call has no packet. */
  private final boolean skipsPackets;

  private final IocpSlots receives;
  private final IocpSlots sends;
  private final @Nullable WindowsPacketInfo receiveInfo;
  private final @Nullable WindowsPacketInfo sendInfo;
  private final PathMtu pathMtu;
  private final long handle;
  private final int addressLength;
  private final int datagramSize;

  /** When each slot was posted, by a count of posts. */
  private final int[] postedAs;

  private int posts;

  /** How often each send has met the end of an earlier one. */
  private final short[] attempts;

  private final IocpReceiveResults receiveResults;
  private final SendRing sendResults;
  private final UnreachableNews news = new UnreachableNews();
  private InetSocketAddress localAddress;
  private boolean isConnected;
  private boolean isClosed;

  /** Whether it stands in the queue's line of sockets that have results. The queue's alone. */
  boolean isInLine;

  IocpRequestQueue(
      IocpCompletionQueue queue,
      Winsock winsock,
      int index,
      WindowsSocket socket,
      boolean skipsPackets,
      IocpSlots receives,
      IocpSlots sends) {
    this.queue = queue;
    this.winsock = winsock;
    this.index = index;
    this.socket = socket;
    this.skipsPackets = skipsPackets;
    this.receives = receives;
    this.sends = sends;
    receiveInfo = receives.packetInfo(socket);
    sendInfo = sends.packetInfo(socket);
    pathMtu = new PathMtu(socket);
    handle = socket.handle();
    localAddress = socket.localAddress();
    addressLength = socket.addressLength();
    datagramSize = receives.region().payloadSize();
    postedAs = new int[receives.region().slots()];
    attempts = new short[sends.region().slots()];
    receiveResults = new IocpReceiveResults(receives.region().slots());
    sendResults = new SendRing(sends.region().slots());
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
    localAddress = socket.connect(winsock, peer);
    isConnected = true;
    if (sendInfo != null) {
      sendInfo.onConnected(localAddress);
    }
  }

  @Override
  public void changeMembership(MembershipChange change, GroupMembership membership)
      throws IOException {
    WindowsMulticast.change(winsock, handle, change, membership);
  }

  @Override
  public SlotRegion receiveSlots() {
    return receives.region();
  }

  @Override
  public SlotRegion sendSlots() {
    return sends.region();
  }

  @Override
  public SocketAddressFormat addressFormat() {
    return socket.format();
  }

  @Override
  public KernelException error(String operation, int code) {
    return WsaError.exception(operation, code);
  }

  @Override
  public OptionalLong kernelDrops() {
    return OptionalLong.empty();
  }

  @Override
  public OptionalInt pathMtu() {
    return pathMtu.ask();
  }

  @Override
  public String describe() {
    return "receive buffer "
        + socket.receiveBuffer()
        + " bytes, send buffer "
        + socket.sendBuffer()
        + " bytes, receive slots "
        + receives.bytes()
        + " bytes, send slots "
        + sends.bytes()
        + (skipsPackets ? " bytes" : " bytes, a packet for each request done at once");
  }

  // ---- receive

  @Override
  public int postReceive(int slot) {
    if (isClosed) {
      return WsaError.WSAENOTSOCK.code();
    }
    receives.start(slot, datagramSize, addressLength);
    receives.setPending(slot);
    postedAs[slot] = posts++;
    int result = receiveInfo == null ? receiveFrom(slot) : receiveMessage(slot);
    return result == -WsaError.WSA_IO_PENDING.code() ? ACCEPTED : onReceiveAnswered(slot, -result);
  }

  private int receiveFrom(int slot) {
    return winsock.WSARecvFrom(
        handle,
        receives.buffer(slot),
        1,
        receives.bytesMoved(slot),
        receives.flags(slot),
        receives.address(slot),
        receives.addressLength(slot),
        receives.overlapped(slot),
        Constants.NULL);
  }

  private int receiveMessage(int slot) {
    receives.startReceivedMessage(slot, addressLength);
    return winsock.WSARecvMsg(
        handle,
        receives.message(slot),
        receives.bytesMoved(slot),
        receives.overlapped(slot),
        Constants.NULL);
  }

  private int onReceiveAnswered(int slot, int code) {
    // Cut off is a warning, not an error, to the system: it is done, and has a packet as success.
    boolean isDone = code == 0 || code == WsaError.WSAEMSGSIZE.code();
    if (isDone && !skipsPackets) {
      return ACCEPTED;
    }
    receives.onNotStarted(slot);
    if (!isDone && !WsaError.isAboutEarlierDatagram(code)) {
      return code;
    }
    int became = isDone && receiveInfo != null ? readInfo(receiveInfo, slot, code) : code;
    int length = lengthAtOnce(slot, code, became);
    if (became == 0 && isUnbelievable(length)) {
      receiveResults.add(slot, datagramSize, WsaError.WSAEMSGSIZE.code());
    } else {
      receiveResults.add(slot, length, became);
    }
    queue.onReceiveResult(this);
    return ACCEPTED;
  }

  /**
   * Reads what was told of a datagram that has come, cut off or not.
   *
   * @return the code again; 0 where only what was told was cut off
   */
  private int readInfo(WindowsPacketInfo info, int slot, int code) {
    int flags = receives.messageFlags(slot);
    info.read(slot, receives.controlLength(slot), flags);
    int moved = receives.moved(slot);
    return WindowsPacketInfo.isControlAloneCutOff(flags, moved, datagramSize) ? 0 : code;
  }

  /** More than there is room for cannot be; if it is said, none of it is believed. */
  private boolean isUnbelievable(int length) {
    return Integer.compareUnsigned(length, datagramSize) > 0;
  }

  private int lengthAtOnce(int slot, int code, int became) {
    if (code == 0) {
      return receives.movedAtOnce(slot);
    }
    return became == 0 ? receives.moved(slot) : datagramSize;
  }

  @Override
  public int withdrawReceives(int[] slots, int count) {
    return 0;
  }

  // ---- send

  @Override
  public int postSend(int slot, int length) {
    if (isClosed) {
      return WsaError.WSAENOTSOCK.code();
    }
    attempts[slot] = 0;
    return startSend(slot, length);
  }

  private int startSend(int slot, int length) {
    sends.start(slot, length, addressLength);
    int result = sendTo(slot);
    while (isWorthRepeating(slot, -result)) {
      onEarlierDatagram(-result);
      result = sendTo(slot);
    }
    return result == -WsaError.WSA_IO_PENDING.code() || (result == 0 && !skipsPackets)
        ? ACCEPTED
        : onSendAnswered(slot, length, -result);
  }

  private int sendTo(int slot) {
    sends.setPending(slot);
    int control = sendInfo == null ? WindowsPacketInfo.NOTHING : sendInfo.write(slot);
    if (control != WindowsPacketInfo.NOTHING) {
      return sendMessage(slot, control);
    }
    return winsock.WSASendTo(
        handle,
        sends.buffer(slot),
        1,
        sends.bytesMoved(slot),
        0,
        isConnected ? Constants.NULL : sends.address(slot),
        isConnected ? 0 : addressLength,
        sends.overlapped(slot),
        Constants.NULL);
  }

  private int sendMessage(int slot, int control) {
    if (control == WindowsPacketInfo.IMPOSSIBLE) {
      return -WsaError.WSAEINVAL.code();
    }
    sends.startSentMessage(slot, isConnected ? 0 : addressLength, control);
    return winsock.WSASendMsg(
        handle,
        sends.message(slot),
        0,
        sends.bytesMoved(slot),
        sends.overlapped(slot),
        Constants.NULL);
  }

  private boolean isWorthRepeating(int slot, int code) {
    int most = isConnected ? MOST_ATTEMPTS : MOST_ATTEMPTS_WITHOUT_PEER;
    return WsaError.isAboutEarlierDatagram(code) && ++attempts[slot] < most;
  }

  /** Without a peer nobody could say whose datagram it was. */
  private void onEarlierDatagram(int code) {
    if (isConnected) {
      news.add(code);
      queue.onSendResult(this);
    }
  }

  private int onSendAnswered(int slot, int length, int code) {
    sends.onNotStarted(slot);
    if (WsaError.isShortage(code)) {
      return code;
    }
    sendResults.post(slot, length);
    if (code == 0) {
      sendResults.sent(1);
    } else {
      sendResults.failed(WsaError.statusOf(code, isClosed), code);
    }
    queue.onSendResult(this);
    return ACCEPTED;
  }

  @Override
  public void commit() {
    // Each post has started its request itself.
  }

  // ---- what the queue asks and tells

  /**
   * A packet has come.
   *
   * @return false if the batch has no room for it: then it has to come again
   */
  boolean onPacket(long overlapped, CompletionBatch batch) {
    int slot = receives.slotOf(overlapped);
    if (slot != IocpSlots.NONE) {
      return onReceivePacket(slot, batch);
    }
    slot = sends.slotOf(overlapped);
    if (slot != IocpSlots.NONE && sends.isDone(slot)) {
      return onSendDone(slot, batch);
    }
    return true; // of a socket that was abandoned, or of a request that was done before
  }

  private boolean onReceivePacket(int slot, CompletionBatch batch) {
    if (!receives.isDone(slot)) {
      return true;
    }
    while (receiveResults.size() > 0
        && batch.remaining() > 0
        && postedAs[receiveResults.firstSlot()] - postedAs[slot] < 0) {
      receiveResults.moveFirst(batch, index);
    }
    if (batch.remaining() == 0) {
      return false;
    }
    receives.takeBack(slot);
    int status = receives.status(slot);
    int code = NtStatus.isSuccess(status) ? 0 : NtStatus.toCode(status);
    if (receiveInfo != null && (code == 0 || code == WsaError.WSAEMSGSIZE.code())) {
      code = readInfo(receiveInfo, slot, code);
    }
    if (code == 0 && isUnbelievable(receives.moved(slot))) {
      code = WsaError.WSAEMSGSIZE.code();
    }
    if (code == 0) {
      batch.addReceive(index, slot, CompletionStatus.OK, receives.moved(slot), 0);
    } else {
      addFailedReceive(slot, code, batch);
    }
    return true;
  }

  private void addFailedReceive(int slot, int code, CompletionBatch batch) {
    if (code == WsaError.WSAEMSGSIZE.code()) {
      batch.addReceive(index, slot, CompletionStatus.TRUNCATED, datagramSize, 0);
    } else {
      CompletionStatus status = WsaError.statusOf(code, isClosed);
      batch.addReceive(index, slot, status, 0, codeOf(status, code));
    }
  }

  private boolean onSendDone(int slot, CompletionBatch batch) {
    if (batch.remaining() == 0) {
      return false;
    }
    sends.takeBack(slot);
    int status = sends.status(slot);
    if (NtStatus.isSuccess(status)) {
      batch.addSend(index, slot, CompletionStatus.OK, sends.moved(slot), 0);
    } else {
      int code = NtStatus.toCode(status);
      if (isConnected && !isClosed && isWorthRepeating(slot, code)) {
        onEarlierDatagram(code);
        code = startSend(slot, sends.length(slot));
        if (code == ACCEPTED) {
          return true;
        }
      }
      CompletionStatus became = WsaError.statusOf(code, isClosed);
      batch.addSend(index, slot, became, 0, codeOf(became, code));
    }
    return true;
  }

  private static int codeOf(CompletionStatus status, int code) {
    return status == CompletionStatus.CANCELLED ? 0 : code;
  }

  /** Moves results of sends into the batch. */
  void onDequeueSends(CompletionBatch batch, int room) {
    sendResults.dequeue(batch, index, room);
  }

  /**
   * Moves results into the batch.
   *
   * @return whether there are more
   */
  boolean onDequeue(CompletionBatch batch) {
    sendResults.dequeue(batch, index, batch.remaining());
    while (receiveResults.size() > 0 && batch.remaining() > 0) {
      receiveResults.moveFirst(batch, index);
    }
    news.dequeue(batch, index);
    return sendResults.done() + receiveResults.size() + news.waiting() > 0;
  }

  /** Posts that have not been dequeued. */
  int outstanding() {
    return receives.outstanding()
        + receiveResults.size()
        + sends.outstanding()
        + sendResults.done();
  }

  // ---- end

  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      news.clear();
      pathMtu.stop();
      queue.onClose(handle);
    }
  }

  @Override
  public void release() {
    requireClosed();
    if (outstanding() > 0) {
      throw new IllegalStateException(outstanding() + " requests are outstanding");
    }
    queue.onGone(this);
    receives.free();
    sends.free();
  }

  /**
   * The packets that may still come find no slot here: the addresses are never handed out again.
   */
  @Override
  public void abandon() {
    requireClosed();
    receiveResults.clear();
    sendResults.clear();
    queue.onGone(this);
    receives.leak();
    sends.leak();
  }

  private void requireClosed() {
    if (!isClosed) {
      throw new IllegalStateException("the socket is open");
    }
  }
}
