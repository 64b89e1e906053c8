package io.rioreactive.benchmarks.driver;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * What is going on, for who waits at a terminal, and how long it will take: what was reckoned, put
 * right by how long the part that is done has taken.
 */
final class Progress {

  private final double reckoned;
  private final long began = System.nanoTime();
  private double done;

  /** Seconds that all of it is reckoned to take. */
  Progress(double reckoned) {
    this.reckoned = reckoned;
  }

  void show(String what) {
    System.err.println(what + "; " + inWords(left()) + " left …");
  }

  /** A part is done that was reckoned to take so many seconds. */
  void onDone(double seconds) {
    done += seconds;
  }

  private double left() {
    double elapsed = (double) (System.nanoTime() - began) / TimeUnit.SECONDS.toNanos(1);
    double pace = done > 0 ? elapsed / done : 1;
    return Math.max(0, reckoned - done) * pace;
  }

  /** As {@code about 12 minutes}. */
  static String inWords(double seconds) {
    long minutes = Math.round(seconds / 60);
    return minutes < 2
        ? String.format(Locale.ROOT, "about %.0f seconds", seconds)
        : "about " + minutes + " minutes";
  }
}
