package io.rioreactive.samples.statsd;

import java.time.Duration;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** How slow the sink is: the page's slider. Any thread. */
@Component
final class SinkDelay {

  /** The last two batches still fit into the time that a shutdown has. */
  static final int LONGEST = 1_000;

  private volatile int millis;

  int millis() {
    return millis;
  }

  /**
   * From the next batch on.
   *
   * @throws IllegalArgumentException if it is out of range
   */
  void millis(int millis) {
    if (millis < 0 || millis > LONGEST) {
      throw new IllegalArgumentException(
          "the delay is " + millis + ": allowed are 0 to " + LONGEST + " (milliseconds)");
    }
    this.millis = millis;
  }

  /** Completes when the sink is done with a batch; blocks nobody. */
  Mono<Long> pause() {
    int now = millis;
    return now == 0 ? Mono.empty() : Mono.delay(Duration.ofMillis(now));
  }
}
