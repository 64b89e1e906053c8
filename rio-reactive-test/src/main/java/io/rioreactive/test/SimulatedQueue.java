package io.rioreactive.test;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SocketConfig;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The completion queue of a {@link SimulatedKernel}.
 *
 * <p>Owns the completions that wait and the indexes of its sockets. Used by the pump, one thread at
 * a time, but for {@link #wake}; guarded by the kernel's lock, since tests complete requests from
 * threads of their own.
 */
final class SimulatedQueue implements CompletionQueue {

  private static final String SUBJECT = "completion queue";

  final SimulatedKernel kernel;
  final Occupancy occupancy;

  private final WaitMode waitMode;
  private final @Nullable Random shuffle;
  private final Completions completions = new Completions();
  private final BitSet indexes = new BitSet();
  private final Set<SocketState> live = new HashSet<>();
  private @Nullable RuntimeException doom;
  private boolean woken;
  private boolean closed;

  SimulatedQueue(SimulatedKernel kernel, WaitMode waitMode) {
    this.kernel = kernel;
    this.waitMode = waitMode;
    this.occupancy = new Occupancy(kernel.sanitizer, kernel.wire().checksThoroughly());
    synchronized (kernel.lock) {
      Long seed = kernel.shuffleSeed();
      this.shuffle = seed == null ? null : new Random(seed);
      kernel.onOpened(this);
    }
  }

  @Override
  public RequestQueue openSocket(SocketConfig config) throws IOException {
    try (var _ = occupancy.enter(SUBJECT, "openSocket")) {
      synchronized (kernel.lock) {
        requireOpen("openSocket");
        if (config.bindAddress().isUnresolved()) {
          kernel.sanitizer.violated(
              SUBJECT, "openSocket with an unresolved address: " + config.bindAddress());
        }
        InetSocketAddress address = kernel.bind(config);
        int index = indexes.nextClearBit(0);
        indexes.set(index);
        SocketState socket = new SocketState(this, index, config, address);
        live.add(socket);
        kernel.onOpened(new SimulatedSocket(kernel.lock, socket));
        return new SimulatedRequests(this, socket);
      }
    }
  }

  @Override
  public boolean dequeue(CompletionBatch batch) throws IOException {
    try (var _ = occupancy.enter(SUBJECT, "dequeue")) {
      synchronized (kernel.lock) {
        requireOpen("dequeue");
        IOException failure = kernel.nextDequeueFailure();
        if (failure != null) {
          throw failure;
        }
        RuntimeException end = doom;
        if (end != null) {
          throw end;
        }
        int count =
            kernel.completionsHeld()
                ? 0
                : Math.min(kernel.dequeueLimit(), Math.min(batch.remaining(), completions.size()));
        for (int i = 0; i < count; i++) {
          completions.give(shuffle == null ? 0 : shuffle.nextInt(completions.size()), batch);
        }
        return count > 0;
      }
    }
  }

  /** Waits in the mode of a thread's pump; a pump turned by hand never comes here. */
  @Override
  public void await() throws IOException {
    try (var _ = occupancy.enter(SUBJECT, "await")) {
      synchronized (kernel.lock) {
        requireOpen("await");
        for (SocketState socket : live) {
          socket.requireCommitted("await");
        }
        if (waitMode != WaitMode.POLLED) {
          waitForWork();
        }
        woken = false;
      }
    }
  }

  private void waitForWork() {
    try {
      while (!woken
          && (completions.isEmpty() || kernel.completionsHeld())
          && !kernel.hasDequeueFailure()) {
        kernel.lock.wait();
      }
    } catch (InterruptedException e) {
      // as a selector does: an early return that leaves the flag for the caller
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void wake() {
    synchronized (kernel.lock) {
      woken = true;
      kernel.lock.notifyAll();
    }
  }

  @Override
  public void close() {
    try (var _ = occupancy.enter(SUBJECT, "close")) {
      synchronized (kernel.lock) {
        requireOpen("close");
        kernel.sanitizer.require(
            live.isEmpty(), SUBJECT, "closed while sockets are neither released nor abandoned");
        closed = true;
        kernel.onClosed(this);
      }
    }
  }

  private void requireOpen(String call) {
    if (closed) {
      kernel.sanitizer.violated(SUBJECT, call + " after close");
    }
  }

  void add(
      SocketState socket,
      boolean receive,
      int slot,
      CompletionStatus status,
      int length,
      int code) {
    completions.add(socket, receive, slot, status, length, code);
    kernel.lock.notifyAll();
  }

  /** Whether a dequeue would bring anything, be it a failure. */
  boolean hasCompletions() {
    return !completions.isEmpty() || doom != null || kernel.hasDequeueFailure();
  }

  /** Breaks it: from now on each dequeue throws this. */
  void doom(RuntimeException end) {
    doom = end;
    kernel.lock.notifyAll();
  }

  void addUnreachable(SocketState socket, int code) {
    completions.addNews(socket, code);
    kernel.lock.notifyAll();
  }

  /** News is of nobody's concern any more: it has no slot that would keep the socket waiting. */
  void onClosed(SocketState socket) {
    completions.removeNews(socket);
  }

  void onReleased(SocketState socket) {
    live.remove(socket);
    indexes.clear(socket.index());
  }

  /** The index stays taken: the kernel might still complete something under it. */
  void onAbandoned(SocketState socket) {
    live.remove(socket);
    completions.removeAll(socket);
  }
}
