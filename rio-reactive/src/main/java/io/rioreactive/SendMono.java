package io.rioreactive;

import java.nio.channels.ClosedChannelException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** A send as a publisher: parameters only; an {@link OutboundSend} is made for each subscriber. */
final class SendMono<T> extends Mono<Void> implements Scannable {

  private final UdpOutbound outbound;
  private final Publisher<? extends T> source;
  private final DatagramEncoder<? super T> encoder;

  /** With Reactor's assembly hooks. */
  static <T> Mono<Void> of(
      UdpOutbound outbound, Publisher<? extends T> source, DatagramEncoder<? super T> encoder) {
    return onAssembly(new SendMono<T>(outbound, source, encoder));
  }

  private SendMono(
      UdpOutbound outbound, Publisher<? extends T> source, DatagramEncoder<? super T> encoder) {
    this.outbound = outbound;
    this.source = source;
    this.encoder = encoder;
  }

  @Override
  public void subscribe(CoreSubscriber<? super Void> actual) {
    int window = source instanceof Mono ? 1 : outbound.window();
    OutboundSend<T> send = new OutboundSend<>(outbound, actual, encoder, window);
    if (outbound.isClosed()) {
      send.refuse();
    } else {
      source(actual.currentContext()).subscribe(send);
    }
  }

  /**
   * The pump asks it for more. Where there is a context, thread-locals are set from it then too, if
   * the application propagates them (Reactor's {@code enableAutomaticContextPropagation}).
   */
  private Publisher<? extends T> source(Context context) {
    if (context.isEmpty()) {
      return source;
    }
    return source instanceof Mono<? extends T> mono
        ? mono.contextWrite(Function.identity())
        : Flux.from(source).contextWrite(Function.identity());
  }

  static ClosedChannelException closedError() {
    return new ClosedChannelException();
  }

  @Override
  @SuppressWarnings("rawtypes")
  public @Nullable Object scanUnsafe(Attr key) {
    if (key == Attr.PARENT) {
      return Scannable.from(source);
    }
    if (key == Attr.RUN_STYLE) {
      return Attr.RunStyle.ASYNC;
    }
    if (key == Attr.NAME) {
      return "rio.send " + outbound.name();
    }
    return null;
  }
}
