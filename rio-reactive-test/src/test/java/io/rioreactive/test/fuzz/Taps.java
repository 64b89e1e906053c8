package io.rioreactive.test.fuzz;

import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/** An inbound with a tap between it and whoever subscribes. */
final class Taps<T> extends Flux<T> {

  private final Model model;
  private final ModelConnection connection;
  private final String name;
  private final Publisher<T> inbound;

  private Taps(Model model, ModelConnection connection, String name, Publisher<T> inbound) {
    this.model = model;
    this.connection = connection;
    this.name = name;
    this.inbound = inbound;
  }

  static <T> Flux<T> tapped(
      Model model, ModelConnection connection, String name, Publisher<T> inbound) {
    return new Taps<>(model, connection, name, inbound);
  }

  @Override
  public void subscribe(CoreSubscriber<? super T> actual) {
    new InboundTap<T>(model, connection, name, InboundTap.Sort.RECEIVE, 0, actual)
        .subscribeTo(inbound);
  }
}
