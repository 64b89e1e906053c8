package io.rioreactive.samples.rioprobe;

import java.io.IOException;

/** Time that an experiment gives the system. */
final class Pause {

  private static final int MILLISECONDS = 300;

  private Pause() {}

  /**
   * Long enough for a datagram on the loopback address: what has not arrived now is taken for lost
   * or refused. Nothing tells when a socket drops one, so there is nothing else to wait for.
   */
  static void untilItMustHaveArrived() throws IOException {
    sleep(MILLISECONDS);
  }

  static void sleep(int milliseconds) throws IOException {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
