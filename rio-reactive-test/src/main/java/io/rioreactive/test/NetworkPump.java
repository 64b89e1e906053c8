package io.rioreactive.test;

import io.rioreactive.hook.PumpDriver;
import io.rioreactive.hook.PumpTurns;
import io.rioreactive.kernel.RequestQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * Turns a network as a task on its scheduler: delivers what is due and turns the pumps, in turns,
 * until there is nothing left to do at this moment; then sets an alarm for the next datagram.
 *
 * <pre>
 * wake, alarm → a run is scheduled → deliver what is due → turn each pump ─┐
 *                                        ▲──────── anything done? ─────────┤
 *                                                                          └─▶ set the alarm
 * </pre>
 *
 * <p>One run at a time, whatever the scheduler's threads: who comes while another one runs leaves
 * the work to it. Where the scheduler takes nothing any more, whoever brings work runs it.
 *
 * <p>Any thread.
 */
final class NetworkPump implements PumpDriver, Watched {

  private static final Logger LOG = LoggerFactory.getLogger(SimulatedNetwork.class);

  private static final int DATAGRAMS_AT_ONCE = 1_024;

  /** On the wall: then others on the scheduler have their turn. */
  private static final int ROUNDS_A_RUN = 1_000;

  /** Of the past, in a report. */
  private static final int EVENTS = 20;

  /** More than any test needs without time moving on: a second or two of work. */
  private static final int ROUNDS_AN_INSTANT = 1_000_000;

  private final String name;
  private final NetworkTime time;
  private final NetworkWire wire;
  private final SimulatedKernel kernel;
  private final BlockWatch watch;
  private final List<PumpTurns> pumps = new CopyOnWriteArrayList<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();

  /** Requests to run that were not served; whoever makes the first one serves all. */
  private final AtomicInteger requests = new AtomicInteger();

  private final Runnable task = this::onScheduled;

  /** The thread inside a run; null between runs. */
  private volatile @Nullable Thread runner;

  /** Runs so far. */
  private final AtomicLong activity = new AtomicLong();

  private @Nullable Disposable alarm;
  private final Runnable onAlarm = this::onAlarm;
  private long alarmDue = Long.MAX_VALUE;
  private @Nullable Scheduler alarmOn;
  private volatile boolean alarmed;
  private long instant = -1;
  private int rounds;
  private volatile boolean warned;

  private volatile Duration inVirtualTime = Duration.ofSeconds(5);
  private volatile Duration onTheWall = Duration.ofSeconds(30);

  /**
   * @param name the network's, with its seed, for texts
   */
  NetworkPump(
      NetworkTime time, NetworkWire wire, SimulatedKernel kernel, BlockWatch watch, String name) {
    this.name = name;
    this.time = time;
    this.wire = wire;
    this.kernel = kernel;
    this.watch = watch;
  }

  // The library's side

  @Override
  public void start(PumpTurns pump) {
    pumps.add(pump);
    time.scheduler(); // chosen by now
    if (time.isVirtual()) {
      synchronized (kernel.lock) {
        wire.log().virtual();
      }
    }
    wake(); // it is not parked, so nobody else does
  }

  @Override
  public void wake() {
    watch.note(this);
    boolean isLost = time.stands(); // what was scheduled there does not run any more
    if ((scheduled.compareAndSet(false, true) || isLost) && !time.schedule(task)) {
      onScheduled();
    }
    if (!time.isVirtual() && !warned && VirtualTimeScheduler.isFactoryEnabled()) {
      warned = true;
      LOG.warn(
          "the simulated network runs on {}, and virtual time has been enabled since: make the"
              + " network within StepVerifier.withVirtualTime, or by create().virtualTime()",
          time);
    }
  }

  /** Virtual time stands still while a thread waits, so that thread does what is due now. */
  @Override
  public void beforeBlock() {
    if (runner == Thread.currentThread()) {
      throw new IllegalStateException(
          "this call blocks, and the thread "
              + Thread.currentThread().getName()
              + " is the one that turns the network: it would wait for itself. Subscribe instead");
    }
    if (time.isVirtual() || time.stands()) {
      run();
    }
  }

  @Override
  public void onBound(Object connection, RequestQueue queue) {
    BoundSockets.put(connection, queue);
  }

  // Running

  private void onScheduled() {
    scheduled.set(false); // first: who wakes it from now on wants another run
    run();
  }

  /** Runs until there is nothing to do at this moment, here unless another thread does already. */
  @Override
  public void run() {
    if (requests.getAndIncrement() > 0) {
      return;
    }
    int seen = 1;
    do {
      runner = Thread.currentThread();
      watch.note(this); // it may do nothing but move time
      try {
        runUntilRest();
      } catch (Throwable defect) { // else nobody would ever run again
        LOG.error("the simulated network is broken", defect);
        kernel.doom(new IllegalStateException("the simulated network is broken", defect));
      } finally {
        runner = null;
      }
      seen = requests.addAndGet(-seen);
    } while (seen > 0);
  }

