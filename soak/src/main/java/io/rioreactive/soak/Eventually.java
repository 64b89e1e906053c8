package io.rioreactive.soak;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Waits for what others bring about, and never for ever. */
final class Eventually {

  /** Longer than anything takes on a busy machine. */
  static final Duration LONGEST = Duration.ofSeconds(30);

  private static final long POLL_MILLIS = 1;

  private Eventually() {}

  /** What is still wrong; null once nothing is. */
  @FunctionalInterface
  interface Problem {
    @Nullable String now() throws Exception;
  }

  /**
   * Waits until there is no problem any more.
   *
   * @return how long that took
   * @throws SoakFailure with the last problem, when the time is up
   */
  static Duration none(String what, Problem problem) throws InterruptedException {
    long began = System.nanoTime();
    while (true) {
      String now = ask(problem);
      Duration elapsed = Duration.ofNanos(System.nanoTime() - began);
      if (now == null) {
        return elapsed;
      }
      if (elapsed.compareTo(LONGEST) > 0) {
        throw new SoakFailure("%s: still so after %s: %s".formatted(what, LONGEST, now));
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  private static @Nullable String ask(Problem problem) {
    try {
      return problem.now();
    } catch (RuntimeException failure) {
      throw failure;
    } catch (Exception failure) {
      throw new SoakFailure(failure.toString(), failure);
    }
  }
}
