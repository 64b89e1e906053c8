package io.rioreactive.benchmarks.jmh;

import io.rioreactive.hook.PumpDriver;
import io.rioreactive.hook.PumpTurns;

/** Leaves the turning of a pump to the benchmark. */
public final class HandTurned implements PumpDriver {

  private PumpTurns pump = new NotYet();

  /** Drives nothing yet. */
  public HandTurned() {}

  @Override
  public void start(PumpTurns pump) {
    this.pump = pump;
  }

  @Override
  public void wake() {}

  /** One turn; answers whether there was anything to do. */
  public boolean turn() {
    return pump.turn();
  }

  /** Turns until there is nothing left to do, a hundred times at most. */
  public void settle() {
    for (int i = 0; i < 100 && pump.turn(); i++) {}
  }

  /** Before the first bind. */
  private static final class NotYet implements PumpTurns {
    @Override
    public boolean turn() {
      return false;
    }

    @Override
    public boolean park() {
      return false;
    }

    @Override
    public void unpark() {}

    @Override
    public boolean await() {
      return false;
    }

    @Override
    public boolean endAwait() {
      return false;
    }

    @Override
    public boolean isEnded() {
      return false;
    }
  }
}
