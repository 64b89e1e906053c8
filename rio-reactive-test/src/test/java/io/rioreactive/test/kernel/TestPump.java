package io.rioreactive.test.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.Kernel;
import io.rioreactive.kernel.SocketConfig;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * Plays the pump of one completion queue. Each completion goes to the books of its {@link
 * TestSocket}; one for a socket that is gone, or never was, fails the test. Closing it ends all
 * sockets that are open, and the queue.
 *
 * <p>The thread that makes it alone. Every wait ends after {@link #MOST_NANOS} at the latest.
 */
final class TestPump implements AutoCloseable {

  /** Longer than anything takes: then a kernel that has lost something is woken to say so. */
  static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(15);

  private static final ScheduledExecutorService BELL =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

  /** The kernel's side. */
  final CompletionQueue queue;

  private final Map<Integer, TestSocket> sockets = new HashMap<>();

  TestPump(Kernel kernel, WaitMode waitMode) throws IOException {
    queue = kernel.open(waitMode);
  }

  // ---- sockets

  static InetSocketAddress loopback(int port) {
    return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  /** Opens a socket at a free port of 127.0.0.1. */
  TestSocket open(int receiveSlots, int sendSlots, int datagramSize) throws IOException {
    return open(loopback(0), receiveSlots, sendSlots, datagramSize);
  }

  TestSocket open(InetSocketAddress address, int receiveSlots, int sendSlots, int datagramSize)
      throws IOException {
    return open(new SocketConfig(address, receiveSlots, sendSlots, datagramSize, Map.of()));
  }

  TestSocket open(SocketConfig config) throws IOException {
    TestSocket socket = new TestSocket(this, queue.openSocket(config));
    TestSocket other = sockets.put(socket.index(), socket);
    assertThat(other).as("who has index %s already", socket.index()).isNull();
    return socket;
  }

  /** No completion may come for it from now on. */
  void onGone(TestSocket socket) {
    sockets.remove(socket.index());
  }

  // ---- turns

  /** Dequeues once into an empty batch of this size. */
  List<Done> dequeue(int room) throws IOException {
    return dequeue(new CompletionBatch(room));
  }

  /** Dequeues once; returns what has been added. */
  List<Done> dequeue(CompletionBatch batch) throws IOException {
    int before = batch.size();
    boolean isMore = queue.dequeue(batch);
    assertThat(isMore).as("whether anything was added").isEqualTo(batch.size() > before);
    List<Done> added = new ArrayList<>();
    for (int i = before; i < batch.size(); i++) {
      TestSocket socket = sockets.get(batch.socket(i));
      assertThat(socket).as("socket %s, which has a completion", batch.socket(i)).isNotNull();
      added.add(socket.onCompletion(batch, i));
    }
    return added;
  }

  /** Turns until it is so. */
  void turnUntil(BooleanSupplier isSo, String what) throws IOException {
    turnUntil(isSo, what, CompletionBatch.CAPACITY);
  }

  /** The same with batches of this size. */
  void turnUntil(BooleanSupplier isSo, String what, int room) throws IOException {
    long start = System.nanoTime();
    while (!isSo.getAsBoolean()) {
      if (dequeue(room).isEmpty()) {
        assertThat(System.nanoTime() - start)
            .as("nanoseconds of waiting for %s", what)
            .isLessThan(MOST_NANOS);
        await(what);
      }
    }
  }

  /** Dequeues until nothing comes twice in a row: what has arrived by now is here then. */
  List<Done> dequeueAll() throws IOException {
    List<Done> all = new ArrayList<>();
    for (int empty = 0; empty < 3; ) {
      List<Done> some = dequeue(CompletionBatch.CAPACITY);
      all.addAll(some);
      empty = some.isEmpty() ? empty + 1 : 0;
    }
    return all;
  }

  /** Awaits once, and not for ever. */
  void await(String what) throws IOException {
    assertThat(sockets.values())
        .as("the test's own: sockets with posts that were not committed")
        .noneMatch(TestSocket::isUncommitted);
    AtomicBoolean isOver = new AtomicBoolean();
    ScheduledFuture<?> bell =
        BELL.schedule(
            () -> {
              isOver.set(true);
              queue.wake();
            },
            MOST_NANOS,
            TimeUnit.NANOSECONDS);
    try {
      queue.await();
    } finally {
      bell.cancel(false);
    }
    assertThat(isOver).as("whether an await never ended, for %s", what).isFalse();
  }

  @Override
  public void close() {
    try {
      for (TestSocket socket : List.copyOf(sockets.values())) {
        socket.endIfOpen();
      }
      dequeueAll(); // a second completion of what was drained would be nobody's
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      List.copyOf(sockets.values()).forEach(TestSocket::giveUp); // of a test that has failed
      queue.close();
    }
  }
}
