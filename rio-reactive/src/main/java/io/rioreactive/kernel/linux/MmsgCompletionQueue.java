package io.rioreactive.kernel.linux;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SocketConfig;
import io.rioreactive.kernel.SocketTable;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.ArrayList;

/**
 * The sockets of one pump, and the line of those that are ready: a socket joins it when epoll finds
 * it readable or writable or when it has results, is served one batch, and goes to its end if there
 * is more. So none waits for more than one batch of each other.
 *
 * <p>It owns the eventfd, the epoll descriptor, and the message headers and receive buffers that
 * its sockets borrow. The thread that opened it alone, but for {@link #wake}. It never calls user
 * code, and no turn looks at sockets that have nothing to do.
 *
 * <p>The rule for what epoll watches, which takes the fewest calls and never spins: a socket is
 * watched for datagrams from its opening on, also while it has no receive posted, since it mostly
 * has one again before the next wait. Only when epoll tells of a datagram that nobody has asked for
 * is this switched off, and on again when the socket has been read until it was empty. POLLOUT is
 * watched while a send is blocked. Changes are made before a wait, if they are still needed then.
 */
final class MmsgCompletionQueue implements CompletionQueue {

  /** After so many busy turns the sockets not in line are looked at, else one could starve them. */
  private static final int BUSY_TURNS_WITHOUT_POLL = 16;

  /** The eventfd's tag; a socket's is its index. */
  private static final long WAKE_UP = -1;

  private final LibC libc;
  private final Arena arena;
  private final boolean isPolled;
  private final SendMessages sendMessages;
  private final ErrorMessages errorMessages;
  private final ReceiveBuffers receiveBuffers;
  private final WakeUp wakeUp;
  private final Epoll epoll;

  private final SocketTable<MmsgRequestQueue> sockets = new SocketTable<>();

  private final ArrayDeque<MmsgRequestQueue> line = new ArrayDeque<>();
  private final ArrayList<MmsgRequestQueue> interestDue = new ArrayList<>();
  private final Pauses pauses = new Pauses();
  private int turnsWithoutPoll;
  private boolean wasIdle;
  private boolean isClosed;

  /** Takes the arena over. */
  MmsgCompletionQueue(WaitMode waitMode, Arena arena, LibC libc) throws KernelException {
    this.libc = libc;
    this.arena = arena;
    // Sleeping on a port and sleeping on an event are the same here: epoll.
    this.isPolled = waitMode == WaitMode.POLLED;
    this.sendMessages = new SendMessages(arena);
    this.errorMessages = new ErrorMessages(arena);
    this.receiveBuffers = new ReceiveBuffers(libc);
    this.wakeUp = new WakeUp(libc, arena);
    this.epoll = openEpoll();
  }

  private Epoll openEpoll() throws KernelException {
    Epoll opened = null;
    boolean isOpen = false;
    try {
      opened = new Epoll(libc, arena);
      opened.add(wakeUp.fd(), Constants.EPOLLIN, WAKE_UP);
      isOpen = true;
      return opened;
    } finally {
      if (!isOpen) {
        wakeUp.close();
        if (opened != null) {
          opened.close();
        }
      }
    }
  }

  @Override
  public RequestQueue openSocket(SocketConfig config) throws IOException {
    requireOpen();
    int index = sockets.freeIndex();
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
    Slab sends = Slab.map(libc, config.sendSlots(), config.datagramSize(), config.packetInfo());
    ReceivePlaces places = null;
    MmsgRequestQueue opened = null;
    try {
      places = receiveBuffers.take(config);
      epoll.add(socket.fd(), MmsgRequestQueue.FIRST_INTEREST, index);
      opened = new MmsgRequestQueue(this, libc, index, socket, config, places, sends);
      return opened;
    } finally {
      if (opened == null) { // no memory, for one
        sends.free();
        if (places != null) {
          receiveBuffers.giveBack(places);
        }
      }
    }
  }

  void onGone(MmsgRequestQueue socket) {
    sockets.remove(socket.index());
    receiveBuffers.giveBack(socket.places());
  }

  SendMessages sendMessages() {
    return sendMessages;
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

  /** The socket may want epoll to watch it for something else. */
  void onInterestChanged(MmsgRequestQueue socket) {
    if (!socket.isInterestDue) {
      socket.isInterestDue = true;
      interestDue.add(socket);
    }
  }

  /** The socket's descriptor is about to be closed. */
  void onClosing(MmsgRequestQueue socket) {
    epoll.remove(socket.fd());
  }

  Pauses pauses() {
    return pauses;
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
    if (!pauses.isEmpty()) {
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
    Pauses.Pausing socket = pauses.pollEnded(now);
    while (socket != null) {
      socket.onPauseEnded();
      socket = pauses.pollEnded(now);
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
    changeInterests();
    if (!line.isEmpty()) {
      return; // a socket has failed
    }
    int events = epoll.await(pauses.isEmpty() ? Epoll.FOR_EVER : pauses.millisLeft(nanoTime()));
    for (int i = 0; i < events; i++) {
      if (epoll.tag(i) == WAKE_UP) {
        wakeUp.clear();
      }
    }
    onPolled(events);
  }

  /** Looks at the sockets without waiting; a wake-up stays as it is. */
  private void pollSockets() throws KernelException {
    changeInterests();
    onPolled(sockets.isEmpty() ? 0 : epoll.await(0));
  }

  private void changeInterests() {
    for (int i = 0; i < interestDue.size(); i++) {
      MmsgRequestQueue socket = interestDue.get(i);
      socket.isInterestDue = false;
      socket.onInterestDue(epoll);
    }
    interestDue.clear();
  }

  private void onPolled(int events) {
    turnsWithoutPoll = 0;
    for (int i = 0; i < events; i++) {
      MmsgRequestQueue socket = sockets.get(epoll.tag(i));
      if (socket != null) {
        socket.onPolled(epoll.events(i));
      }
    }
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
    epoll.close();
    arena.close();
  }
}
