package io.rioreactive.kernel.windows;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.KernelException;
import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The packets of a completion port one after the other: those that the last look has taken, until
 * the next look. One kind of them is its own, the wake-up.
 *
 * <p>Owned by a completion queue, its thread alone, but for {@link #wake}. It never knows whose a
 * packet is.
 */
final class IocpPackets {

  /** The key of the packet that ends a wait; no socket's index. */
  private static final long WAKE_UP = -1;

  private static final int NO_WAIT = 0;

  private final CompletionPort port;

  /** The packets taken that have not been handled: from next to count. */
  private int next;

  private int count;

  /** Set while a wake-up packet is in the port, or about to be. */
  private final AtomicBoolean isWakeUpPosted = new AtomicBoolean();

  /** A wake-up packet has come while nobody waited. */
  private boolean isWoken;

  /** Opens the port. */
  IocpPackets(Kernel32 kernel32, Arena arena) throws KernelException {
    port = CompletionPort.open(kernel32, CompletionBatch.CAPACITY, arena);
  }

  /** Has packets come of every request of the socket, under the key. */
  void associate(long socket, long key) throws KernelException {
    port.associate(socket, key);
  }

  /** Whether a packet is there. */
  boolean hasNext() {
    return next < count;
  }

  /** The key of the packet. */
  long key() {
    return port.key(next);
  }

  /** The address of the packet's OVERLAPPED. */
  long overlapped() {
    return port.overlapped(next);
  }

  /** The packet has been handled. */
  void advance() {
    next++;
  }

  /** Whether the last look took as many as it could, so that there may be more. */
  boolean mayHaveMore() {
    return count == CompletionBatch.CAPACITY;
  }

  /** Takes what the port has. What was taken before must have been handled. */
  void look() throws KernelException {
    look(NO_WAIT);
  }

  /** Waits for packets, or for a wake-up since the last await, and takes what the port has. */
  void await() throws KernelException {
    if (!hasNext() && !isWoken) {
      look(Constants.INFINITE);
    }
    isWoken = false;
  }

  private void look(int milliseconds) throws KernelException {
    next = 0;
    count = 0; // also if it throws
    count = port.await(milliseconds);
    if (isWakeUpPosted.get()) {
      findWakeUp();
    }
  }

  private void findWakeUp() {
    for (int i = 0; i < count; i++) {
      if (port.key(i) == WAKE_UP) {
        isWakeUpPosted.set(false);
        isWoken = true;
      }
    }
    while (hasNext() && key() == WAKE_UP) {
      advance(); // else the next await would not wait
    }
  }

  /** Ends an await in progress, or the next one. Any thread; nothing happens once closed. */
  void wake() {
    if (isWakeUpPosted.compareAndSet(false, true) && !port.wake(WAKE_UP)) {
      isWakeUpPosted.set(false); // the next one tries again
    }
  }

  void close() {
    port.close();
  }
}
