package io.rioreactive.test;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends waits that nothing can end: nothing moves on the network, or nobody turns the pump by hand,
 * and a thread that has to do with it waits in {@code block()}.
 *
 * <p>After a time on the wall without any event it breaks the network, so that what waits on it
 * fails and says why; if that does not free the thread, it may be interrupted. A thread of its own,
 * a daemon, which ends with the network, also if nobody closes that.
 */
final class BlockWatch {

  private static final Logger LOG = LoggerFactory.getLogger(SimulatedNetwork.class);

  private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

  private final SimulatedKernel kernel;

  /** Threads that have used the network: others' waits are not its business. */
  private final Set<Thread> users =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  private volatile @Nullable Thread lastUser;
  private final Set<Thread> interrupted =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
  private final AtomicBoolean started = new AtomicBoolean();
  private volatile boolean closed;

  BlockWatch(SimulatedKernel kernel) {
    this.kernel = kernel;
  }

  /** The current thread uses the network. */
  void note(Watched watched) {
    Thread me = Thread.currentThread();
    if (me != lastUser) {
      lastUser = me;
      users.add(me);
    }
    if (!started.get() && started.compareAndSet(false, true)) {
      Thread thread = new Thread(new Rounds(this, watched), "rio-network-watch");
      thread.setDaemon(true);
      thread.start();
    }
  }

  /** Ends the watch; takes back an interrupt of its own that the current thread has not seen. */
  void close() {
    closed = true;
    if (interrupted.remove(Thread.currentThread())) {
      Thread.interrupted();
    }
  }

  /** Looks again and again; holds on to the network only while it looks. */
  private static final class Rounds implements Runnable {

    private final WeakReference<BlockWatch> watch;
    private final WeakReference<Watched> watched;
    private @Nullable BlockedThread blocked;
    private long activity;
    private long since;

    Rounds(BlockWatch watch, Watched watched) {
      this.watch = new WeakReference<>(watch);
      this.watched = new WeakReference<>(watched);
    }

    @Override
    public void run() {
      try {
        long pause;
        while ((pause = look()) > 0) {
          Thread.sleep(Duration.ofNanos(pause));
        }
      } catch (InterruptedException e) {
        LOG.debug("the watch over blocked threads was interrupted and ends", e);
      }
    }

    /** Answers how long to pause, in nanoseconds; 0 at the end. */
    private long look() throws InterruptedException {
      BlockWatch now = watch.get();
      Watched what = watched.get();
      if (now == null || what == null || now.closed) {
        return 0;
      }
      BlockedThread waits = now.find();
      Duration patience = waits == null ? Duration.ZERO : what.patience(waits);
      long nanos = TimeUnit.NANOSECONDS.convert(patience); // 292 years, if it is longer
      if (waits == null
          || nanos == 0
          || !waits.isSameWait(blocked)
          || what.activity() != activity) {
        blocked = waits;
        activity = what.activity();
        since = System.nanoTime();
      } else if (System.nanoTime() - since >= nanos) {
        now.end(waits, patience, what);
        blocked = null;
      }
      return nanos == 0
          ? LONGEST_PAUSE.toNanos()
          : Math.clamp(nanos / 5, 1, LONGEST_PAUSE.toNanos());
    }
  }

  private @Nullable BlockedThread find() {
    for (Thread user : List.copyOf(users)) {
      BlockedThread blocked = BlockedThread.of(user);
      if (blocked != null) {
        return blocked;
      }
    }
    return null;
  }

  private void end(BlockedThread waits, Duration patience, Watched watched)
      throws InterruptedException {
    String text = describe(waits, patience, watched);
    kernel.doom(new IllegalStateException(text));
    watched.run(); // here: nobody else does
    for (int i = 0; i < 100 && waits.isSameWait(BlockedThread.of(waits.thread())); i++) {
      Thread.sleep(5);
    }
    if (watched.mayInterrupt() && waits.isSameWait(BlockedThread.of(waits.thread()))) {
      LOG.error("the thread {} is interrupted: {}", waits.thread().getName(), text);
      interrupted.add(waits.thread());
      waits.thread().interrupt();
    }
  }

  private String describe(BlockedThread waits, Duration patience, Watched watched) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s at %s has waited for %s (thread %s), and nothing can end it:"
            .formatted(waits.call(), waits.where(), patience, waits.thread().getName()));
    synchronized (kernel.lock) {
      kernel.sockets().stream()
          .filter(socket -> !socket.isClosed())
          .flatMap(socket -> socket.state().waits().stream())
          .forEach(lines::add);
      lines.add(
          waits.thread() == watched.runner()
              ? "that thread is the one that turns the network, so it waits for itself: subscribe"
                  + " instead of blocking, or publishOn another scheduler"
              : watched.standstill());
      watched.history().forEach(lines::add);
    }
    return String.join("\n  ", lines);
  }
}
