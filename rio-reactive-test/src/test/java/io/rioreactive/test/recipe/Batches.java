package io.rioreactive.test.recipe;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/** Lines to a database: batches of 500, or of what came within 100 ms, two of them at a time. */
class Batches {

  private Batches() {}

  /**
   * While the store is slow, fewer receives are posted, and what is read ahead is bounded.
   *
   * @param store completes when a batch is stored
   * @param onGivenUp gets a batch that could not be stored after five more tries
   */
  static Mono<Void> write(
      Flux<String> lines,
      Function<List<String>, Mono<Void>> store,
      Consumer<List<String>> onGivenUp) {
    return lines
        .bufferTimeout(500, Duration.ofMillis(100), true)
        .flatMap(
            batch ->
                Mono.defer(() -> store.apply(batch))
                    .retryWhen(Retry.backoff(5, Duration.ofMillis(100)))
                    .onErrorResume(failure -> Mono.fromRunnable(() -> onGivenUp.accept(batch))),
            2)
        .then();
  }
}
