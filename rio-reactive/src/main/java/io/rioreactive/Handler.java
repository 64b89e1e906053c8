package io.rioreactive;

import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * The application's {@code handle} publisher on one connection: subscribed when the socket is
 * bound, again when it fails, cancelled when the connection closes.
 *
 * <p>{@link #onOpen}, {@link #onJvmError}, {@link #onClose} and {@link #isDone} are for the pump;
 * the publisher's signals come from wherever the application emits them.
 */
final class Handler {

  private static final Logger LOG = LoggerFactory.getLogger(Handler.class);

  private final UdpConnection connection;
  private final UdpOptions options;
  private final BiFunction<? super RioInbound, ? super RioOutbound, ? extends Publisher<Void>>
      function;
  private final Disposable.Swap subscription = Disposables.swap();
  private boolean done;
  private final FailureLog failures;

  /** The turn of the last try; pump only. */
  private long lastTry = -1;

  /** The one that was given, or the one that responds; null where there is neither. */
  static @Nullable Handler of(
      UdpConnection connection, UdpOptions options, @Nullable Responder responder) {
    if (responder != null) {
      return new Handler(connection, options, responder::handle);
    }
    var function = options.handler();
    return function == null ? null : new Handler(connection, options, function);
  }

  private Handler(
      UdpConnection connection,
      UdpOptions options,
      BiFunction<? super RioInbound, ? super RioOutbound, ? extends Publisher<Void>> function) {
    this.connection = connection;
    this.options = options;
    this.function = function;
    this.failures =
        new FailureLog(
            LOG,
            connection,
            "the handler failed",
            "; handlerRetry says when it is subscribed again");
  }

  void onOpen() {
    try {
      subscription.update(
          Flux.defer(this::call)
              .onErrorMap(Exceptions::isJvmFatal, JvmFatal::new)
              .retryWhen(Retry.from(this::retries))
              .contextWrite(options.context())
              .subscribe(ignored -> {}, this::onError, () -> done(null)));
    } catch (Throwable thrown) { // an error of the JVM, from subscribe itself
      onJvmError(thrown);
    }
  }

  /** One that has come by no signal. */
  void onJvmError(Throwable thrown) {
    connection.counters().increment(Counters.HANDLER_FAILED);
    onError(thrown);
  }

  void onClose() {
    done = true;
    try {
      subscription.dispose();
    } catch (Throwable thrown) {
      LOG.error("{}: the publisher of the handler threw from cancel", connection, thrown);
    }
  }

  boolean isDone() {
    return done;
  }

  private Publisher<Void> call() {
    try {
      return Flux.from(
          NoPublisher.unlessNull(
              function.apply(connection.inbound(), connection.outbound()),
              "the function given to handle returned null: return a Publisher<Void>, or"
                  + " out.neverComplete() to keep the connection open"));
    } catch (Throwable thrown) {
      return Flux.error(thrown);
    }
  }

  /** The user's retry, asked only while trying again makes sense. */
  private Publisher<?> retries(Flux<Retry.RetrySignal> failures) {
    return Flux.from(options.handlerRetry().generateCompanion(failures.map(this::onFailure)))
        .concatMap(ignored -> nextTry());
  }

  /**
   * On the pump. At once, so that what is left of a batch finds its subscriber; but once in a turn,
   * so that a handler that fails again and again does not keep the other connections waiting.
   */
  private Mono<Boolean> nextTry() {
    Pump pump = connection.pump();
    if (pump.isOnPump() && pump.turns() != lastTry) {
      lastTry = pump.turns();
      return Mono.just(true);
    }
    return Mono.create(
        sink ->
            pump.later(
                () -> {
                  lastTry = pump.turns();
                  sink.success(true);
                }));
  }

  private Retry.RetrySignal onFailure(Retry.RetrySignal signal) {
    Throwable failure = signal.failure();
    if (failure != connection.failure()) { // else it has only passed on why its connection ended
      connection.counters().increment(Counters.HANDLER_FAILED);
    }
    if (connection.isEnding() || failure instanceof JvmFatal) {
      throw Exceptions.propagate(failure);
    }
    failures.onFailure(failure);
    return signal;
  }

  private void onError(Throwable error) {
    Throwable cause = error instanceof JvmFatal ? error.getCause() : null;
    Throwable failure = cause == null ? error : cause;
    if (!connection.isClosing()) {
      LOG.error(
          "{}: the handler failed for good: the connection closes",
          connection,
          Withheld.of(failure, options));
    }
    done(failure);
  }

  /** Never within the signal that ends it, which may be inside an onNext of the inbound. */
  private void done(@Nullable Throwable failure) {
    connection
        .pump()
        .later(
            () -> {
              done = true;
              connection.onHandlerDone(failure);
            });
  }

  /** An error of the JVM on its way through operators that would throw it instead. */
  private static final class JvmFatal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    JvmFatal(Throwable cause) {
      super(cause);
    }
  }
}