  private void runUntilRest() {
    boolean parked = false; // whoever asked for this run has something for the pumps
    rounds = 0;
    for (int round = 0; isDue() || !parked; round++) {
      parked = turnPumps();
      if (round >= ROUNDS_A_RUN && !time.isVirtual() && !time.stands()) {
        wake();
        return;
      }
      requireRest();
    }
    activity.lazySet(activity.get() + 1);
    setAlarm();
  }

  /** Delivers what is due; answers whether there is anything to dequeue. */
  private boolean isDue() {
    synchronized (kernel.lock) {
      wire.deliverDue(DATAGRAMS_AT_ONCE);
      return kernel.hasCompletions();
    }
  }

  /** Answers whether all have nothing left to do but what is to be dequeued. */
  private boolean turnPumps() {
    boolean parked = true;
    boolean hasEnded = false;
    for (PumpTurns pump : pumps) {
      pump.unpark();
      if (pump.turn()) {
        synchronized (kernel.lock) {
          wire.logTurn();
        }
      }
      hasEnded |= pump.isEnded();
      parked &= pump.isEnded() || pump.park();
    }
    if (hasEnded) {
      pumps.removeIf(PumpTurns::isEnded);
    }
    return parked;
  }

  /** Two that answer each other without latency never stop, and time cannot move on. */
  private void requireRest() {
    long now = time.nanos();
    if (now != instant) {
      instant = now;
      rounds = 0;
    } else if (++rounds == ROUNDS_AN_INSTANT) {
      kernel.doom(
          new IllegalStateException(
              "the simulated network does not come to rest at "
                  + time.now()
                  + ": after "
                  + ROUNDS_AN_INSTANT
                  + " turns sockets still send to each other, and no time passes: give the link a"
                  + " latency, or end the conversation"));
    }
  }

  private void setAlarm() {
    long due;
    synchronized (kernel.lock) {
      due = wire.nextDue();
    }
    Scheduler scheduler = time.scheduler();
    if (due == alarmDue && alarmOn == scheduler && !alarmed) {
      return;
    }
    if (alarm != null) {
      alarm.dispose();
    }
    alarmDue = due;
    alarmOn = scheduler;
    alarmed = false;
    alarm = due == Long.MAX_VALUE ? null : time.schedule(onAlarm, Math.max(0, due - time.nanos()));
  }

  private void onAlarm() {
    alarmed = true; // it may have come early, and has to be set again
    run();
  }

  // For the watch over blocked threads

  /** How long a wait may last while nothing happens. */
  void patience(Duration limit) {
    inVirtualTime = limit;
    onTheWall = limit;
  }

  /** On the wall nobody has to move time, and what is bounded ends by itself. */
  @Override
  public Duration patience(BlockedThread waits) {
    if (time.isVirtual()) {
      return inVirtualTime;
    }
    synchronized (kernel.lock) {
      boolean mayEnd = waits.isBounded() || runner != null || wire.nextDue() != Long.MAX_VALUE;
      return mayEnd ? Duration.ZERO : onTheWall;
    }
  }

  @Override
  public long activity() {
    return time.isVirtual() ? activity.get() + time.nanos() : activity.get();
  }

  @Override
  public @Nullable Thread runner() {
    return runner;
  }

  @Override
  public boolean mayInterrupt() {
    return time.isVirtual(); // on the wall something else may end the wait
  }

  @Override
  public String standstill() {
    long due = wire.nextDue();
    String event =
        due == Long.MAX_VALUE
            ? "no datagram is under way"
            : "the next datagram arrives at " + Duration.ofNanos(due);
    if (!time.isVirtual()) {
      return event
          + ": what was waited for was lost, or nobody has sent it; if it comes later, allow for"
          + " that: SimulatedNetwork.failBlockAfter";
    }
    return "virtual time stands at "
        + time.now()
        + (time.stands() ? " for ever, since its scheduler has been disposed of" : "")
        + ", and "
        + event
        + ": advance it before or instead of blocking (SimulatedNetwork.advance, thenAwait of"
        + " StepVerifier.withVirtualTime), or let the network run on the wall (create it while no"
        + " virtual time is enabled)";
  }

  @Override
  public List<String> history() {
    List<String> lines = new ArrayList<>(wire.log().last(EVENTS));
    lines.addFirst(name + "; its last events:");
    return lines;
  }

  // For others

  boolean isEnded() {
    return pumps.stream().allMatch(PumpTurns::isEnded);
  }
}
