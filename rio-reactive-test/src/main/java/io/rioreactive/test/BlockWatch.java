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
 * Ends waits that nothing can end: virtual time stands still, nobody turns the network, and a
 * thread that has to do with it waits in {@code block()}.
 *
 * <p>After a time on the wall without any event it breaks the network, so that what waits on it
 * fails and says why; if that does not free the thread, it is interrupted. A thread of its own, a
 * daemon, which ends with the network, also if nobody closes that.
 */
final class BlockWatch {

  private static final Logger LOG = LoggerFactory.getLogger(SimulatedNetwork.class);

  private static final Duration LONGEST_PAUSE = Duration.ofMillis(500);

  private final NetworkTime time;
  private final SimulatedKernel kernel;
  private final NetworkWire wire;
  private final String network;

  /** Threads that have used the network: others' waits are not its business. */
  private final Set<Thread> users =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  private volatile @Nullable Thread lastUser;
  private final Set<Thread> interrupted =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));
  private final AtomicBoolean started = new AtomicBoolean();
  private volatile boolean closed;
  private volatile Duration limit = Duration.ofSeconds(5);

  /**
   * @param network its name and seed, for the text
   */
  BlockWatch(NetworkTime time, SimulatedKernel kernel, NetworkWire wire, String network) {
    this.time = time;
    this.kernel = kernel;
    this.wire = wire;
    this.network = network;
  }

  void limit(Duration longest) {
    limit = longest;
  }

  private long limitNanos() {
    return TimeUnit.NANOSECONDS.convert(limit); // 292 years, if it is longer
  }

  /** The current thread uses the network. */
  void note(NetworkPump pump) {
    Thread me = Thread.currentThread();
    if (me != lastUser) {
      lastUser = me;
      users.add(me);
    }
    if (time.isVirtual() && !started.get() && started.compareAndSet(false, true)) {
      Thread thread = new Thread(new Rounds(this, pump), "rio-network-watch");
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
    private final WeakReference<NetworkPump> pump;
    private @Nullable BlockedThread blocked;
    private long activity;
    private long time;
    private long since;

    Rounds(BlockWatch watch, NetworkPump pump) {
      this.watch = new WeakReference<>(watch);
      this.pump = new WeakReference<>(pump);
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
      NetworkPump turned = pump.get();
      if (now == null || turned == null || now.closed) {
        return 0;
      }
      BlockedThread waits = now.find();
      if (waits == null
          || !waits.isSameWait(blocked)
          || turned.activity() != activity
          || now.time.nanos() != time) { // somebody moves it
        blocked = waits;
        activity = turned.activity();
        time = now.time.nanos();
        since = System.nanoTime();
      } else if (System.nanoTime() - since >= now.limitNanos()) {
        now.end(waits, turned);
        blocked = null;
      }
      return Math.clamp(now.limitNanos() / 5, 1, LONGEST_PAUSE.toNanos());
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

  private void end(BlockedThread waits, NetworkPump pump) throws InterruptedException {
    String text = describe(waits, waits.thread() == pump.runner());
    kernel.doom(new IllegalStateException(text));
    pump.run(); // here: nobody else does
    for (int i = 0; i < 100 && waits.isSameWait(BlockedThread.of(waits.thread())); i++) {
      Thread.sleep(5);
    }
    if (waits.isSameWait(BlockedThread.of(waits.thread()))) {
      LOG.error("the thread {} is interrupted: {}", waits.thread().getName(), text);
      interrupted.add(waits.thread());
      waits.thread().interrupt();
    }
  }

  private String describe(BlockedThread waits, boolean isRunner) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s at %s has waited for %s (thread %s), and nothing can end it:"
            .formatted(waits.call(), waits.where(), limit, waits.thread().getName()));
    synchronized (kernel.lock) {
      wire.sockets().stream().flatMap(socket -> socket.waits().stream()).forEach(lines::add);
      lines.add(
          isRunner
              ? "that thread is the one that turns the network, so it waits for itself: subscribe"
                  + " instead of blocking, or publishOn another scheduler"
              : standstill());
      lines.add(network + "; its last events:");
      lines.addAll(wire.log().last(20));
    }
    return String.join("\n  ", lines);
  }

  private String standstill() {
    long due = wire.nextDue();
    String event =
        due == Long.MAX_VALUE
            ? "no datagram is under way"
            : "the next datagram arrives at " + Duration.ofNanos(due);
    return "virtual time stands at "
        + time.now()
        + (time.stands() ? " for ever, since its scheduler has been disposed of" : "")
        + ", and "
        + event
        + ": advance it before or instead of blocking (SimulatedNetwork.advance, thenAwait of"
        + " StepVerifier.withVirtualTime), or let the network run on the wall (create it while no"
        + " virtual time is enabled)";
  }
}
