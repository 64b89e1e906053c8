package io.rioreactive.test;

import io.rioreactive.PumpGroup;
import io.rioreactive.hook.PumpDriver;
import io.rioreactive.hook.PumpHook;
import io.rioreactive.hook.PumpTurns;
import io.rioreactive.kernel.Kernel;
import java.util.concurrent.locks.LockSupport;
import reactor.core.scheduler.NonBlocking;

/** Turns a pump over a kernel of the test's on a thread of its own, as in production. */
public final class ThreadedPump extends Thread implements NonBlocking, PumpDriver {

  private volatile PumpTurns turns;

  /** For one pump. */
  public ThreadedPump() {
    super("rio-pump-simulated");
    setDaemon(true);
  }

  /** A group whose one pump is turned so. */
  public static PumpGroup over(Kernel kernel) {
    return PumpHook.newGroup(PumpGroup.class, kernel, new ThreadedPump());
  }

  @Override
  public void start(PumpTurns pump) {
    turns = pump;
    start();
  }

  @Override
  public void wake() {
    if (!turns.endAwait()) {
      LockSupport.unpark(this);
    }
  }

  @Override
  public void run() {
    while (!turns.isEnded()) {
      if (turns.turn() || !turns.park()) {
        continue;
      }
      if (!turns.await()) {
        LockSupport.park(this);
      }
      turns.unpark();
    }
  }
}
