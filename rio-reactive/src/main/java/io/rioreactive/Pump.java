package io.rioreactive;

import io.rioreactive.hook.PumpDriver;
import io.rioreactive.hook.PumpTurns;
import io.rioreactive.jfr.BatchEvent;
import io.rioreactive.jfr.FlightEvents;
import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionQueue;
import io.rioreactive.kernel.Feature;
import io.rioreactive.kernel.Kernel;
import io.rioreactive.kernel.MembershipChange;
import io.rioreactive.kernel.SocketConfig;
import io.rioreactive.kernel.Support;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Schedulers;

/**
 * One thread's worth of sockets: owns a completion queue, the connections on it and their slots;
 * nothing else touches them, so nothing is locked.
 *
 * <pre>
 * turn:  tasks from other threads → dequeue a batch → each completion to its connection
 *        → each touched connection: sends, posts, commit → nothing to do: park and await
 * </pre>
 *
 * <p>Each step of a turn is bounded. What a connection throws ends that connection alone; a broken
 * completion queue ends all of them.
 *
 * <p>Doors from other threads: {@link #later}, {@link #offer}, {@link #wake}. Methods named {@code
 * on…} run on the pump.
 */
final class Pump implements PumpTurns {

  private static final Logger LOG = LoggerFactory.getLogger(Pump.class);

  private static final int TASKS_A_TURN = 1_024;

  /** A load: it had its last socket, and takes no other. */
  private static final int UNUSED = -1;

  private final Kernel kernel;
  private final WaitMode waitMode;
  private final PumpDriver driver;
  private final OptionalInt cpu;
  private final MpscUnboundedAtomicArrayQueue<PumpTask> tasks =
      new MpscUnboundedAtomicArrayQueue<>(256);
  private final CompletionBatch batch = new CompletionBatch();
  private final AddressCache addresses = new AddressCache();

  /** By {@link io.rioreactive.kernel.RequestQueue#index}; pump only. */
  private final ArrayList<@Nullable UdpConnection> bySocket = new ArrayList<>();

  /** The same for other threads: the watch. */
  private final List<UdpConnection> connections = new CopyOnWriteArrayList<>();

  /** To finish at the end of the turn; two lists that take turns, since finishing may touch. */
  private ArrayList<UdpConnection> touched = new ArrayList<>();

  private ArrayList<UdpConnection> finishing = new ArrayList<>();

  private @Nullable CompletionQueue queue;

  /** Made for connections that nobody named a group for: it ends with the last of them. */
  private final boolean endsWhenUnused;

  private boolean ending;

  /** Waiting in the kernel, or about to: whoever has work must wake it. */
  private final AtomicBoolean parked = new AtomicBoolean();

  /** Set once no turn will come any more. */
  private volatile boolean ended;

  /** Set before anybody is told that the completion queue is broken. */
  private volatile boolean broken;

  /** Requests to run what is handed over after the end; whoever makes the first one runs all. */
  private final AtomicInteger late = new AtomicInteger();

  /**
   * Sockets that were given to this pump: bound, or being bound; or {@link #UNUSED}. Any thread.
   */
  private final AtomicInteger load = new AtomicInteger();

  /** The thread inside {@link #turn}. A stale read by another thread is never that thread. */
  private @Nullable Thread turner;

  /** Turns so far; for the pump itself. */
  private long turns;

  private volatile long turnStarted;
  private volatile @Nullable UdpConnection current;
  private volatile long longestTurn;

  /** One that may run on any CPU. */
  Pump(Kernel kernel, WaitMode waitMode, PumpDriver driver, boolean endsWhenUnused) {
    this(kernel, waitMode, driver, OptionalInt.empty(), endsWhenUnused);
  }

  /**
   * @param cpu the only one it is to run on
   * @param endsWhenUnused whether it ends when the last socket that was given to it has closed
   */
  Pump(
      Kernel kernel,
      WaitMode waitMode,
      PumpDriver driver,
      OptionalInt cpu,
      boolean endsWhenUnused) {
    this.cpu = cpu;
    this.kernel = kernel;
    this.waitMode = waitMode;
    this.driver = driver;
    this.endsWhenUnused = endsWhenUnused;
  }

  // Any thread

  void start() {
    driver.start(this);
  }

  String provider() {
    return kernel.name();
  }

  /** The only one it is to run on; empty for any. */
  OptionalInt cpu() {
    return cpu;
  }

  /** Whether its provider is known to have a feature. */
  boolean has(Feature feature) {
    return kernel.features().get(feature) == Support.YES;
  }

  boolean isOnPump() {
    return turner == Thread.currentThread();
  }

  @Override
  public boolean isEnded() {
    return ended;
  }

  /** Whether a socket can be bound here: whoever hears of a broken pump binds on another. */
  boolean isUsable() {
    return !ended && !broken && load.get() != UNUSED;
  }

