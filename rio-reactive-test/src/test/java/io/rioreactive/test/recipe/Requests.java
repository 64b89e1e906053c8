package io.rioreactive.test.recipe;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/** Any number of questions at once over one client: "7 question" is answered by "7 answer". */
class Requests implements Disposable {

  private final RioConnection connection;
  private final Map<String, Sinks.One<String>> waiting = new ConcurrentHashMap<>();
  private final AtomicLong ids = new AtomicLong();
  private final Disposable answers;

  Requests(RioConnection connection) {
    this.connection = connection;
    answers = connection.receive().subscribe(this::onAnswer, this::onFailure);
  }

  /** Sends it up to four times and waits a second each time. A copy may be answered, too. */
  Mono<String> ask(String question) {
    return Mono.defer(
        () -> {
          String id = Long.toString(ids.incrementAndGet());
          Sinks.One<String> answer = Sinks.one();
          waiting.put(id, answer);
          return connection
              .send(Mono.just(Datagram.of(id + " " + question)))
              .then(answer.asMono())
              .timeout(Duration.ofSeconds(1))
              .retryWhen(
                  Retry.backoff(3, Duration.ofMillis(100))
                      .filter(failure -> failure instanceof TimeoutException))
              .doFinally(end -> waiting.remove(id));
        });
  }

  /** One that nobody waits for is a copy, or too late, or not ours. */
  private void onAnswer(Datagram datagram) {
    String[] words = datagram.asString().split(" ", 2);
    Sinks.One<String> answer = waiting.get(words[0]);
    if (answer != null && words.length == 2) {
      answer.tryEmitValue(words[1]);
    }
  }

  private void onFailure(Throwable failure) {
    waiting.values().forEach(answer -> answer.tryEmitError(failure));
  }

  int waiting() {
    return waiting.size();
  }

  @Override
  public void dispose() {
    answers.dispose();
  }
}
