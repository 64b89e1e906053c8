package io.rioreactive.test;

import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.Feature;
import io.rioreactive.kernel.Kernel;
import io.rioreactive.kernel.SocketConfig;
import io.rioreactive.kernel.Support;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * A kernel without a network: receives and sends complete when the test says so, through the {@link
 * SimulatedSocket} of each socket that was opened.
 *
 * <p>It has no thread and no clock, and the same calls always give the same result. It is as late
 * as the contract allows: what is posted never starts before it is committed.
 *
 * <p>It is a sanitizer of the contract as well. A slot posted twice or out of range, touched while
 * posted or written beyond its end; a send that is too long or has no target; use after close or
 * release; a release while requests are outstanding; two threads inside at once: each is thrown as
 * an {@link AssertionError} and stays in {@link #violations()}.
 *
 * <p>All methods may be called by any thread. Its sockets and ports are its own: two simulated
 * kernels know nothing of each other.
 */
@SuppressWarnings("exports") // the kernel's types are open to this module only
public final class SimulatedKernel implements Kernel {

  /** Guards all state of this kernel, its queues and its sockets. */
  final Object lock = new Object();

  final Sanitizer sanitizer = new Sanitizer();

  private final Wire wire;
  private boolean withdraws;
  private final List<SimulatedSocket> sockets = new ArrayList<>();
  private final List<SimulatedQueue> queues = new ArrayList<>();
  private final Deque<IOException> bindFailures = new ArrayDeque<>();
  private final Deque<IOException> dequeueFailures = new ArrayDeque<>();
  private boolean completionsHeld;
  private boolean broken;
  private int dequeueLimit = Integer.MAX_VALUE;
  private @Nullable Long shuffleSeed;

  /** Told, outside the lock, that a test has done something by hand. */
  private volatile Runnable onByHand = () -> {};

  SimulatedKernel(boolean withdraws, Wire wire) {
    this.withdraws = withdraws;
    this.wire = wire;
  }

  /**
   * A kernel that gives posted receives back when asked, as on Linux, where a post is only a
   * number. It counts its drops and tells the true length of a truncated datagram.
   */
  public static SimulatedKernel withdrawingPosts() {
    return new SimulatedKernel(true, new LooseEnds());
  }

  /**
   * A kernel that keeps every post until it completes, as RIO and IOCP do. It neither counts its
   * drops nor tells the true length of a truncated datagram.
   */
  public static SimulatedKernel keepingPosts() {
    return new SimulatedKernel(false, new LooseEnds());
  }

  @Override
  public String name() {
    return "simulated";
  }

  /** Always works. */
  @Override
  public void probe() {}

  @Override
  public Map<Feature, Support> features() {
    Map<Feature, Support> features = new EnumMap<>(Feature.class);
    for (Feature feature : Feature.values()) {
      features.put(feature, answer(feature));
    }
    return features;
  }

  private Support answer(Feature feature) {
    return switch (feature) {
      case KERNEL_DROPS, TRUE_LENGTH, UNREACHABLE -> withdraws ? Support.YES : Support.NO;
      case PACKET_INFO, REPLY_SOURCE -> Support.YES;
      case SEGMENTATION, COALESCING, PUMPS, CPU_AFFINITY -> Support.NO;
    };
  }

  @Override
  public CompletionQueue open(WaitMode waitMode) {
    return new SimulatedQueue(this, waitMode);
  }

  /**
   * The socket with this index, the lowest of which is 0; of several the one opened last.
   *
   * @throws NoSuchElementException if none was opened
   */
  public SimulatedSocket socket(int index) {
    synchronized (lock) {
      for (SimulatedSocket socket : sockets.reversed()) {
        if (socket.index() == index) {
          return socket;
        }
      }
      throw new NoSuchElementException("no socket with index " + index + " was opened");
    }
  }

  /**
   * The socket that was opened last.
   *
   * @throws NoSuchElementException if none was opened
   */
  public SimulatedSocket lastSocket() {
    synchronized (lock) {
      return sockets.getLast();
    }
  }

  /** All sockets that were ever opened, in that order. */
  public List<SimulatedSocket> sockets() {
    synchronized (lock) {
      return List.copyOf(sockets);
    }
  }

  /** How many sockets are neither released nor abandoned. */
  public int openSockets() {
    synchronized (lock) {
      return (int) sockets.stream().filter(socket -> !socket.isGone()).count();
    }
  }

  /** Makes the next attempt to open a socket fail. Several calls make several attempts fail. */
  public void failNextBind(IOException failure) {
    synchronized (lock) {
      bindFailures.add(failure);
    }
  }

  /** Breaks the completion queue: the next dequeue throws this. */
  public void failNextDequeue(IOException failure) {
    synchronized (lock) {
      dequeueFailures.add(failure);
      lock.notifyAll();
    }
  }

  /**
   * Gives out at most so many completions in one dequeue from now on.
   *
   * @throws IllegalArgumentException unless it is positive
   */
  public void dequeueAtMost(int completions) {
    if (completions < 1) {
      throw new IllegalArgumentException("completions must be positive: " + completions);
    }
    synchronized (lock) {
      dequeueLimit = completions;
    }
  }

  /** Gives completions out in an order drawn from this seed, in queues opened from now on. */
  public void shuffleCompletions(long seed) {
    synchronized (lock) {
      shuffleSeed = seed;
    }
  }

  /**
   * Gives out no completions from now on: what completes waits until they are released, of all
   * sockets.
   */
  public void holdCompletions() {
    synchronized (lock) {
      completionsHeld = true;
    }
  }

  /** Gives out what has completed meanwhile, and holds nothing any more. */
  public void releaseCompletions() {
    synchronized (lock) {
      completionsHeld = false;
      lock.notifyAll();
    }
  }

  /** The last 200 events, the oldest first: binds, posts, what the test has done, turns. */
  public List<String> events() {
    synchronized (lock) {
      return wire.log().all();
    }
  }

  /** A turn of a pump had something to do. */
  void logTurn() {
    synchronized (lock) {
      wire.log().turn(0);
    }
  }

  /** Whoever turns the pumps by itself, and has to be told what a test has done by hand. */
  void onByHand(Runnable driver) {
    onByHand = driver;
  }

  /** A test has done something that the pump sees in its next turn. Not with the lock. */
  void byHand() {
    onByHand.run();
  }

  boolean completionsHeld() {
    return completionsHeld;
  }

  /** Each breach of the contract, in the order they were found. */
  public List<String> violations() {
    return sanitizer.violations();
  }

  int dequeueLimit() {
    return dequeueLimit;
  }

  @Nullable Long shuffleSeed() {
    return shuffleSeed;
  }

  @Nullable IOException nextDequeueFailure() {
    IOException failure = dequeueFailures.poll();
    broken |= failure != null;
    return failure;
  }

  /** Whether a queue has been broken on purpose, so that the library has to give up its slots. */
  boolean isBroken() {
    synchronized (lock) {
      return broken;
    }
  }

  boolean hasDequeueFailure() {
    return !dequeueFailures.isEmpty();
  }

  /** Fails unless all that was posted has been committed: the rule at the end of each turn. */
  void requireCommitted(String call) {
    synchronized (lock) {
      for (SimulatedSocket socket : sockets) {
        socket.requireCommitted(call);
      }
    }
  }

  InetSocketAddress bind(SocketConfig config) throws IOException {
    IOException failure = bindFailures.poll();
    if (failure != null) {
      throw failure;
    }
    return wire.bind(config);
  }

  Wire wire() {
    return wire;
  }

  /** Whether posted receives can be taken back. */
  boolean withdraws() {
    return withdraws;
  }

  /** Keeps every post from now on; before anything is opened. */
  void keepPosts() {
    withdraws = false;
  }

  void onOpened(SimulatedQueue queue) {
    queues.add(queue);
  }

  void onClosed(SimulatedQueue queue) {
    queues.remove(queue);
  }

  /** Whether a dequeue would bring anything. */
  boolean hasCompletions() {
    for (int i = 0; i < queues.size(); i++) {
      if (queues.get(i).hasCompletions()) {
        return true;
      }
    }
    return false;
  }

  /** Breaks all queues that are open: whoever waits for anything on them is told this. */
  void doom(RuntimeException end) {
    synchronized (lock) {
      broken = true;
      queues.forEach(queue -> queue.doom(end));
    }
  }

  void onOpened(SimulatedSocket socket) {
    sockets.add(socket);
  }
}