  /** Those that are open, for the watch. */
  List<UdpConnection> connections() {
    return connections;
  }

  /** Which turn this is; exact on the pump alone. */
  long turns() {
    return turns;
  }

  /** How many sockets were given to it. */
  int load() {
    return load.get();
  }

  /** Whether one more socket can be bound here, and will be; not if it ends for want of any. */
  boolean reserve() {
    return load.getAndUpdate(sockets -> sockets == UNUSED ? UNUSED : sockets + 1) != UNUSED;
  }

  long longestTurnNanos() {
    return longestTurn;
  }

  /** {@link System#nanoTime} at which the turn under way began; 0 between turns. */
  long turnStarted() {
    return turnStarted;
  }

  /** Whose completions are being handled; null if none are. */
  @Nullable UdpConnection current() {
    return current;
  }

  /** Hands a task over and wakes the pump. Runs it here if the pump has ended. */
  void later(PumpTask task) {
    offer(task);
    wake();
  }

  /** Hands a task over that is not worth waking for. Runs it here if the pump has ended. */
  void offer(PumpTask task) {
    tasks.offer(task);
    if (ended) {
      runTasksAfterEnd();
    }
  }

  /** Wakes the pump if it is parked. */
  void wake() {
    if (parked.get() && parked.compareAndSet(true, false)) {
      driver.wake();
    }
  }

  /** The calling thread is about to block for something that it has handed over. */
  void beforeBlock() {
    driver.beforeBlock();
  }

  /** Closes all connections, then ends. */
  void end() {
    later(this::onEnd);
  }

  // The driver's thread

  @Override
  public boolean turn() {
    if (ended) {
      return false;
    }
    turner = Thread.currentThread();
    long started = System.nanoTime();
    turnStarted = started;
    turns++;
    BatchEvent event = FlightEvents.beginBatch();
    boolean worked = false;
    try {
      worked = runTasks();
      worked |= takeBatch();
      worked |= finishTouched();
      if (ending && connections.isEmpty()) {
        onLastTurn();
        return false;
      }
    } catch (Throwable broken) {
      onBroken(broken);
    } finally {
      turner = null;
      turnStarted = 0;
      current = null;
      if (worked) {
        longestTurn = Math.max(longestTurn, System.nanoTime() - started);
      }
      if (event != null) {
        event.finish(provider(), batch.size(), connections.size());
      }
    }
    return worked;
  }

  /** Those that are there when it begins: what they hand over in turn is for the next turn. */
  private boolean runTasks() {
    int count = Math.min(tasks.size(), TASKS_A_TURN);
    for (int i = 0; i < count; i++) {
      PumpTask task = tasks.poll();
      if (task != null) {
        run(task);
      }
    }
    return count > 0;
  }

  private void run(PumpTask task) {
    try {
      task.onPump();
    } catch (Throwable defect) {
      LOG.error("{}: a task threw", this, defect);
    }
  }

  private boolean takeBatch() throws IOException {
    CompletionQueue open = queue;
    if (open == null) {
      return false;
    }
    batch.clear();
    open.dequeue(batch);
    int size = batch.size();
    for (int i = 0; i < size; ) {
      i = handOver(i, size);
    }
    return size > 0;
  }

  /**
   * Hands a run of completions to the connection they are all for; answers where the next begins.
   */
  private int handOver(int first, int size) {
    int socket = batch.socket(first);
    UdpConnection connection = bySocket.get(socket);
    if (connection == null) {
      throw new IllegalStateException("completion for socket " + socket + ", which is not open");
    }
    current = connection;
    connection.onPump();
    int i = first;
    do {
      try {
        connection.onCompletion(batch, i);
      } catch (Throwable defect) { // of this connection: the others go on
        connection.onDefect(defect);
      }
      i++;
    } while (i < size && batch.socket(i) == socket);
    return i;
  }

  private boolean finishTouched() {
    if (touched.isEmpty()) {
      return false;
    }
    ArrayList<UdpConnection> now = touched;
    touched = finishing;
    finishing = now;
    for (int i = 0; i < now.size(); i++) {
      UdpConnection connection = now.get(i);
      current = connection;
      try {
        connection.onTurnEnd();
      } catch (Throwable defect) { // of this connection: the others go on
        connection.onDefect(defect);
      }
    }
    now.clear();
    return true;
  }

  @Override
  public boolean park() {
    if (ended) {
      return false; // there is nothing left to wait in
    }
    parked.set(true);
    // What came before parked was set: nobody will wake us for it.
    if (!tasks.isEmpty() || !touched.isEmpty()) {
      parked.set(false);
      return false;
    }
    return true;
  }

  @Override
  public void unpark() {
    parked.set(false);
  }

