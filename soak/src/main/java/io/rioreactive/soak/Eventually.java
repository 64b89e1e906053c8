package io.rioreactive.soak;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits for what others bring about, and never for ever. A time in which this process itself stands
 * still, stopped or starved, counts for a second: nobody could be seen to be back then.
 */
final class Eventually {

  /** Longer than anything takes on a busy machine. */
  static final Duration LONGEST = Duration.ofSeconds(30);

  private static final long POLL_MILLIS = 1;
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private Eventually() {}

  /** What is still wrong; null once nothing is. */
  @FunctionalInterface
  interface Problem {
    @Nullable String now() throws Exception;
  }

  /** What may take a second. */
  @FunctionalInterface
  interface Second<T> {
    @Nullable T await() throws InterruptedException;
  }

  /**
   * Waits until there is no problem any more.
   *
   * @return how long that took
   * @throws SoakFailure with the last problem, when the time is up
   */
  static Duration none(String what, Problem problem) throws InterruptedException {
    long began = System.nanoTime();
    long last = began;
    long waited = 0;
    for (String now = ask(problem); now != null; now = ask(problem)) {
      long time = System.nanoTime();
      waited += Math.min(time - last, SECOND);
      last = time;
      if (waited > LONGEST.toNanos()) {
        throw new SoakFailure("%s: still so after %s: %s".formatted(what, LONGEST, now));
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
    return Duration.ofNanos(System.nanoTime() - began);
  }

  /** Asks again and again for what waits a second at most; null when so many have passed. */
  static <T> @Nullable T within(Duration longest, Second<T> second) throws InterruptedException {
    T result = null;
    for (long i = 0; i < longest.toSeconds() && result == null; i++) {
      result = second.await();
    }
    return result;
  }

  /** Whether a process ends in so much time. */
  static boolean ends(Process process, Duration longest) throws InterruptedException {
    return within(longest, () -> process.waitFor(1, TimeUnit.SECONDS) ? process : null) != null;
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
