package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

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
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of one pump on one {@link Uring}, and the line of those that have something for a
 * batch: each is served in turn, and goes to the line's end if it has more.
 *
 * <pre>
 * dequeue:  places of the last batch back → requests to the system → its completions to their
 *           sockets → the line into the batch
 * await:    the same up to the completions; if nobody is in line, with a wait in the system
 * </pre>
 *
 * <p>It owns the ring, the eventfd, and the message headers that its sockets borrow. The thread
 * that opened it alone, but for {@link #wake}. It never calls user code, and enters the system only
 * if there is something to do there: shared memory tells.
 */
final class UringCompletionQueue implements CompletionQueue {

  /** Whose completion nobody waits for. */
  static final long NOBODY = 0;

  private static final int KIND_BITS = 8;
  private static final int KIND_MASK = (1 << KIND_BITS) - 1;

  /** The eventfd's poll, in place of a socket's kind of request. */
  private static final int WAKE_UP = KIND_MASK;

  /** A socket's index is the number of its group of buffers. */
  private static final int MOST_SOCKETS = 1 << 16;

  /** One entry moves 32 datagrams of a socket, more of several sockets: a batch at most. */
  private static final int MOST_RUNS = 8;

  /** Far more than a request takes to end that is not at work on another thread. */
  private static final int MOST_RUNS_TO_END = 64;

  private final LibC libc;
  private final Arena arena;
  private final boolean isPolled;
  private final SendMessages sendMessages;
  private final ErrorMessages errorMessages;
  private final MemorySegment receiveHeader;
  private final MemorySegment receiveHeaderWithInfo;
  private final Uring uring;
  private final WakeUp wakeUp;

  private final SocketTable<UringRequestQueue> sockets = new SocketTable<>();

  private final ArrayDeque<UringRequestQueue> line = new ArrayDeque<>();
  private final ArrayList<UringRequestQueue> due = new ArrayList<>();
  private final ArrayList<UringRequestQueue> handedOut = new ArrayList<>();
  private final Pauses pauses = new Pauses();
  private boolean isWakeUpDue;
  private boolean isWoken;
  private boolean isClosed;

  /** Takes the arena over. */
  UringCompletionQueue(WaitMode waitMode, Arena arena, LibC libc) throws KernelException {
    this.libc = libc;
    this.arena = arena;
    // Sleeping on a port and sleeping on an event are the same here: in the ring.
    isPolled = waitMode == WaitMode.POLLED;
    isWakeUpDue = !isPolled;
    sendMessages = new SendMessages(arena);
    errorMessages = new ErrorMessages(arena);
    receiveHeader = receiveHeader(arena, UringReceives.controlSize(false));
    receiveHeaderWithInfo = receiveHeader(arena, UringReceives.controlSize(true));
    uring = Uring.open(libc);
    wakeUp = openWakeUp();
  }

  /** What a receive is told: how a buffer is divided. It has no memory of its own. */
  private static MemorySegment receiveHeader(Arena arena, long controlSize) {
    MemorySegment header = arena.allocate(Layouts.MSGHDR.layout());
    header.set(JAVA_INT, Layouts.MSGHDR.offset("msg_namelen"), UringReceives.NAME_SIZE);
    header.set(JAVA_LONG, Layouts.MSGHDR.offset("msg_controllen"), controlSize);
    return header;
  }

  private WakeUp openWakeUp() throws KernelException {
    WakeUp opened = null;
    try {
      opened = new WakeUp(libc, arena);
      return opened;
    } finally {
      if (opened == null) {
        uring.close();
      }
    }
  }

  /** The number of a request, by which its completion finds back. */
  static long number(int socket, int kind) {
    return (long) socket << KIND_BITS | kind;
  }

  // ---- sockets

  @Override
  public RequestQueue openSocket(SocketConfig config) throws IOException {
    requireOpen();
    int index = sockets.freeIndex();
    if (index >= MOST_SOCKETS) {
      throw new IOException("io_uring has room for " + MOST_SOCKETS + " sockets on one pump");
    }
    UdpSocket socket = UdpSocket.open(libc, config);
    UringRequestQueue opened = null;
    try {
      opened = open(index, socket, config);
    } finally {
      if (opened == null) {
        libc.close(socket.fd());
      }
    }
    sockets.put(index, opened);
    onDue(opened);
    return opened;
  }

  private UringRequestQueue open(int index, UdpSocket socket, SocketConfig config)
      throws KernelException {
    int size = config.datagramSize();
    boolean info = config.packetInfo();
    Slab sends = Slab.map(libc, config.sendSlots(), size, info);
    UringReceives receives = null;
    UringRequestQueue opened = null;
    try {
      receives = new UringReceives(libc, uring, index, socket, config.receiveSlots(), size, info);
      opened = new UringRequestQueue(this, libc, index, socket, receives, sends);
      return opened;
    } finally {
      if (opened == null) { // no memory, for one
        sends.free();
        if (receives != null) {
          receives.free();
        }
      }
    }
  }

  void onGone(UringRequestQueue socket) {
    sockets.remove(socket.index());
  }

  SendMessages sendMessages() {
    return sendMessages;
  }

  ErrorMessages errorMessages() {
    return errorMessages;
  }

  /** The {@code msghdr} of receives. */
  long receiveHeader(boolean hasInfo) {
    return (hasInfo ? receiveHeaderWithInfo : receiveHeader).address();
  }

  Pauses pauses() {
    return pauses;
  }

  long nanoTime() {
    return System.nanoTime();
  }

  /** The socket has something for {@link #dequeue}. */
  void onReady(UringRequestQueue socket) {
    if (!socket.isInLine) {
      socket.isInLine = true;
      line.addLast(socket);
    }
  }

  /** The socket may have something for the system. */
  void onDue(UringRequestQueue socket) {
    if (!socket.isDue) {
      socket.isDue = true;
      due.add(socket);
    }
  }

  /** Places of the socket stand in the batch. */
  void onHandedOut(UringRequestQueue socket) {
    handedOut.add(socket);
  }

  // ---- the system

  /** Gives the system what there is for it; what its ring has no room for now stays due. */
  private void submit() throws KernelException {
    if (isWakeUpDue && uring.hasRoom(1)) {
      isWakeUpDue = false;
      int flags = UringConstants.IORING_POLL_ADD_MULTI;
      uring.next().poll(wakeUp.fd(), Constants.EPOLLIN, flags, WAKE_UP);
    }
    int count = 0;
    for (; count < due.size() && uring.hasRoom(UringRequests.MOST); count++) {
      UringRequestQueue socket = due.get(count);
      socket.isDue = false;
      socket.onSubmit(uring);
    }
    if (count == due.size()) {
      due.clear();
    } else {
      due.subList(0, count).clear();
    }
  }

  /** Takes the system's completions to their sockets, and answers how many there were. */
  private int harvest() {
    int count = 0;
    CompletionRing completion = uring.completion();
    for (; uring.nextCompletion(); count++) {
      long number = completion.userData();
      int kind = (int) number & KIND_MASK;
      if (kind == WAKE_UP) {
        isWoken = true;
        isWakeUpDue = completion.isLast();
      } else if (number != NOBODY) {
        onCompletion(sockets.get(number >> KIND_BITS), kind, completion);
      }
    }
    return count;
  }

  private static void onCompletion(
      @Nullable UringRequestQueue socket, int kind, CompletionRing completion) {
    if (socket == null) {
      throw new IllegalStateException("a completion for a socket that is gone");
    }
    socket.onCompletion(kind, completion);
  }

  /** Has the socket's receive end, and answers whether it has: it mostly does at once. */
  boolean endReceive(UringRequestQueue socket) {
    try {
      socket.cancelReceive(uring);
      for (int i = 0; i < MOST_RUNS_TO_END && socket.isReceiveUnderWay(); i++) {
        uring.run();
        harvest();
      }
    } catch (KernelException broken) {
      return false; // the next dequeue meets it
    }
    return !socket.isReceiveUnderWay();
  }

  /** Has all requests of a socket end that has come to its end; mostly they do at once. */
  void endAll(UringRequestQueue socket) {
    try {
      for (int i = 0; i < MOST_RUNS_TO_END && !socket.isQuiet(); i++) {
        submit();
        uring.run();
        harvest();
      }
    } catch (KernelException broken) {
      // The next dequeue meets it. The socket's posts do not end, so it will be abandoned.
    }
  }

  // ---- dequeue

  @Override
  public boolean dequeue(CompletionBatch batch) throws KernelException {
    requireOpen();
    takePlacesBack();
    if (!pauses.isEmpty()) {
      endPauses();
    }
    submit();
    int moved = harvest();
    for (int i = 0; i < MOST_RUNS && moved < CompletionBatch.CAPACITY && uring.isDue(); i++) {
      uring.run();
      moved += harvest();
    }
    int before = batch.size();
    for (int turns = line.size(); turns > 0 && batch.remaining() > 0; turns--) {
      UringRequestQueue socket = line.removeFirst();
      if (socket.onDequeue(batch)) {
        line.addLast(socket);
      } else {
        socket.isInLine = false;
      }
    }
    return batch.size() > before;
  }

  private void takePlacesBack() {
    for (int i = 0; i < handedOut.size(); i++) {
      handedOut.get(i).takePlacesBack();
    }
    handedOut.clear();
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
    if (isPolled) {
      Thread.onSpinWait(); // dequeue looks
      return;
    }
    harvest();
    submit();
    if (!isWoken && line.isEmpty() && !isAnyToSubmit() && !isAnyShortOfPlaces()) {
      uring.await(pauses.isEmpty() ? Uring.FOR_EVER : pauses.nanosLeft(nanoTime()));
      harvest();
    }
    isWoken = false;
  }

  /** Then the system refused to take more for now. */
  private boolean isAnyToSubmit() {
    return isWakeUpDue || !due.isEmpty();
  }

  /** Then a dequeue is due, though there is nothing to be had yet. */
  private boolean isAnyShortOfPlaces() {
    for (int i = 0; i < handedOut.size(); i++) {
      if (handedOut.get(i).isShortOfPlaces()) {
        return true;
      }
    }
    return false;
  }

  /** The calls above take addresses: nothing else would notice that their memory is gone. */
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

  // ---- end

  @Override
  public void close() {
    for (int i = 0; i < sockets.bound(); i++) {
      UringRequestQueue socket = sockets.get(i);
      if (socket != null && !socket.isReleased()) {
        throw new IllegalStateException("sockets are open on this queue");
      }
    }
    isClosed = true;
    // What a socket has that is not quiet stays where it is for good.
    uring.close();
    wakeUp.close();
    arena.close();
  }
}