  @Override
  public boolean await() {
    CompletionQueue open = queue;
    if (open == null) {
      return false;
    }
    try {
      open.await();
    } catch (Throwable broken) {
      turner = Thread.currentThread();
      onBroken(broken);
      turner = null;
    }
    return true;
  }

  @Override
  public boolean endAwait() {
    CompletionQueue open = queue; // written before parked was set, which the caller has seen
    if (open == null) {
      return false;
    }
    open.wake();
    return true;
  }

  // On the pump

  AddressCache addresses() {
    return addresses;
  }

  /** Opens the completion queue, on the thread that will own it. */
  void onOpen() throws IOException {
    if (queue == null) {
      if (cpu.isPresent()) {
        startTimers();
        kernel.pin(cpu.getAsInt());
      }
      queue = kernel.open(waitMode);
    }
  }

  /**
   * Starts Reactor's threads that a pump's own timers run on. Whatever thread a pump starts is kept
   * on its CPU too, and these are the whole application's.
   */
  private static void startTimers() {
    for (int i = 0; i < Schedulers.DEFAULT_POOL_SIZE; i++) {
      Schedulers.parallel().schedule(() -> {}); // one after the other has its turn
    }
  }

  /**
   * Binds a socket and gives it its connection.
   *
   * @param peer whom to connect to; null for nobody
   */
  UdpConnection onBind(SocketConfig config, UdpOptions options, @Nullable InetSocketAddress peer)
      throws IOException {
    if (broken) {
      throw new IOException("the pump broke before the socket was bound: bind again");
    }
    if (ending || ended) {
      throw new IOException("the PumpGroup has been disposed: bind on another, or on none");
    }
    options.requireSupport(kernel);
    onOpen();
    var requests = Objects.requireNonNull(queue, "opened just now").openSocket(config);
    UdpConnection connection;
    try {
      if (peer != null) {
        requests.connect(peer);
      }
      connection = new UdpConnection(this, requests, options, peer);
      for (Membership membership : options.memberships) {
        connection.onMembershipChange(MembershipChange.JOIN, membership);
      }
    } catch (Throwable unusable) { // no route to the peer, no such group, or no memory
      requests.close(); // nothing is posted, so nothing is outstanding
      requests.release();
      throw unusable;
    }
    while (bySocket.size() <= requests.index()) {
      bySocket.add(null);
    }
    bySocket.set(requests.index(), connection);
    connections.add(connection);
    driver.onBound(connection, requests);
    connection.onBound();
    LOG.debug("{}: bound by {}: {}", connection, kernel.name(), requests.describe());
    return connection;
  }

  void onTouched(UdpConnection connection) {
    touched.add(connection);
  }

  /**
   * Forgets a connection.
   *
   * @param tell to be run when nothing that the connection had is left in the kernel. That may be
   *     the last thing of the process, so a pump that ends with it has closed its queue by then
   */
  void onClosed(UdpConnection connection, PumpTask tell) {
    bySocket.set(connection.index(), null);
    connections.remove(connection);
    onUnreserved();
    if (ending && connections.isEmpty()) {
      later(tell); // this turn is the last one, so it is run after the end
    } else {
      tell.onPump();
    }
  }

  /** A socket that was given to this pump is closed, or was never bound. */
  void onUnreserved() {
    load.decrementAndGet();
    if (endsWhenUnused && load.compareAndSet(0, UNUSED)) {
      ending = true;
    }
  }

  private void onEnd() {
    ending = true;
    for (UdpConnection connection : connections) {
      try {
        connection.onClose(null);
      } catch (Throwable defect) {
        connection.onDefect(defect);
      }
    }
  }

  private void onBroken(Throwable cause) {
    broken = true;
    LOG.error("{}: the pump is broken: its {} connections end", this, connections.size(), cause);
    for (UdpConnection connection : connections) {
      try {
        connection.onQueueBroken(cause);
      } catch (Throwable worse) {
        LOG.error("{}: could not be closed", connection, worse);
      }
    }
    onLastTurn();
  }

  private void onLastTurn() {
    CompletionQueue open = queue;
    queue = null;
    ended = true;
    if (open != null) {
      try {
        open.close();
      } catch (Throwable defect) {
        LOG.error("{}: its completion queue could not be closed", this, defect);
      }
    }
    runTasksAfterEnd();
  }

  /** What was handed over too late finds everything closed, on whatever thread is here first. */
  private void runTasksAfterEnd() {
    if (late.getAndIncrement() > 0) {
      return; // whoever runs them now looks again
    }
    int seen = 1;
    do {
      Thread before = turner;
      turner = Thread.currentThread();
      while (runTasks()) {} // a turn's worth at a time
      turner = before;
      seen = late.addAndGet(-seen);
    } while (seen > 0);
  }

  @Override
  public String toString() {
    return "pump of " + kernel.name();
  }
}
