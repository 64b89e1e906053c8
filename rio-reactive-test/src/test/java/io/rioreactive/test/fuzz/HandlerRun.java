package io.rioreactive.test.fuzz;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/** What the model knows of a {@code handle} publisher: it ends when the program says so. */
final class HandlerRun {

  private static final long LONGEST_PAUSE = 1_000;

  /** What the next call of the function does. */
  enum Next {
    THROW,
    NULL
  }

  private final Model model;
  private final ModelConnection connection;
  private final Deque<Next> next = new ArrayDeque<>();
  private @Nullable HandSource<Void> source;
  private boolean done;
  private boolean isSure = true;
  private long failures;
  private long waitsSince;

  HandlerRun(Model model, ModelConnection connection) {
    this.model = model;
    this.connection = connection;
  }

  void next(Next what) {
    next.add(what);
  }

  /** As the application's function. */
  @Nullable Publisher<Void> call(Runnable begin) {
    model.require(
        !isActive() && (!done || !isSure), "the handler of %s is called again", connection);
    done = false;
    isSure = true;
    Next what = next.poll();
    if (what != null) {
      onFailed();
      if (what == Next.THROW) {
        throw new IllegalStateException("the handler's function throws");
      }
      return null;
    }
    HandSource<Void> fresh = new HandSource<>(() -> source = null);
    source = fresh;
    begin.run();
    return fresh;
  }

  private void onFailed() {
    failures++;
    source = null;
    waitsSince = model.now();
    done = connection.life.isEnding();
    isSure = !model.isInTurn(); // else it may have failed just before the end began
  }

  boolean isActive() {
    HandSource<Void> current = source;
    return current != null && current.isLive();
  }

  void complete() {
    HandSource<Void> current = Objects.requireNonNull(source);
    done = true;
    connection.life.onHandlerDone();
    current.complete();
  }

  void fail() {
    HandSource<Void> current = Objects.requireNonNull(source);
    onFailed();
    current.fail(new IllegalStateException("the handler fails"));
  }

  /** Whether it has ended for good. */
  boolean isDone() {
    return done && isSure;
  }

  /** The same, or it failed in a turn that the end began in, and nobody knows in which order. */
  boolean mayBeDone() {
    return done;
  }

  long failures() {
    return failures;
  }

  void check() {
    model.require(
        done || isActive() || model.now() < waitsSince + LONGEST_PAUSE,
        "the handler of %s failed and is not subscribed again",
        connection);
  }
}
