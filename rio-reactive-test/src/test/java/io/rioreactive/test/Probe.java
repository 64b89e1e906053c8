package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.util.context.Context;

/**
 * A subscriber that writes down what it is told, does in each signal what the test says, and finds
 * signals that overlap, come before {@code onSubscribe} has returned, or after the end.
 *
 * <p>Raw on purpose: what it throws reaches the publisher.
 */
final class Probe<T> implements CoreSubscriber<T> {

  private final List<T> values = new ArrayList<>();
  private final List<String> breaches = new ArrayList<>();
  private Consumer<Subscription> onSubscribe = subscription -> {};
  private Consumer<T> onNext = value -> {};
  private Runnable onEnd = () -> {};
  private Context context = Context.empty();
  private @Nullable Subscription subscription;
  private @Nullable Throwable error;
  private boolean complete;
  private @Nullable String inside;

  /** Requests nothing by itself. */
  Probe() {}

  static <T> Probe<T> requesting(long n) {
    return new Probe<T>().onSubscribe(subscription -> subscription.request(n));
  }

  static <T> Probe<T> unbounded() {
    return requesting(Long.MAX_VALUE);
  }

  Probe<T> onSubscribe(Consumer<Subscription> action) {
    onSubscribe = onSubscribe.andThen(action);
    return this;
  }

  Probe<T> onNext(Consumer<T> action) {
    onNext = onNext.andThen(action);
    return this;
  }

  /** In onComplete and in onError. */
  Probe<T> onEnd(Runnable action) {
    onEnd = action;
    return this;
  }

  Probe<T> context(Context context) {
    this.context = context;
    return this;
  }

  void request(long n) {
    subscription().request(n);
  }

  void cancel() {
    subscription().cancel();
  }

  Subscription subscription() {
    return Objects.requireNonNull(subscription, "onSubscribe has not been called");
  }

  @Override
  public Context currentContext() {
    return context;
  }

  @Override
  public void onSubscribe(Subscription given) {
    signal(
        "onSubscribe",
        () -> {
          if (subscription != null) {
            breaches.add("a second onSubscribe");
          }
          subscription = given;
          onSubscribe.accept(given);
        });
  }

  @Override
  public void onNext(T value) {
    values.add(value);
    signal("onNext", () -> onNext.accept(value));
  }

  @Override
  public void onError(Throwable failure) {
    signal(
        "onError",
        () -> {
          error = failure;
          onEnd.run();
        });
  }

  @Override
  public void onComplete() {
    signal(
        "onComplete",
        () -> {
          complete = true;
          onEnd.run();
        });
  }

  private void signal(String name, Runnable action) {
    if (inside != null) {
      breaches.add(name + " inside " + inside);
    }
    if (error != null || complete) {
      breaches.add(name + " after the end");
    }
    inside = name;
    try {
      action.run();
    } finally {
      inside = null;
    }
  }

  private void assertSerial() {
    assertThat(breaches).as("breaches of Reactive Streams").isEmpty();
  }

  /** What it got, in order. */
  List<T> values() {
    assertSerial();
    return values;
  }

  boolean isComplete() {
    assertSerial();
    return complete;
  }

  @Nullable Throwable error() {
    assertSerial();
    return error;
  }

  /** Whether it has got neither onComplete nor onError. */
  boolean isLive() {
    assertSerial();
    return !complete && error == null;
  }
}
