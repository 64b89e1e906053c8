package io.rioreactive.test;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.NonBlocking;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * The clock of a network and what it runs on: Reactor's virtual time, the wall, or a scheduler that
 * was given. It is chosen when it is first needed, and begins with 0 then.
 *
 * <p>StepVerifier disposes of its virtual time when it is done: that clock stands from then on, and
 * nothing can be scheduled, until another virtual time is enabled.
 *
 * <p>Any thread.
 */
final class NetworkTime {

  /** A thread on which block() throws, as on a pump in production. */
  private static final class NetworkThread extends Thread implements NonBlocking {

    NetworkThread(Runnable task) {
      super(task, "rio-network");
      setDaemon(true);
    }
  }

  /**
   * A scheduler and what its time means.
   *
   * @param origin what it showed when the network came to it
   * @param offset what the network's own time was then
   */
  private record Clock(Scheduler scheduler, boolean isVirtual, long origin, long offset) {

    static Clock of(Scheduler scheduler, long offset) {
      boolean isVirtual = scheduler instanceof VirtualTimeScheduler;
      return new Clock(scheduler, isVirtual, read(scheduler, isVirtual), offset);
    }

    private static long read(Scheduler scheduler, boolean isVirtual) {
      return isVirtual ? scheduler.now(TimeUnit.NANOSECONDS) : System.nanoTime();
    }

    long nanos() {
      return offset + read(scheduler, isVirtual) - origin;
    }

    /** Whether it stands for ever. */
    boolean isOver() {
      return isVirtual && scheduler.isDisposed();
    }
  }

  private volatile @Nullable Clock clock;
  private boolean mustBeVirtual;
  private boolean wasGiven;

  /** A virtual time that this has enabled, or a thread that it has started. */
  private @Nullable Scheduler owned;

  /** Virtual, whether that is enabled or not. */
  synchronized void virtual() {
    requireUnchosen("virtualTime");
    mustBeVirtual = true;
    choose();
  }

  synchronized void on(Scheduler given) {
    requireUnchosen("scheduler");
    requireDelays(given);
    wasGiven = true;
    choose(given);
  }

  private static void requireDelays(Scheduler given) {
    if (given instanceof VirtualTimeScheduler) {
      return;
    }
    try {
      given.schedule(() -> {}, 1, TimeUnit.NANOSECONDS).dispose();
    } catch (RejectedExecutionException e) {
      throw new IllegalArgumentException(
          "scheduler is "
              + given
              + ", which takes no task with a delay: allowed is one that does and is not disposed",
          e);
    }
  }

  private void requireUnchosen(String call) {
    if (clock != null) {
      throw new IllegalStateException(
          call + " comes too late: the network has begun to run on " + this + ": call it first");
    }
  }

  boolean isVirtual() {
    Clock now = clock;
    return now != null && now.isVirtual();
  }

  /** Whether its scheduler takes nothing any more. */
  boolean stands() {
    Clock now = clock;
    return now != null && now.scheduler().isDisposed();
  }

  /** What it runs on, chosen now if it has not been. */
  Scheduler scheduler() {
    Clock now = clock;
    return now == null || (now.isOver() && VirtualTimeScheduler.isFactoryEnabled())
        ? choose()
        : now.scheduler();
  }

  private synchronized Scheduler choose() {
    Clock now = clock;
    if (now != null && (wasGiven || !now.isOver() || !VirtualTimeScheduler.isFactoryEnabled())) {
      return now.scheduler();
    }
    if (VirtualTimeScheduler.isFactoryEnabled()) {
      return choose(VirtualTimeScheduler.get());
    }
    Scheduler own =
        mustBeVirtual
            ? VirtualTimeScheduler.getOrSet()
            : Schedulers.fromExecutorService(
                Executors.newSingleThreadScheduledExecutor(NetworkThread::new), "rio-network");
    owned = own;
    return choose(own);
  }

  private Scheduler choose(Scheduler next) {
    clock = Clock.of(next, nanos());
    return next;
  }

  /** Nanoseconds since it began. */
  long nanos() {
    Clock now = clock;
    return now == null ? 0 : now.nanos();
  }

  Duration now() {
    return Duration.ofNanos(nanos());
  }

  /** Runs a task soon. Answers false if nothing can be scheduled any more. */
  boolean schedule(Runnable task) {
    try {
      scheduler().schedule(task);
      return true;
    } catch (RejectedExecutionException disposed) {
      return false;
    }
  }

  /** Runs a task after a delay; never if nothing can be scheduled any more. */
  @Nullable Disposable schedule(Runnable task, long nanos) {
    try {
      return scheduler().schedule(task, nanos, TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException disposed) {
      return null;
    }
  }

  /**
   * The virtual time it runs on.
   *
   * @throws IllegalStateException if there is none, or it is over
   */
  VirtualTimeScheduler requireVirtual() {
    if (!(scheduler() instanceof VirtualTimeScheduler virtual)) {
      throw new IllegalStateException(
          "the network runs on "
              + this
              + ", whose time nobody moves: make it by create().virtualTime(), or let the test be"
              + " @RioTest(virtualTime = true)");
    }
    if (virtual.isDisposed()) {
      throw new IllegalStateException(
          "virtual time is over at "
              + now()
              + ", and cannot be advanced: StepVerifier.withVirtualTime has disposed of it at its"
              + " end, with all that was scheduled: advance before it, or in it by thenAwait");
    }
    return virtual;
  }

  /** Ends what this has started. */
  synchronized void close() {
    Scheduler mine = owned;
    if (mine != null) {
      mine.dispose(); // a virtual time that is enabled is reset by that
    }
  }

  @Override
  public String toString() {
    Clock now = clock;
    if (now == null) {
      return "no time yet";
    }
    if (now.isVirtual()) {
      return "virtual time " + now() + (now.isOver() ? ", which is over" : "");
    }
    return now.scheduler() == owned ? "the wall's time" : "the scheduler " + now.scheduler();
  }
}
