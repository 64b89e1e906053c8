package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.rioreactive.kernel.KernelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An I/O completion port, and the packets that the last {@link #await} took from it.
 *
 * <p>Owned by one completion queue, its thread alone, but for {@link #wake}. It knows neither keys
 * nor requests: it gets numbers. Nothing is allocated after it was opened.
 */
final class CompletionPort {

  private static final Logger LOG = LoggerFactory.getLogger(CompletionPort.class);

  private static final long ENTRY = Layouts.OVERLAPPED_ENTRY.size();
  private static final long KEY = Layouts.OVERLAPPED_ENTRY.offset("lpCompletionKey");
  private static final long OVERLAPPED = Layouts.OVERLAPPED_ENTRY.offset("lpOverlapped");
  private static final long STATUS = Layouts.OVERLAPPED_ENTRY.offset("Internal");
  private static final long BYTES = Layouts.OVERLAPPED_ENTRY.offset("dwNumberOfBytesTransferred");

  private static final int ONE_THREAD = 1;

  /**
   * A look that finds nothing is asked for its reason only if it is the last of so many in a row:
   * that takes a second call, which may allocate. Packets in between show that the port works.
   */
  private static final int EMPTY_LOOKS_WITHOUT_REASON = 4_096;

  private static final int MOST_POSTS = 100;
  private static final long POST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Kernel32 kernel32;
  private final long handle;
  private final int capacity;
  private final MemorySegment entries;
  private final MemorySegment removed;
  private int emptyLooks;
  private boolean isClosed;

  private CompletionPort(Kernel32 kernel32, long handle, int capacity, Arena arena) {
    this.kernel32 = kernel32;
    this.handle = handle;
    this.capacity = capacity;
    this.entries = arena.allocate(capacity * ENTRY, Long.BYTES);
    this.removed = arena.allocate(JAVA_INT);
  }

  /**
   * Opens a port.
   *
   * @param capacity the most packets of one await
   * @param arena must live until the port has been closed
   */
  static CompletionPort open(Kernel32 kernel32, int capacity, Arena arena) throws KernelException {
    long handle =
        kernel32.CreateIoCompletionPort(
            Constants.INVALID_HANDLE_VALUE, Constants.NULL, 0, ONE_THREAD);
    if (handle < 0) {
      throw WsaError.exception("CreateIoCompletionPort", (int) -handle);
    }
    return new CompletionPort(kernel32, handle, capacity, arena);
  }

  /** The port itself, for calls that take it. */
  long handle() {
    return handle;
  }

  /** Has the port told of every request of the file or socket, under the key. */
  void associate(long file, long key) throws KernelException {
    long result = kernel32.CreateIoCompletionPort(file, handle, key, 0);
    if (result < 0) {
      throw WsaError.exception("CreateIoCompletionPort for a socket", (int) -result);
    }
  }

  /**
   * Waits for packets and takes those there are.
   *
   * @param milliseconds how long at most; 0 to look without waiting, {@link Constants#INFINITE}
   * @return how many, to be read until the next call; 0 when the time was up
   */
  int await(int milliseconds) throws KernelException {
    int success =
        kernel32.GetQueuedCompletionStatusEx(
            handle, entries.address(), capacity, removed.address(), milliseconds, 0);
    if (success != 0) {
      emptyLooks = 0;
      return removed.get(JAVA_INT, 0);
    }
    boolean isLikelyEmpty = milliseconds == 0 && ++emptyLooks % EMPTY_LOOKS_WITHOUT_REASON != 0;
    return isLikelyEmpty ? 0 : awaitOrSayWhy(milliseconds);
  }

  private int awaitOrSayWhy(int milliseconds) throws KernelException {
    int result =
        kernel32.GetQueuedCompletionStatusExCapturing(
            handle, entries.address(), capacity, removed.address(), milliseconds, 0);
    if (result == 0) {
      return removed.get(JAVA_INT, 0);
    }
    if (result == -Constants.WAIT_TIMEOUT) {
      return 0;
    }
    throw WsaError.exception("GetQueuedCompletionStatusEx", -result);
  }

  /** The key under which packet {@code i} came. */
  long key(int i) {
    return entries.get(JAVA_LONG, i * ENTRY + KEY);
  }

  /** The address of the OVERLAPPED that packet {@code i} tells of. */
  long overlapped(int i) {
    return entries.get(JAVA_LONG, i * ENTRY + OVERLAPPED);
  }

  /** The NTSTATUS of packet {@code i}: its low half, since the upper one may be anything. */
  int status(int i) {
    return (int) entries.get(JAVA_LONG, i * ENTRY + STATUS);
  }

  /** Bytes that the request of packet {@code i} moved. */
  int bytes(int i) {
    return entries.get(JAVA_INT, i * ENTRY + BYTES);
  }

  /**
   * Puts a packet into the port that ends a wait, with no OVERLAPPED. Any thread; nothing happens
   * once closed. A pump that is not woken may sleep for ever, so a shortage is waited for a little.
   *
   * @return false if the system had no memory for it all the time
   */
  boolean wake(long key) {
    for (int i = 0; i < MOST_POSTS; i++) {
      if (post(key)) {
        return true;
      }
      LockSupport.parkNanos(POST_PAUSE_NANOS);
    }
    LOG.error("the system has no memory for the packet that wakes the pump");
    return false;
  }

  private synchronized boolean post(long key) {
    return isClosed || kernel32.PostQueuedCompletionStatus(handle, 0, key, Constants.NULL) != 0;
  }

  synchronized void close() {
    if (!isClosed) {
      isClosed = true;
      kernel32.CloseHandle(handle);
    }
  }
}
