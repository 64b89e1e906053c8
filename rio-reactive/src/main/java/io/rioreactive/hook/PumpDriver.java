package io.rioreactive.hook;

/** Who turns a pump: a thread of its own, a scheduler, or a test by hand. */
public interface PumpDriver {

  /** Begins to turn the pump. Called once, before anything else, by any thread. */
  void start(PumpTurns pump);

  /** The parked pump has work: see that it turns soon. Any thread. */
  void wake();
}
