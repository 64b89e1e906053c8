package io.rioreactive.benchmarks.contender;

import java.io.IOException;
import java.util.List;

/** A library, set up the way its own docs say for the task at hand. */
interface Contender {

  /**
   * Binds what the task needs, on the loopback address at any port, and returns.
   *
   * @param tally counts what it receives and replies
   * @throws UnsupportedOperationException if this library has nothing for such a task
   */
  Service start(Task task, Tally tally) throws IOException;

  /** What has been bound. */
  interface Service {

    /** The local ports, one for each socket. */
    List<Integer> ports();

    /** What it moves datagrams with, in a few words: what it fell back to shows here. */
    String transport();

    /** Kernel drops as the library itself tells them to its user; -1 if it does not. */
    default long toldDrops() {
      return -1;
    }

    /** Sends a datagram for each of the turns, and returns when the system has taken all. */
    default void send(Turns turns) {
      throw new UnsupportedOperationException("does not send");
    }
  }
}
