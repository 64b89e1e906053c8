package io.rioreactive.test.fuzz;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** A publisher that emits and ends when the program says so, and keeps to what is requested. */
final class HandSource<T> implements Publisher<T>, Subscription {

  private final Runnable onCancel;
  private @Nullable Subscriber<? super T> subscriber;
  private long requested;
  private boolean over;

  HandSource(Runnable onCancel) {
    this.onCancel = onCancel;
  }

  @Override
  public void subscribe(Subscriber<? super T> given) {
    subscriber = given;
    given.onSubscribe(this);
  }

  @Override
  public void request(long n) {
    requested = requested + n < 0 ? Long.MAX_VALUE : requested + n;
  }

  @Override
  public void cancel() {
    if (!over) {
      over = true;
      onCancel.run();
    }
  }

  boolean isLive() {
    return subscriber != null && !over;
  }

  /** Emits so many, or as many as are requested if those are fewer. */
  int emit(int count, Supplier<T> next) {
    int emitted = 0;
    while (emitted < count && requested > 0 && isLive()) {
      requested--;
      emitted++;
      target().onNext(next.get());
    }
    return emitted;
  }

  void complete() {
    over = true;
    target().onComplete();
  }

  void fail(Throwable error) {
    over = true;
    target().onError(error);
  }

  private Subscriber<? super T> target() {
    Subscriber<? super T> current = subscriber;
    if (current == null) {
      throw new IllegalStateException("nobody has subscribed");
    }
    return current;
  }
}
