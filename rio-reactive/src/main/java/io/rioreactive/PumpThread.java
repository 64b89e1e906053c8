package io.rioreactive;

import io.rioreactive.hook.PumpDriver;
import io.rioreactive.hook.PumpTurns;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.NonBlocking;

/**
 * Turns one pump for as long as it lives: the driver in production. A daemon, since a server is
 * kept alive by whoever waits for its {@code onDispose}; {@link NonBlocking}, so that {@code
 * block()} on it throws.
 */
final class PumpThread extends Thread implements NonBlocking, PumpDriver {

  /** How long to go on asking after the last work, before it sleeps. */
  private final long busyPollNanos;

  private @Nullable PumpTurns pump;
  private @Nullable PumpWatch watch;

  PumpThread(String name, Duration busyPoll) {
    super(name);
    busyPollNanos = busyPoll.toNanos();
    setDaemon(true);
  }

  /** Has the pump watched while the thread runs. */
  void watched(PumpWatch watch) {
    this.watch = watch;
  }

  @Override
  public void start(PumpTurns pump) {
    this.pump = pump;
    start();
  }

  @Override
  public void wake() {
    PumpTurns turns = pump;
    if (turns != null && !turns.endAwait()) {
      LockSupport.unpark(this);
    }
  }

  @Override
  public void run() {
    Disposable watching = watch == null ? Disposables.disposed() : watch.start();
    try {
      turnUntilEnded();
    } finally {
      watching.dispose();
    }
  }

  private void turnUntilEnded() {
    PumpTurns turns = pump;
    while (turns != null && !turns.isEnded()) {
      if (workOrPoll(turns) || !turns.park()) {
        continue;
      }
      if (!turns.await()) {
        awaitFirstBind();
      }
      turns.unpark();
    }
  }

  /** Turns, and again until there was work or the time for that is up; answers which. */
  private boolean workOrPoll(PumpTurns turns) {
    if (turns.turn()) {
      return true;
    }
    if (busyPollNanos == 0) {
      return false;
    }
    long began = System.nanoTime();
    do {
      spin();
      if (turns.turn() || turns.isEnded()) {
        return true;
      }
    } while (System.nanoTime() - began < busyPollNanos);
    return false;
  }

  // By their names BlockHound knows that these two may wait: the turns may not.

  /** Nothing has been opened in the kernel yet, so there is nothing there to wait in. */
  private void awaitFirstBind() {
    LockSupport.park(this);
  }

  private static void spin() {
    Thread.onSpinWait();
  }
}
