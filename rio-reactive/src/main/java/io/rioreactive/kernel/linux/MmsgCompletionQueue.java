package io.rioreactive.kernel.linux;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketConfig;
import io.rioreactive.kernel.SocketTable;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayDeque;

/**
 * The sockets of one pump, and the line of those that are ready: a socket joins it when poll finds
 * it readable or writable or when it has results, is served one batch, and goes to its end if there
 * is more. So none waits for more than one batch of each other.
 *
 * <p>It owns the eventfd, the poll set, and the message headers and receive buffers that its
 * sockets borrow. The thread that opened it alone, but for {@link #wake}. It never calls user code.
 */
final class MmsgCompletionQueue implements CompletionQueue {

  /** After so many busy turns the sockets not in line are looked at, else one could starve them. */
  private static final int BUSY_TURNS_WITHOUT_POLL = 16;

  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final int FOR_EVER = -1;

  private final LibC libc;
  private final Arena arena;
  private final boolean isPolled;
  private final MessageHeaders receiveHeaders;
  private final MessageHeaders sendHeaders;
  private final ErrorMessages errorMessages;
  private final ReceiveBuffers receiveBuffers;
  private final WakeUp wakeUp;
  private final PollSet pollSet;

  private final SocketTable<MmsgRequestQueue> sockets = new SocketTable<>();

  private final ArrayDeque<MmsgRequestQueue> line = new ArrayDeque<>();
  private int pausedSockets;
  private int turnsWithoutPoll;
  private boolean wasIdle;
  private boolean isClosed;

  /** Takes the arena over. */
  MmsgCompletionQueue(WaitMode waitMode, Arena arena, LibC libc) throws KernelException {
    this.libc = libc;
    this.arena = arena;
    // Sleeping on a port and sleeping on an event are the same here: poll.
    this.isPolled = waitMode == WaitMode.POLLED;
    this.receiveHeaders = new MessageHeaders(arena);
    this.sendHeaders = new MessageHeaders(arena);
    this.errorMessages = new ErrorMessages(arena);
    this.receiveBuffers = new ReceiveBuffers(libc);
    this.wakeUp = new WakeUp(libc, arena);
    this.pollSet = new PollSet(libc, wakeUp.fd());
  }

  @Override
  public RequestQueue openSocket(SocketConfig config) throws IOException {
    requireOpen();
    int index = sockets.freeIndex();
    pollSet.reserve(index + 1);
    UdpSocket socket = UdpSocket.open(libc, config);
    MmsgRequestQueue opened = null;
    try {
      opened = open(index, socket, config);
    } finally {
      if (opened == null) {
        libc.close(socket.fd());
      }
    }
    sockets.put(index, opened);
    return opened;
  }

  private MmsgRequestQueue open(int index, UdpSocket socket, SocketConfig config)
      throws KernelException {
    Slab sends = Slab.map(libc, config.sendSlots(), config.datagramSize());
    SlotRegion receives = null;
    MmsgRequestQueue opened = null;
    try {
      receives = receiveBuffers.take(config.datagramSize());
      opened =
          new MmsgRequestQueue(this, libc, index, socket, config.receiveSlots(), receives, sends);
      return opened;
    } finally {
      if (opened == null) { // no memory, for one
        sends.free();
        if (receives != null) {
          receiveBuffers.giveBack(config.datagramSize());
        }
      }
    }
  }

  void onGone(MmsgRequestQueue socket) {
    sockets.remove(socket.index());
    receiveBuffers.giveBack(socket.receiveSlots().payloadSize());
  }

  MessageHeaders receiveHeaders() {
    return receiveHeaders;
  }

  MessageHeaders sendHeaders() {
    return sendHeaders;
  }

  ErrorMessages errorMessages() {
    return errorMessages;
  }

  /** The socket has something for {@link #dequeue}. */
  void onReady(MmsgRequestQueue socket) {
    if (!socket.isInLine) {
      socket.isInLine = true;
      line.addLast(socket);
    }
  }

