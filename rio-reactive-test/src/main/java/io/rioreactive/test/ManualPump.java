package io.rioreactive.test;

import io.rioreactive.PumpGroup;
import io.rioreactive.hook.PumpDriver;
import io.rioreactive.hook.PumpHook;
import io.rioreactive.hook.PumpTurns;
import io.rioreactive.kernel.Kernel;
import io.rioreactive.kernel.RequestQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A pump without a thread: it turns when the test says so, on the thread that says it.
 *
 * <p>One thread at a time. Between turns the pump is parked, as far as it has nothing to do; the
 * test sees with {@link #wakes} who would have woken it. Over a {@link SimulatedKernel} each turn
 * ends with a check of its {@linkplain SimulatedKernel#violations() violations}.
 */
@SuppressWarnings("exports") // the hook's types are open to this module only
public final class ManualPump implements PumpDriver, AutoCloseable {

  /** Of the past, in a report. */
  private static final int EVENTS = 20;

  /** More than any test needs: 1,000 connections with 64 full turns each. */
  private static final int MOST_TURNS = 64_000;

  private final Kernel kernel;
  private final AtomicInteger wakes = new AtomicInteger();
  private volatile @Nullable PumpTurns turns;
  private @Nullable PumpGroup group;
  private volatile boolean parked;

  /** Held within a turn: {@link BlockWatch} may turn the pump while the test goes on. */
  private final ReentrantLock turning = new ReentrantLock();

  private final AtomicLong turnsSoFar = new AtomicLong();
  private volatile @Nullable BlockWatch watch;
  private final Watched byHand = new ByHand(); // the watch does not hold on to it
  private volatile Duration patience = Duration.ZERO;

  /** Whoever turned it last, or has made it. */
  private volatile Thread turner = Thread.currentThread();

  private ManualPump(Kernel kernel) {
    this.kernel = kernel;
  }

  /** A pump over this kernel, which has not turned yet. */
  public static ManualPump over(Kernel kernel) {
    ManualPump pump = new ManualPump(kernel);
    pump.group = PumpHook.newGroup(PumpGroup.class, kernel, pump);
    return pump;
  }

  /** The group to pass to {@code runOn}. */
  public PumpGroup group() {
    PumpGroup made = group;
    if (made == null) {
      throw new IllegalStateException("the group is being made");
    }
    return made;
  }

  /** Not for tests: the group hands its pump over. */
  @Override
  public void start(PumpTurns pump) {
    turns = pump;
  }

  /** Not for tests: the group has work for the parked pump. */
  @Override
  public void wake() {
    if (parked) {
      wakes.incrementAndGet();
    }
  }

  /**
   * Not for tests: {@code bindNow}, {@code connectNow} and {@code disposeNow} turn the pump until
   * it has nothing left to do, if they are called by the thread that has made the pump or turned it
   * last; another one waits for that. Names of hosts they cannot wait for: use addresses.
   */
  @Override
  public void beforeBlock() {
    if (Thread.currentThread() != turner) {
      return;
    }
    if (turning.isHeldByCurrentThread()) {
      throw new IllegalStateException(
          "this call blocks, and the pump is inside a turn: it would wait for itself. Subscribe"
              + " instead");
    }
    run();
  }

  /** Not for tests: the pump has bound a socket. */
  @Override
  public void onBound(Object connection, RequestQueue queue) {
    BoundSockets.put(connection, queue);
  }

  /** How often the pump was woken while it was parked. */
  public int wakes() {
    return wakes.get();
  }

  /**
   * Turns the pump once.
   *
   * @return whether there was anything to do, or is meanwhile; else the pump is parked
   * @throws AssertionError if the turn broke the contract of a {@link SimulatedKernel}
   * @throws IllegalStateException if it is called within a turn
   */
  public boolean turn() {
    if (turning.isHeldByCurrentThread()) {
      throw new IllegalStateException("a turn is in progress");
    }
    turning.lock();
    try {
      PumpTurns pump = turns;
      if (pump == null || pump.isEnded()) {
        return false;
      }
      turner = Thread.currentThread();
      turnsSoFar.incrementAndGet();
      watchMe();
      return turn(pump);
    } finally {
      turning.unlock();
    }
  }

  private boolean turn(PumpTurns pump) {
    parked = false;
    pump.unpark();
    boolean worked = pump.turn();
    checkContract();
    if (worked && kernel instanceof SimulatedKernel simulated) {
      simulated.logTurn();
    }
    if (worked || pump.isEnded()) {
      return worked || turns != pump; // the group may have started another in place of a broken one
    }
    // set first: whoever finds the pump parked wakes this driver at once
    parked = true;
    parked = pump.park();
    return !parked;
  }

  private void checkContract() {
    if (kernel instanceof SimulatedKernel simulated) {
      simulated.requireCommitted("end of the turn");
      if (!simulated.violations().isEmpty()) {
        throw new AssertionError("the kernel's contract was broken: " + simulated.violations());
      }
    }
  }

  /**
   * Turns the pump until there is nothing left to do.
   *
   * @return how many turns had something to do
   * @throws AssertionError if the pump never comes to rest, or broke the contract
   */
  public int run() {
    for (int worked = 0; worked < MOST_TURNS; worked++) {
      if (!turn()) {
        return worked;
      }
    }
    throw new AssertionError("the pump still finds work after " + MOST_TURNS + " turns");
  }

  /** Whether the pump has ended: no turn does anything any more. */
  public boolean isEnded() {
    PumpTurns pump = turns;
    return pump != null && pump.isEnded();
  }

  /**
   * From now on and until it is closed, a thread that waits in {@code block()} or in a StepVerifier
   * for so long while nobody turns the pump is failed, and told so. The caller and whoever turns
   * the pump are watched over.
   */
  void failBlockAfter(SimulatedKernel its, Duration limit) {
    patience = limit;
    watch = new BlockWatch(its);
    watchMe();
  }

  private void watchMe() {
    BlockWatch over = watch;
    if (over != null) {
      over.note(byHand);
    }
  }

  /** Disposes of the group and runs until the pump has ended. */
  @Override
  public void close() {
    group().dispose();
    run();
    BlockWatch over = watch;
    if (over != null) {
      over.close();
    }
  }

  /** Nobody turns it but the test, so a test that waits for it waits for itself. */
  private final class ByHand implements Watched {

    @Override
    public long activity() {
      return turnsSoFar.get();
    }

    @Override
    public Duration patience(BlockedThread waits) {
      return patience;
    }

    @Override
    public @Nullable Thread runner() {
      return turning.isLocked() ? turner : null;
    }

    @Override
    public String standstill() {
      return "nobody turns the pump: turn it (ManualPump.turn, run) before blocking, or in"
          + " StepVerifier's then(pump::run)";
    }

    @Override
    public List<String> history() {
      List<String> events =
          kernel instanceof SimulatedKernel simulated ? simulated.events() : List.of();
      List<String> lines = new ArrayList<>();
      lines.add("by hand; the last events:");
      lines.addAll(events.subList(Math.max(0, events.size() - EVENTS), events.size()));
      return lines;
    }

    @Override
    public boolean mayInterrupt() {
      return true;
    }

    @Override
    public void run() {
      if (!turning.isLocked()) { // else the pump waits for itself
        ManualPump.this.run();
      }
    }
  }
}
