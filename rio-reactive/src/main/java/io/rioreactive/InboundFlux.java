package io.rioreactive;

import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;

/**
 * The received datagrams as a publisher: parameters only; a subscription is made for each
 * subscriber.
 */
final class InboundFlux<T> extends Flux<T> implements Scannable {

  private final UdpInbound inbound;
  private final DatagramDecoder<? extends T> decoder;

  /** With Reactor's assembly hooks. */
  static <T> Flux<T> of(UdpInbound inbound, DatagramDecoder<? extends T> decoder) {
    return onAssembly(new InboundFlux<T>(inbound, decoder));
  }

  private InboundFlux(UdpInbound inbound, DatagramDecoder<? extends T> decoder) {
    this.inbound = inbound;
    this.decoder = decoder;
  }

  @Override
  public void subscribe(CoreSubscriber<? super T> actual) {
    InboundSubscription<T> subscription = new InboundSubscription<>(inbound, actual, decoder);
    if (!inbound.take(subscription) && inbound.isTaken() && !inbound.isOnPump()) {
      Operators.error(actual, UdpInbound.taken()); // at once; on the pump it has to wait for a turn
      return;
    }
    try {
      actual.onSubscribe(subscription);
    } catch (Throwable thrown) { // rule 2.13: then it counts as cancelled
      subscription.cancel();
      throw thrown;
    }
    subscription.start(); // which ends it if the seat was not free
  }

  @Override
  @SuppressWarnings("rawtypes")
  public @Nullable Object scanUnsafe(Attr key) {
    if (key == Attr.RUN_STYLE) {
      return Attr.RunStyle.ASYNC;
    }
    if (key == Attr.NAME) {
      return "rio.receive " + inbound.name();
    }
    return null;
  }
}
