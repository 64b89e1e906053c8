package io.rioreactive.kernel.windows;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SocketConfig;
import io.rioreactive.kernel.SocketTable;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code RIO_CQ} of one pump: the results of all its sockets, in both directions.
 *
 * <pre>
 *   dequeue (one call, one batch) → the pump's work, posts, commits → await: arm, wait → dequeue
 * </pre>
 *
 * <p>It owns the queue, its notification and the memory that calls need. It grows as sockets join
 * and never shrinks. The thread that opened it alone, but for {@link #wake}. Its close frees
 * nothing that the system may still write to: what is left then is left for good, and said.
 */
final class RioCompletionQueue implements CompletionQueue {

  private static final Logger LOG = LoggerFactory.getLogger(RioCompletionQueue.class);

  /** How long close waits for what abandoned sockets have outstanding. */
  private static final long LAST_RESULTS_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final long LAST_RESULTS_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final int ONE_BUFFER = 1;

  private final Arena arena;
  private final Winsock winsock;
  private final Kernel32 kernel32;
  private final RioFunctions rio;
  private final RioNotification notification;
  private final RioResults results;
  private final RioBuffers buffers;
  private final RioQueueSize size = new RioQueueSize();
  private final long cq;

  private final SocketTable<RioRequestQueue> sockets = new SocketTable<>();

  /** How many sockets have posts that were not committed. */
  private int deferred;

  private boolean isBroken;
  private boolean isClosed;

  private RioCompletionQueue(
      Arena arena,
      Winsock winsock,
      Kernel32 kernel32,
      RioFunctions rio,
      RioNotification notification,
      long cq) {
    this.arena = arena;
    this.winsock = winsock;
    this.kernel32 = kernel32;
    this.rio = rio;
    this.notification = notification;
    this.results = new RioResults(arena);
    this.buffers = new RioBuffers(arena);
    this.cq = cq;
  }

  /**
   * Opens a queue.
   *
   * @param arena the queue's from now on; if this fails, still the caller's
   */
  static RioCompletionQueue open(WaitMode waitMode, Arena arena) throws KernelException {
    Winsock winsock = Winsock.start(arena);
    Kernel32 kernel32 = new Kernel32(arena);
    RioFunctions rio = RioQuery.functions(winsock, arena);
    RioNotification notification =
        switch (waitMode) {
          case COMPLETION_PORT -> new RioPortNotification(kernel32, arena);
          case EVENT -> new RioEventNotification(kernel32, arena);
          case POLLED -> new RioPolling(kernel32);
        };
    long cq = rio.RIOCreateCompletionQueue(RioQueueSize.FIRST, notification.descriptor());
    if (cq == Constants.RIO_INVALID_CQ) {
      int code = rio.error();
      notification.close();
      throw RioRefusal.ofCompletionQueue(code, RioQueueSize.FIRST);
    }
    return new RioCompletionQueue(arena, winsock, kernel32, rio, notification, cq);
  }

  Winsock winsock() {
    return winsock;
  }

  // ---- sockets

  @Override
  public RequestQueue openSocket(SocketConfig config) throws IOException {
    requireUsable();
    int index = sockets.freeIndex();
    WindowsSocket socket = WindowsSocket.open(winsock, config, Constants.WSA_FLAG_REGISTERED_IO);
    RioRequestQueue opened = null;
    try {
      opened = createRequestQueue(index, socket, config);
    } finally {
      if (opened == null) {
        winsock.closesocket(socket.handle()); // and with it its request queue and its claim
      }
    }
    size.take(opened.claim());
    sockets.put(index, opened);
    return opened;
  }

  private RioRequestQueue createRequestQueue(int index, WindowsSocket socket, SocketConfig config)
      throws KernelException {
    int receiveSlots = config.receiveSlots();
    int sendSlots = config.sendSlots();
    grow(receiveSlots, sendSlots);
    long rq =
        rio.RIOCreateRequestQueue(
            socket.handle(), receiveSlots, ONE_BUFFER, sendSlots, ONE_BUFFER, cq, cq, index);
    if (rq == Constants.RIO_INVALID_RQ) {
      throw RioRefusal.ofRequestQueue(rio.error(), receiveSlots, sendSlots);
    }
    RioSlab receives = null;
    RioSlab sends = null;
    RioRequestQueue opened = null;
    try {
      int size = config.datagramSize();
      boolean packetInfo = config.packetInfo();
      receives = slab(RioSlabLayout.ofReceives(receiveSlots, size, packetInfo), "receive");
      sends = slab(RioSlabLayout.ofSends(sendSlots, size, packetInfo), "send");
      opened = new RioRequestQueue(this, rio, buffers, index, socket, rq, receives, sends);
      return opened;
    } finally {
      if (opened == null) { // no memory that can be locked, for one; nothing is posted
        free(receives);
        free(sends);
      }
    }
  }

  private RioSlab slab(RioSlabLayout layout, String direction) throws KernelException {
    return RioSlab.open(rio, kernel32, layout, direction + " slots");
  }

  private static void free(@Nullable RioSlab slab) {
    if (slab != null) {
      slab.free();
    }
  }

  /** Makes the queue long enough for one more socket. */
  private void grow(int receiveSlots, int sendSlots) throws KernelException {
    int claim = RioQueueSize.claim(receiveSlots, sendSlots);
    if (!size.isPossible(claim)) {
      throw RioRefusal.ofClaim(size.claimed(), receiveSlots, sendSlots);
    }
    int wanted = size.sizeWith(claim);
    if (wanted > size.size()) {
      int code = rio.RIOResizeCompletionQueue(cq, wanted);
      if (code != 0) {
        throw RioRefusal.ofResize(code, size.size(), wanted);
      }
      size.onResized(wanted);
    }
  }

  /** All of the socket's requests have been dequeued: its index and claim are free. */
  void onGone(RioRequestQueue socket) {
    sockets.remove(socket.index());
    size.giveBack(socket.claim());
  }

  /** One socket more or less has posts that are not committed. */
  void onDeferred(int difference) {
    deferred += difference;
  }

  /** Something came that nobody can make sense of: what was counted counts no more. */
  KernelException broken(KernelException failure) {
    isBroken = true;
    return failure;
  }

  /** Whether nothing more can be learnt from the system about what it owns. */
  boolean isBroken() {
    return isBroken;
  }

  // ---- dequeue

  @Override
  public boolean dequeue(CompletionBatch batch) throws KernelException {
    requireUsable();
    int before = batch.size();
    int asked = Math.min(batch.remaining(), RioResults.CAPACITY);
    int count = asked == 0 ? 0 : rio.RIODequeueCompletion(cq, results.address(), asked);
    if (count < 0 || count > asked) { // RIO_CORRUPT_CQ, or a count that cannot be
      throw broken(RioRefusal.ofCorruption());
    }
    for (int i = 0; i < count; i++) {
      socket(results.socketContext(i))
          .onResult(
              batch, results.requestContext(i), results.status(i), results.bytesTransferred(i));
    }
    return batch.size() > before;
  }

  private RioRequestQueue socket(long context) throws KernelException {
    RioRequestQueue socket = sockets.get(context);
    if (socket == null) {
      throw broken(RioRefusal.ofContext(context));
    }
    return socket;
  }

  // ---- await

  /** Arming is the last thing before the wait, when nothing is left that the pump could do. */
  @Override
  public void await() throws KernelException {
    requireUsable();
    if (deferred > 0) {
      commitAll();
    }
    notification.await(rio, cq);
  }

  /** A post that waits for a commit while the pump waits for its result would wait for ever. */
  private void commitAll() {
    for (int i = 0; i < sockets.bound(); i++) {
      RioRequestQueue socket = sockets.get(i);
      if (socket != null) {
        socket.commit();
      }
    }
  }

  @Override
  public void wake() {
    notification.wake();
  }

  /** The calls above take addresses: nothing else would notice that their memory is gone. */
  private void requireUsable() throws KernelException {
    if (isClosed) {
      throw new IllegalStateException("the completion queue is closed");
    }
    if (isBroken) {
      throw RioRefusal.ofCorruption();
    }
  }

  // ---- end

  @Override
  public void close() {
    for (int i = 0; i < sockets.bound(); i++) {
      RioRequestQueue socket = sockets.get(i);
      if (socket != null && !socket.isAbandoned()) {
        throw new IllegalStateException("sockets are open on this queue");
      }
    }
    drain();
    isClosed = true;
    if (isBroken || !sockets.isEmpty()) {
      LOG.warn(
          "a completion queue stays open for good, with the notification and the slots of {}"
              + " sockets: the system may still write to them",
          sockets.count());
      return;
    }
    rio.RIOCloseCompletionQueue(cq);
    notification.close();
    arena.close(); // the OVERLAPPED with it: the port is closed, so no packet is under way
  }

  /** Gives what abandoned sockets have outstanding a last chance. */
  private void drain() {
    CompletionBatch none = new CompletionBatch();
    long start = System.nanoTime();
    try {
      while (!sockets.isEmpty() && !isBroken && System.nanoTime() - start < LAST_RESULTS_NANOS) {
        dequeue(none);
        LockSupport.parkNanos(LAST_RESULTS_PAUSE_NANOS);
      }
    } catch (KernelException broken) {
      LOG.debug("the completion queue broke while it was drained", broken);
    }
  }
}
