package io.rioreactive.hook;

/**
 * A pump as its driver sees it. All methods but {@link #endAwait} and {@link #isEnded} are for one
 * thread at a time, with a happens-before edge from each call to the next.
 */
public interface PumpTurns {

  /**
   * Runs one turn: tasks, one batch of completions, posts and sends, commits.
   *
   * @return whether there was anything to do
   */
  boolean turn();

  /**
   * After a turn: from now on whoever has work for the pump calls {@link PumpDriver#wake}. What is
   * to be dequeued is not looked for: that is for whoever waits in the kernel, or knows it.
   *
   * @return false if work has come meanwhile, or is left, or the pump has ended: look again instead
   *     of waiting
   */
  boolean park();

  /** The driver is about to turn again. Undoes {@link #park}; may be called without it. */
  void unpark();

  /**
   * Waits in the kernel until there may be work. Only between {@link #park} and {@link #unpark}.
   *
   * @return false, at once, if nothing has been opened in the kernel yet
   */
  boolean await();

  /**
   * Ends an {@link #await} in progress, or the next one. Any thread.
   *
   * @return false if nothing has been opened in the kernel yet
   */
  boolean endAwait();

  /** Whether the pump has closed its queue: no turn does anything any more. Any thread. */
  boolean isEnded();
}
