package io.rioreactive.test;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a {@link BlockWatch} watches over: a network, or a pump by hand. Any thread. */
interface Watched {

  /** Changes whenever anything is done, and whenever somebody moves time. */
  long activity();

  /**
   * How long a thread may wait like that on the wall while nothing is done; zero for as long as it
   * likes, since something may end the wait.
   */
  Duration patience(BlockedThread waits);

  /** The thread that turns it now; null between turns. */
  @Nullable Thread runner();

  /** Why nothing ends the wait, and what the test should do. */
  String standstill();

  /** Who it is and what happened last, a line each. */
  Iterable<String> history();

  /** Whether whoever still waits after its end cannot be helped but by an interrupt. */
  boolean mayInterrupt();

  /** Lets what waits see that it is broken. */
  void run();
}
