package io.rioreactive.test;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SocketConfig;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
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
  private final List<Completion> completions = new ArrayList<>();
  private final BitSet indexes = new BitSet();
  private final Set<SimulatedRequests> live = new HashSet<>();
  private boolean woken;
  private boolean closed;

  SimulatedQueue(SimulatedKernel kernel, WaitMode waitMode) {
    this.kernel = kernel;
    this.waitMode = waitMode;
    this.occupancy = new Occupancy(kernel.sanitizer);
    synchronized (kernel.lock) {
      Long seed = kernel.shuffleSeed();
      this.shuffle = seed == null ? null : new Random(seed);
    }
  }

  @Override
  public RequestQueue openSocket(SocketConfig config) throws IOException {
    try (var _ = occupancy.enter("openSocket")) {
      synchronized (kernel.lock) {
        requireOpen("openSocket");
        kernel.sanitizer.require(
            !config.bindAddress().isUnresolved(),
            SUBJECT,
            "openSocket with an unresolved address: " + config.bindAddress());
        InetSocketAddress address = kernel.bind(config);
        int index = indexes.nextClearBit(0);
        indexes.set(index);
        SimulatedRequests socket = new SimulatedRequests(this, index, config, address);
        live.add(socket);
        kernel.onOpened(new SimulatedSocket(kernel.lock, socket));
        return socket;
      }
    }
  }

  @Override
  public boolean dequeue(CompletionBatch batch) throws IOException {
    try (var _ = occupancy.enter("dequeue")) {
      synchronized (kernel.lock) {
        requireOpen("dequeue");
        IOException failure = kernel.nextDequeueFailure();
        if (failure != null) {
          throw failure;
        }
        int count =
            Math.min(kernel.dequeueLimit(), Math.min(batch.remaining(), completions.size()));
        for (int i = 0; i < count; i++) {
          give(batch, next());
        }
        return count > 0;
      }
    }
  }

  private Completion next() {
    return completions.remove(shuffle == null ? 0 : shuffle.nextInt(completions.size()));
  }

  private static void give(CompletionBatch batch, Completion done) {
    int index = done.socket().index();
    if (done.isNews()) {
      batch.addUnreachable(index, done.code());
      return;
    }
    done.socket().onDequeued(done);
    if (done.receive()) {
      batch.addReceive(index, done.slot(), done.status(), done.length(), done.code());
    } else {
      batch.addSend(index, done.slot(), done.status(), done.length(), done.code());
    }
  }

  /** Waits in the mode of a thread's pump; a pump turned by hand never comes here. */
  @Override
  public void await() throws IOException {
    try (var _ = occupancy.enter("await")) {
      synchronized (kernel.lock) {
        requireOpen("await");
        for (SimulatedRequests socket : live) {
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
      while (!woken && completions.isEmpty() && !kernel.hasDequeueFailure()) {
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
    try (var _ = occupancy.enter("close")) {
      synchronized (kernel.lock) {
        requireOpen("close");
        kernel.sanitizer.require(
            live.isEmpty(), SUBJECT, "closed while sockets are neither released nor abandoned");
        closed = true;
      }
    }
  }

  private void requireOpen(String call) {
    kernel.sanitizer.require(!closed, SUBJECT, call + " after close");
  }

  void add(
      SimulatedRequests socket,
      boolean receive,
      int slot,
      CompletionStatus status,
      int length,
      int code) {
    completions.add(new Completion(socket, receive, slot, status, length, code));
    kernel.lock.notifyAll();
  }

  void addUnreachable(SimulatedRequests socket, int code) {
    add(socket, true, Completion.NO_SLOT, CompletionStatus.FAILED, 0, code);
  }

  /** News is of nobody's concern any more: it has no slot that would keep the socket waiting. */
  void onClosed(SimulatedRequests socket) {
    completions.removeIf(completion -> completion.socket() == socket && completion.isNews());
  }

  void onReleased(SimulatedRequests socket) {
    live.remove(socket);
    indexes.clear(socket.index());
  }

  /** The index stays taken: the kernel might still complete something under it. */
  void onAbandoned(SimulatedRequests socket) {
    live.remove(socket);
    completions.removeIf(completion -> completion.socket() == socket);
  }
}
