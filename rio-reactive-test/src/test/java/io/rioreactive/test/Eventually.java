package io.rioreactive.test;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.awaitility.core.ThrowingRunnable;

/** For what other threads bring about. */
public final class Eventually {

  /** Longer than anything takes; a test that needs all of it has failed. */
  private static final Duration LONG = Duration.ofSeconds(20);

  private Eventually() {}

  /** Waits until it holds. */
  public static void eventually(ThrowingRunnable assertion) {
    await()
        .atMost(LONG)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .untilAsserted(assertion);
  }
}
