package io.rioreactive.hook;

import io.rioreactive.kernel.RequestQueue;

/** Who turns a pump: a thread of its own, a scheduler, or a test by hand. */
public interface PumpDriver {

  /** Begins to turn the pump. Called once, before anything else, by any thread. */
  void start(PumpTurns pump);

  /** The parked pump has work: see that it turns soon. Any thread. */
  void wake();

  /**
   * The calling thread is about to block until the pump has done something that has been handed to
   * it. A driver whose turns would wait for that very thread turns here; one with a thread of its
   * own has nothing to do. Any thread.
   *
   * @throws IllegalStateException if the calling thread is inside a turn: it would wait for itself
   */
  default void beforeBlock() {}

  /**
   * A socket has been bound on a pump of this driver. On the pump; must not block or throw.
   *
   * @param connection the application's side of it, which this package does not know
   */
  default void onBound(Object connection, RequestQueue queue) {}
}
