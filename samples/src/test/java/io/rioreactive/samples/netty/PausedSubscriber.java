package io.rioreactive.samples.netty;

import static io.rioreactive.samples.netty.BothLibraries.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/** Asks for nothing until it is told to, and keeps what it gets. */
final class PausedSubscriber<T> extends BaseSubscriber<T> {

  private final Queue<T> got = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();

  @Override
  protected void hookOnSubscribe(Subscription subscription) {}

  /** Waits for the subscription, which reactor-netty makes on a thread of its own. */
  void ask(long more) {
    eventually(() -> assertThat(upstream()).isNotNull());
    request(more);
  }

  @Override
  protected void hookOnNext(T value) {
    got.add(value);
  }

  @Override
  protected void hookOnError(Throwable error) {
    errors.add(error);
  }

  List<T> got() {
    return List.copyOf(got);
  }

  List<Throwable> errors() {
    return List.copyOf(errors);
  }
}