  void onPausedChanged(int difference) {
    pausedSockets += difference;
  }

  long nanoTime() {
    return System.nanoTime();
  }

  // ---- dequeue

  @Override
  public boolean dequeue(CompletionBatch batch) throws KernelException {
    requireOpen();
    if (isPollDue()) {
      pollSockets();
    }
    if (pausedSockets > 0) {
      endPauses();
    }
    int before = batch.size();
    for (int turns = line.size(); turns > 0 && batch.remaining() > 0; turns--) {
      MmsgRequestQueue socket = line.removeFirst();
      if (socket.onDequeue(batch)) {
        line.addLast(socket);
      } else {
        socket.isInLine = false;
      }
    }
    return batch.size() > before;
  }

  /**
   * Whether to look at the sockets without waiting. While the line is empty it is await's to do,
   * but a caller who dequeues twice without it shall not wait in vain.
   */
  private boolean isPollDue() {
    if (!line.isEmpty()) {
      wasIdle = false;
      return ++turnsWithoutPoll >= BUSY_TURNS_WITHOUT_POLL;
    }
    boolean isSecondTime = wasIdle;
    wasIdle = true;
    return isSecondTime;
  }

  private void endPauses() {
    long now = nanoTime();
    for (int i = 0; i < sockets.bound(); i++) {
      MmsgRequestQueue socket = sockets.get(i);
      if (socket != null && socket.isPaused() && socket.pauseLeft(now) <= 0) {
        socket.onPauseEnded();
      }
    }
  }

  // ---- await

  @Override
  public void await() throws KernelException {
    requireOpen();
    wasIdle = false;
    if (isPolled) {
      pollSockets();
      Thread.onSpinWait();
    } else if (line.isEmpty()) {
      sleep();
    }
  }

  private void sleep() throws KernelException {
    fillPollSet();
    int answers = pollSet.poll(sockets.bound(), timeoutMillis());
    if (answers > 0) {
      if (pollSet.isWakeUp()) {
        wakeUp.clear();
        answers--;
      }
      readPollSet(answers);
    }
  }

  private void pollSockets() throws KernelException {
    if (fillPollSet()) {
      readPollSet(pollSet.pollSockets(sockets.bound()));
    }
    turnsWithoutPoll = 0;
  }

  /** Returns whether any socket wants anything. */
  private boolean fillPollSet() {
    int all = 0;
    for (int i = 0; i < sockets.bound(); i++) {
      MmsgRequestQueue socket = sockets.get(i);
      int interest = socket == null ? 0 : socket.interest();
      int fd = socket == null || interest == 0 ? PollSet.NOBODY : socket.fd();
      pollSet.set(i, fd, interest);
      all |= interest;
    }
    return all != 0;
  }

  private void readPollSet(int answers) {
    for (int i = 0, left = answers; i < sockets.bound() && left > 0; i++) {
      MmsgRequestQueue socket = sockets.get(i);
      int answer = pollSet.answers(i);
      if (answer != 0 && socket != null) {
        socket.onPolled(answer);
        left--;
      }
    }
  }

  /** Until the first pause ends, rounded up. */
  private int timeoutMillis() {
    if (pausedSockets == 0) {
      return FOR_EVER;
    }
    long now = nanoTime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < sockets.bound(); i++) {
      MmsgRequestQueue socket = sockets.get(i);
      if (socket != null && socket.isPaused()) {
        least = Math.min(least, Math.max(0, socket.pauseLeft(now)));
      }
    }
    return (int) ((least + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
  }

  /** The calls below take addresses: nothing else would notice that their memory is gone. */
  private void requireOpen() {
    if (isClosed) {
      throw new IllegalStateException("the completion queue is closed");
    }
  }

  @Override
  public void wake() {
    if (!isPolled) {
      wakeUp.signal();
    }
  }

  @Override
  public void close() {
    if (!sockets.isEmpty()) {
      throw new IllegalStateException("sockets are open on this queue");
    }
    isClosed = true;
    wakeUp.close();
    pollSet.close();
    arena.close();
  }
}
