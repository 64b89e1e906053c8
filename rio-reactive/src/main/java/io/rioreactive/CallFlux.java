package io.rioreactive;

import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * The replies of one call of {@code respond}, which end by a signal whatever happens. Operators
 * throw errors of the JVM in place of one, and what is thrown while they are subscribed or asked
 * for more would fall on whoever did that: on the inbound, and so on all other calls.
 */
final class CallFlux extends Flux<Datagram> {

  private final Flux<Datagram> replies;

  CallFlux(Flux<Datagram> replies) {
    this.replies = replies;
  }

  @Override
  public void subscribe(CoreSubscriber<? super Datagram> actual) {
    Call call = new Call(actual);
    try {
      replies.subscribe(call);
    } catch (Throwable thrown) {
      call.onThrown(thrown);
    }
  }

  /** Its signals are serial, and what is thrown comes from inside of one. */
  private static final class Call implements CoreSubscriber<Datagram>, Subscription {

    private final CoreSubscriber<? super Datagram> actual;
    private @Nullable Subscription upstream;
    private volatile boolean done;

    Call(CoreSubscriber<? super Datagram> actual) {
      this.actual = actual;
    }

    @Override
    public Context currentContext() {
      return actual.currentContext();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
      if (Operators.validate(upstream, subscription)) {
        upstream = subscription;
        actual.onSubscribe(this);
      }
    }

    @Override
    public void onNext(Datagram reply) {
      if (!done) {
        actual.onNext(reply);
      }
    }

    @Override
    public void onError(Throwable failure) {
      if (!done) {
        done = true;
        actual.onError(failure);
      }
    }

    @Override
    public void onComplete() {
      if (!done) {
        done = true;
        actual.onComplete();
      }
    }

    @Override
    public void request(long n) {
      Subscription source = upstream;
      if (source != null) {
        try {
          source.request(n);
        } catch (Throwable thrown) {
          onThrown(thrown);
        }
      }
    }

    @Override
    public void cancel() {
      Subscription source = upstream;
      if (source != null) {
        source.cancel();
      }
    }

    void onThrown(Throwable thrown) {
      cancel();
      onError(thrown);
    }
  }
}
