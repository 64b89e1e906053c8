package io.rioreactive;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/**
 * When a handler that failed is subscribed again, unless the user says otherwise: at once; if it
 * fails again within ten seconds, after 10 ms, then doubled up to one second; ten good seconds
 * reset that.
 *
 * <p>{@link Retry#backoff} cannot say this: its delay grows with the number of failures in a row,
 * which only an onNext resets, and a {@code Publisher<Void>} has none.
 */
final class HandlerRetry extends Retry {

  static final Duration GOOD = Duration.ofSeconds(10);
  static final Duration FIRST = Duration.ofMillis(10);
  static final Duration LONGEST = Duration.ofSeconds(1);

  @Override
  public Publisher<Long> generateCompanion(Flux<RetrySignal> failures) {
    // Schedulers are looked up at subscription, so that virtual time works.
    return Flux.defer(
        () -> {
          Pace pace = new Pace(Schedulers.parallel());
          return failures.concatMap(ignored -> pace.next());
        });
  }

  /** The delays of one handler; its failures come one after the other. */
  private static final class Pace {

    private final Scheduler scheduler;
    private long lastFailure;
    private Duration delay = Duration.ZERO;
    private boolean hasFailed;

    Pace(Scheduler scheduler) {
      this.scheduler = scheduler;
    }

    Mono<Long> next() {
      long now = scheduler.now(TimeUnit.MILLISECONDS);
      if (!hasFailed || now - lastFailure > delay.plus(GOOD).toMillis()) {
        delay = Duration.ZERO;
      } else if (delay.isZero()) {
        delay = FIRST;
      } else {
        Duration twice = delay.multipliedBy(2);
        delay = twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
      }
      hasFailed = true;
      lastFailure = now;
      return delay.isZero() ? Mono.just(0L) : Mono.delay(delay, scheduler);
    }
  }
}
