package io.rioreactive.test.fuzz;

import io.rioreactive.kernel.KernelException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** How one connection comes to its end: who has ordered it, what failed, and what must follow. */
final class ModelLife {

  private static final int NEVER = Integer.MAX_VALUE;
  private static final long LAST_COMPLETIONS = 10_000;

  private final Model model;
  private final ModelConnection connection;

  private boolean disposed;
  private int closeOrdered = NEVER;
  private int drainOrdered = NEVER;
  private int failOrdered = NEVER;
  private long timeUp = Long.MAX_VALUE;
  private int timeUpOrdered = NEVER;
  private int lostCode;
  private boolean queueBroken;
  private @Nullable Predicate<Throwable> failure;
  private @Nullable Throwable seenFailure;
  private boolean closed;
  private long closedAt;
  private boolean gone;
  private boolean toldDisposed;

  ModelLife(Model model, ModelConnection connection) {
    this.model = model;
    this.connection = connection;
  }

  boolean isClosed() {
    return closed;
  }

  boolean isGone() {
    return gone;
  }

  boolean isDisposed() {
    return disposed;
  }

  // ---- orders: calls of the API that end it, and what fails

  void onDisposeCalled() {
    disposed = true;
    closeOrdered = Math.min(closeOrdered, model.turn());
    if (!closed) {
      model.workFor("dispose of " + connection);
    }
  }

  /** It is told to close, and takes arrivals until the pump has done so. */
  void onCloseOrdered(String why) {
    closeOrdered = Math.min(closeOrdered, model.turn());
    if (!closed && connection.isOpened()) {
      model.workFor(why + " of " + connection);
    }
  }

  void onShutdownCalled(long timeoutMillis) {
    drainOrdered = Math.min(drainOrdered, model.turn());
    timeUp = Math.min(timeUp, model.now() + timeoutMillis);
    if (!closed) {
      model.workFor("shutdown of " + connection);
    }
  }

  void onTimePassed() {
    if (model.now() >= timeUp && timeUpOrdered == NEVER) {
      timeUpOrdered = model.turn();
      if (!closed) {
        model.workFor("the end of the time for shutdown of " + connection);
      }
    }
    if (closed && !gone && model.now() >= closedAt + LAST_COMPLETIONS) {
      model.workFor("the end of the time for last completions of " + connection);
    }
  }

  void onQueueBroken(Throwable cause) {
    if (!gone) {
      queueBroken = true;
      fail(thrown -> thrown.equals(cause));
    }
  }

  void fail(Predicate<Throwable> cause) {
    if (!closed && failure == null) {
      failure = cause;
    }
  }

  static Predicate<Throwable> withCode(int code) {
    return thrown -> thrown instanceof KernelException refusal && refusal.code() == code;
  }

  /** Whether it has failed, or an order to close is in effect. */
  boolean mustBeClosed() {
    return failure != null
        || model.isInEffect(closeOrdered)
        || model.isInEffect(failOrdered)
        || (model.isInEffect(timeUpOrdered) && isDraining());
  }

  boolean isDraining() {
    return model.isInEffect(drainOrdered);
  }

  /** Whether what arrives is no longer wanted. */
  boolean isEnding() {
    return closed || disposed || mustBeClosed() || isDraining();
  }

  /** Whether its sends may be told that it is closed. */
  boolean mayClose() {
    return closed || mustBeClosed();
  }

  /** The handler has completed, or failed for good: which closes what is not draining. */
  void onHandlerDone() {
    if (drainOrdered == NEVER) {
      onCloseOrdered("the end of the handler");
    } else if (!closed) {
      model.workFor("the end of the handler of " + connection);
    }
  }

  /** A send was refused, since the socket is lost. */
  void onSocketLost(int code) {
    if (!closed && failure == null) {
      failOrdered = Math.min(failOrdered, model.turn());
      lostCode = lostCode == 0 ? code : lostCode;
    }
  }

  // ---- the end

  /** What a subscriber, or onDispose, is told in the end; null for completion. */
  void requireEnd(@Nullable Throwable told, Object who) {
    model.settleQuietly();
    model.require(isEnding(), "%s ends with %s, and %s does not", who, told, connection);
    Predicate<Throwable> cause = failure;
    if (cause == null && model.isInEffect(failOrdered)) {
      cause = withCode(lostCode);
    }
    if (told == null) {
      boolean mayComplete = cause == null || model.isInEffect(closeOrdered) || isDraining();
      model.require(
          mayComplete && (seenFailure == null || isDraining()),
          "%s completes, and %s failed",
          who,
          connection);
    } else {
      model.require(
          cause != null && cause.test(told), "%s fails with %s, and that is not why", who, told);
      model.require(
          seenFailure == null || told.equals(seenFailure),
          "%s: %s, and before %s",
          who,
          told,
          seenFailure);
      seenFailure = told;
    }
  }

  void onSocketClosed() {
    boolean may = mustBeClosed() || connection.mayBeDrained() || model.isEnded();
    model.require(may, "%s is closed, and nobody has said so", connection);
    closed = true;
    closedAt = model.now();
  }

  void onGone(boolean released) {
    model.require(!gone, "%s is released twice", connection);
    gone = true;
    int out = connection.outstanding();
    if (released) {
      model.require(out == 0, "%s is released with %d outstanding", connection, out);
    } else {
      boolean may = queueBroken || model.now() >= closedAt + LAST_COMPLETIONS;
      model.require(may && out > 0, "%s is abandoned with %d outstanding", connection, out);
    }
  }

  void onDisposeTold(@Nullable Throwable error) {
    model.require(!toldDisposed, "onDispose of %s is told twice", connection);
    toldDisposed = true;
    model.require(gone, "onDispose of %s is told before its slots are given back", connection);
    requireEnd(error, "onDispose of " + connection);
  }

  boolean isToldDisposed() {
    return toldDisposed;
  }

  /** Whether nobody is to hear anything of it any more. */
  boolean isInboundOver() {
    return closed || mustBeClosed() || isDraining();
  }

  /** What must be true of its end between two turns. */
  void check(boolean atRest) {
    if (mustBeClosed()) {
      model.require(closed, "%s was told to close a turn ago, and its socket is open", connection);
    }
    if (atRest) {
      model.require(closed || !connection.isDrained(), "%s is drained and not closed", connection);
      int out = connection.outstanding();
      model.require(
          !closed || gone || out > 0, "%s is closed and its slots are not released", connection);
      model.require(
          !gone || toldDisposed, "%s is gone and onDispose has not been told", connection);
      boolean isLate = closed && !gone && model.now() >= closedAt + LAST_COMPLETIONS;
      model.require(!isLate, "%s still waits for %d completions", connection, out);
    }
  }
}
