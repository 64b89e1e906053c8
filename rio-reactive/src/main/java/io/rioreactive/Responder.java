package io.rioreactive;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The application's {@code respond} function on one connection: a call for each datagram, some of
 * them at once, and nothing that one of them does concerns another.
 *
 * <pre>
 *   datagram → function → replies ─┬─ in any order → send
 *                           error ─┤
 *                         timeout ─┴─ counted, and the call is over
 * </pre>
 *
 * <p>Calls that are under way are the demand. The function is called on the pump; its publisher
 * emits wherever it likes.
 */
final class Responder {

  private static final Logger LOG = LoggerFactory.getLogger(Responder.class);

  private final UdpConnection connection;
  private final Function<? super Datagram, ? extends Publisher<Datagram>> function;
  private final int concurrency;
  private final Duration timeout;

  /** Those that wait for something, and so may never end. */
  private final AtomicInteger waiting = new AtomicInteger();

  /** On the pump. */
  private final FailureLog failures;

  private Responder(
      UdpConnection connection,
      Function<? super Datagram, ? extends Publisher<Datagram>> function,
      int concurrency,
      Duration timeout) {
    this.connection = connection;
    this.function = function;
    this.concurrency = concurrency;
    this.timeout = timeout;
    this.failures =
        new FailureLog(LOG, connection, "a call of the respond function failed", ", and no other");
  }

  /** Null where the application has no such function. */
  static @Nullable Responder of(UdpConnection connection, UdpOptions options) {
    var function = options.respond();
    return function == null
        ? null
        : new Responder(
            connection, function, options.respondConcurrency(), options.respondTimeout());
  }

  /** What a handler does that answers each datagram. */
  Publisher<Void> handle(RioInbound in, RioOutbound out) {
    return out.send(in.receive().flatMap(this::call, concurrency));
  }

  /** Calls that have not ended. Any thread. */
  int waiting() {
    return waiting.get();
  }

  private Publisher<Datagram> call(Datagram query) {
    Flux<Datagram> replies;
    try {
      replies = replies(query);
    } catch (Throwable thrown) {
      replies = Flux.error(thrown);
    }
    return new CallFlux(replies).onErrorResume(this::onFailure);
  }

  private Flux<Datagram> replies(Datagram query) {
    Publisher<Datagram> replies =
        NoPublisher.unlessNull(
            function.apply(query),
            "the function given to respond returned null: return Mono.empty() for no reply");
    boolean isHere = replies instanceof Callable; // a value, or computed in the call
    return isHere ? Flux.from(replies) : limited(replies);
  }

  private Flux<Datagram> limited(Publisher<Datagram> replies) {
    Flux<Datagram> limited = Flux.from(replies);
    if (!timeout.isZero()) {
      // takeUntilOther stays subscribed to its source when the other one fails.
      Disposable.Swap source = Disposables.swap();
      limited =
          limited
              .doOnSubscribe(subscription -> source.replace(subscription::cancel))
              .takeUntilOther(
                  Mono.delay(timeout)
                      .doOnNext(ignored -> source.dispose())
                      .then(Mono.error(this::timeUp)));
    }
    return limited
        .doOnSubscribe(ignored -> waiting.incrementAndGet())
        .doFinally(ignored -> waiting.decrementAndGet());
  }

  private Throwable timeUp() {
    return new CallTimeout("a call of the respond function has not ended within " + timeout);
  }

  /** From whatever thread the call ended on. An error of the JVM ends the handler instead. */
  private Publisher<Datagram> onFailure(Throwable failure) {
    if (Exceptions.isJvmFatal(failure) && !isOfOneCall(failure)) {
      return Flux.error(failure);
    }
    connection.execute(() -> onFailureOnPump(failure));
    return Flux.empty();
  }

  /**
   * A parser that goes too deep, a class that one path lacks: whoever can send the datagram that
   * does it shall not end the server.
   */
  private static boolean isOfOneCall(Throwable failure) {
    return failure instanceof StackOverflowError || failure instanceof LinkageError;
  }

  private void onFailureOnPump(Throwable failure) {
    boolean isTimeout = failure instanceof CallTimeout;
    connection
        .counters()
        .increment(isTimeout ? Counters.RESPOND_TIMED_OUT : Counters.HANDLER_FAILED);
    failures.onFailure(failure);
  }

  /** Ours, and not one that the application's own timeout has thrown. */
  private static final class CallTimeout extends TimeoutException {

    private static final long serialVersionUID = 1L;

    CallTimeout(String message) {
      super(message);
    }
  }
}
