package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SocketConfig;
import io.rioreactive.kernel.SocketTable;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets of one pump on one completion port: a socket's index is its key there. Beside the
 * packets of the port it has the line of sockets with results of their own.
 *
 * <p>The thread that opened it alone, but for {@link #wake}. It never calls user code.
 */
final class IocpCompletionQueue implements CompletionQueue {

  private static final Logger LOG = LoggerFactory.getLogger(IocpCompletionQueue.class);

  /**
   * Results are taken once the port is empty, since its packets may be older. After so many
   * dequeues that did not empty it they come first, else other sockets could starve theirs.
   */
  private static final int DEQUEUES_WITHOUT_RESULTS = 16;

  private final Arena arena;
  private final Winsock winsock;
  private final Kernel32 kernel32;
  private final boolean sparesPackets;
  private final boolean isPolled;
  private final IocpPackets packets;

  private final SocketTable<IocpRequestQueue> sockets = new SocketTable<>();

  private final ArrayDeque<IocpRequestQueue> line = new ArrayDeque<>();

  private int fullDequeues;
  private boolean wasIdle;

  /** Set while results of receives have come since the last look. */
  private boolean isLookNeeded;

  private boolean isClosed;

  /**
   * Takes the arena over.
   *
   * @param sparesPackets whether what is done within its call sends no packet where the system can
   *     do that
   */
  IocpCompletionQueue(
      WaitMode waitMode, Arena arena, Winsock winsock, Kernel32 kernel32, boolean sparesPackets)
      throws KernelException {
    this.arena = arena;
    this.winsock = winsock;
    this.kernel32 = kernel32;
    this.sparesPackets = sparesPackets;
    // Sleeping on the port is as near as this comes to sleeping on an event.
    this.isPolled = waitMode == WaitMode.POLLED;
    this.packets = new IocpPackets(kernel32, arena);
  }

  // ---- sockets

  @Override
  public RequestQueue openSocket(SocketConfig config) throws IOException {
    requireOpen();
    int index = sockets.freeIndex();
    WindowsSocket socket = WindowsSocket.open(winsock, config, 0);
    IocpRequestQueue opened = null;
    try {
      packets.associate(socket.handle(), index);
      boolean skipsPackets = sparesPackets && skipPackets(socket.handle());
      opened = open(index, socket, skipsPackets, config);
    } finally {
      if (opened == null) {
        winsock.closesocket(socket.handle());
      }
    }
    sockets.put(index, opened);
    return opened;
  }

  private IocpRequestQueue open(
      int index, WindowsSocket socket, boolean skipsPackets, SocketConfig config)
      throws KernelException {
    IocpSlots receives = null;
    IocpSlots sends = null;
    IocpRequestQueue opened = null;
    try {
      int size = config.datagramSize();
      int receiveControl = IocpSlots.NO_CONTROL;
      int sendControl = IocpSlots.NO_CONTROL;
      if (config.packetInfo()) {
        winsock.findMessageFunctions(socket.handle());
        receiveControl = WindowsPacketInfo.RECEIVE_SIZE;
        sendControl = WindowsPacketInfo.SEND_SIZE;
      }
      receives =
          IocpSlots.allocate(kernel32, config.receiveSlots(), size, receiveControl, "receive");
      sends = IocpSlots.allocate(kernel32, config.sendSlots(), size, sendControl, "send");
      opened = new IocpRequestQueue(this, winsock, index, socket, skipsPackets, receives, sends);
      return opened;
    } finally {
      if (opened == null) {
        if (receives != null) {
          receives.free();
        }
        if (sends != null) {
          sends.free();
        }
      }
    }
  }

  /**
   * Spares the packet of what is done within its call, where that can be relied on: with the
   * system's own providers, whose sockets are handles of the system. Returns whether it does.
   */
  private boolean skipPackets(long socket) {
    try (Arena local = Arena.ofConfined()) {
      MemorySegment info = local.allocate(Layouts.WSAPROTOCOL_INFOW.layout());
      MemorySegment size = local.allocateFrom(JAVA_INT, (int) info.byteSize());
      int result =
          winsock.getsockopt(
              socket,
              Constants.SOL_SOCKET,
              Constants.SO_PROTOCOL_INFOW,
              info.address(),
              size.address());
      int flags = info.get(JAVA_INT, Layouts.WSAPROTOCOL_INFOW.offset("dwServiceFlags1"));
      if (result < 0 || (flags & Constants.XP1_IFS_HANDLES) == 0) {
        LOG.debug("a layered Winsock provider: each request has its packet");
        return false;
      }
    }
    int modes =
        Constants.FILE_SKIP_COMPLETION_PORT_ON_SUCCESS | Constants.FILE_SKIP_SET_EVENT_ON_HANDLE;
    return kernel32.SetFileCompletionNotificationModes(socket, modes) == 0;
  }

  void onClose(long socket) {
    // closesocket alone cancels as well, but only where the handle has not been duplicated.
    kernel32.CancelIoEx(socket, Constants.NULL);
    int result = winsock.closesocket(socket);
    if (result < 0) {
      LOG.debug("{}", WsaError.exception("closesocket", -result).getMessage());
    }
  }

  void onGone(IocpRequestQueue socket) {
    sockets.remove(socket.index());
    line.remove(socket);
  }

  /** The socket has a send for {@link #dequeue}. */
  void onSendResult(IocpRequestQueue socket) {
    join(socket);
  }

  /** The socket has a receive for {@link #dequeue}; packets that are there now are older. */
  void onReceiveResult(IocpRequestQueue socket) {
    isLookNeeded = true;
    join(socket);
  }

  private void join(IocpRequestQueue socket) {
    if (!socket.isInLine) {
      socket.isInLine = true;
      line.addLast(socket);
    }
  }

  // ---- dequeue

  @Override
  public boolean dequeue(CompletionBatch batch) throws KernelException {
    requireOpen();
    int before = batch.size();
    if (fullDequeues < DEQUEUES_WITHOUT_RESULTS) {
      dequeueSends(batch);
    } else {
      fullDequeues = 0;
      dequeueResults(batch);
    }
    if (dequeuePackets(batch)) {
      fullDequeues = 0;
      dequeueResults(batch);
    } else {
      fullDequeues++;
    }
    return batch.size() > before;
  }

  /** First, since no order binds them; but they leave room, else they could starve all receives. */
  private void dequeueSends(CompletionBatch batch) {
    int room = (batch.remaining() + 1) / 2;
    for (int turns = line.size(); turns > 0 && room > 0; turns--) {
      IocpRequestQueue socket = line.removeFirst();
      int before = batch.size();
      socket.onDequeueSends(batch, room);
      room -= batch.size() - before;
      line.addLast(socket);
    }
  }

  /** Returns whether the port was empty when it was last looked at. */
  private boolean dequeuePackets(CompletionBatch batch) throws KernelException {
    boolean isLookDue = !packets.hasNext() && isIdleLookDue();
    do {
      if (isLookDue) {
        isLookNeeded = false;
        packets.look();
      }
      while (packets.hasNext()) {
        wasIdle = false;
        if (!onPacket(batch)) {
          return false;
        }
        packets.advance();
      }
      isLookDue = isLookNeeded || packets.mayHaveMore();
    } while (isLookDue && batch.remaining() > 0);
    return !isLookDue;
  }

  /**
   * Whether to look without waiting though the last look has emptied the port. That is await's to
   * do, but a caller who dequeues twice without it shall not wait in vain.
   */
  private boolean isIdleLookDue() {
    boolean isSecondTime = wasIdle;
    wasIdle = true;
    return isSecondTime || isPolled;
  }

  private boolean onPacket(CompletionBatch batch) {
    IocpRequestQueue socket = sockets.get(packets.key());
    // None: a wake-up, or of a socket that was abandoned.
    return socket == null || socket.onPacket(packets.overlapped(), batch);
  }

  private void dequeueResults(CompletionBatch batch) {
    for (int turns = line.size(); turns > 0 && batch.remaining() > 0; turns--) {
      IocpRequestQueue socket = line.removeFirst();
      if (socket.onDequeue(batch)) {
        line.addLast(socket);
      } else {
        socket.isInLine = false;
      }
    }
  }

  // ---- await

  @Override
  public void await() throws KernelException {
    requireOpen();
    wasIdle = false;
    if (isPolled) {
      Thread.onSpinWait();
    } else if (line.isEmpty()) {
      packets.await();
    }
  }

  @Override
  public void wake() {
    if (!isPolled) {
      packets.wake();
    }
  }

  @Override
  public void close() {
    if (!sockets.isEmpty()) {
      throw new IllegalStateException("sockets are open on this queue");
    }
    isClosed = true;
    packets.close();
    arena.close();
  }

  /** The calls above take addresses: nothing else would notice that their memory is gone. */
  private void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException("the completion queue is closed");
    }
  }
}
