package io.rioreactive.kernel;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Finds out whether a kernel works by using all of it once: a queue, a wake-up, a socket on
 * 127.0.0.1 that sends itself a datagram, and the way back.
 *
 * <p>The calling thread owns the queue meanwhile. Takes nine seconds at most, mostly milliseconds.
 */
public final class LoopbackProbe {

  private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int LENGTH = 4;
  private static final int SLOT = 0;

  private final Kernel kernel;
  private final CompletionBatch batch = new CompletionBatch(2);
  private int outstanding;

  private LoopbackProbe(Kernel kernel) {
    this.kernel = kernel;
  }

  /**
   * Runs it and leaves nothing behind.
   *
   * @throws IOException if the kernel does not work here, with the reason and the remedy
   */
  public static void run(Kernel kernel) throws IOException {
    new LoopbackProbe(kernel).run();
  }

  private void run() throws IOException {
    CompletionQueue queue = kernel.open(WaitMode.COMPLETION_PORT);
    try {
      InetSocketAddress loopback =
          new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), 0);
      RequestQueue socket = queue.openSocket(new SocketConfig(loopback, 1, 1, LENGTH, Map.of()));
      try {
        queue.wake();
        queue.await();
        sendToItself(queue, socket);
      } finally {
        close(queue, socket);
      }
    } finally {
      queue.close();
    }
  }

  private void sendToItself(CompletionQueue queue, RequestQueue socket) throws IOException {
    SlotRegion sends = socket.sendSlots();
    socket.addressFormat().write(sends.memory(), sends.addressAt(SLOT), socket.localAddress());
    require(socket, "receive on 127.0.0.1", socket.postReceive(SLOT));
    require(socket, "send to 127.0.0.1", socket.postSend(SLOT, LENGTH));
    commit(socket);
    batch.clear();
    dequeueUntil(queue, 1);
    requireSuccess(socket); // after a failed send nothing arrives
    dequeueUntil(queue, 2);
    requireSuccess(socket);
    if (batch.size() < 2) {
      throw new KernelException(
          KernelException.Kind.TRANSIENT, // or the machine was busy
          kernel.name() + ": a datagram to 127.0.0.1",
          "no arrival",
          0,
          "it did not come within 3 s: is loopback up and not filtered?");
    }
  }

  private void requireSuccess(RequestQueue socket) throws KernelException {
    for (int i = 0; i < batch.size(); i++) {
      if (batch.status(i) != CompletionStatus.OK || batch.length(i) != LENGTH) {
        throw socket.error(
            batch.isReceive(i) ? "receive on 127.0.0.1" : "send to 127.0.0.1", batch.code(i));
      }
    }
  }

  private void require(RequestQueue socket, String operation, int code) throws KernelException {
    if (code != RequestQueue.ACCEPTED) {
      throw socket.error(operation, code);
    }
    outstanding++;
  }

  private static void commit(RequestQueue socket) throws IOException {
    try {
      socket.commit();
    } catch (UncheckedIOException refused) {
      throw refused.getCause();
    }
  }

  /** Until the batch holds so many, or the time is up. */
  private void dequeueUntil(CompletionQueue queue, int size) throws IOException {
    long start = System.nanoTime();
    while (batch.size() < size && System.nanoTime() - start < MOST_NANOS) {
      int before = batch.size();
      if (!queue.dequeue(batch)) {
        pause();
      }
      outstanding -= batch.size() - before;
    }
  }

  /** A queue is its thread's; a virtual one that parks may go on on another of the system's. */
  private static void pause() {
    if (Thread.currentThread().isVirtual()) {
      Thread.onSpinWait();
    } else {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private void close(CompletionQueue queue, RequestQueue socket) throws IOException {
    socket.close();
    try {
      batch.clear();
      dequeueUntil(queue, outstanding);
    } finally {
      if (outstanding == 0) {
        socket.release();
      } else {
        socket.abandon();
      }
    }
  }
}
