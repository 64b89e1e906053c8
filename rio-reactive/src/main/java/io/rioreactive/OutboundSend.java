package io.rioreactive;

import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.Scannable;
import reactor.core.publisher.Operators;
import reactor.util.concurrent.Queues;
import reactor.util.context.Context;

/**
 * One send under way: subscriber of the application's publisher, subscription of the Mono's
 * subscriber, and the few elements in between that wait for a slot.
 *
 * <p>The publisher's thread puts elements in, the pump takes them out; {@link #cancel} comes from
 * any thread. An element waits here and nowhere else: what has been requested reserves no slot.
 */
final class OutboundSend<T> implements CoreSubscriber<T>, Subscription, Scannable, PumpTask {

  private static final Logger LOG = LoggerFactory.getLogger(OutboundSend.class);

  private final UdpOutbound outbound;
  private final CoreSubscriber<? super Void> actual;
  private final DatagramEncoder<? super T> encoder;
  private final Queue<T> waiting;
  private final int window;

  /** Taken before more is requested: three quarters of the window. */
  private final int refill;

  /** Set while the pump has been told that there is something new. */
  private final AtomicBoolean signalled = new AtomicBoolean();

  private @Nullable Subscription upstream;
  private volatile boolean upstreamDone;
  private @Nullable Throwable upstreamFailure; // written before upstreamDone, read after it
  private volatile boolean cancelled;

  // Pump only
  private int taken;
  private int inFlight;
  private boolean terminated;

  /** Links of {@link UdpOutbound}'s list of sends under way; pump only. */
  @Nullable OutboundSend<?> previous;

  /** See {@link #previous}. */
  @Nullable OutboundSend<?> following;

  /** Whether it stands in that list; pump only. */
  boolean listed;

  /** Whether it stands in the queue of those that have something to send; pump only. */
  boolean queued;

  OutboundSend(
      UdpOutbound outbound,
      CoreSubscriber<? super Void> actual,
      DatagramEncoder<? super T> encoder,
      int window) {
    this.outbound = outbound;
    this.actual = actual;
    this.encoder = encoder;
    this.window = window;
    this.refill = window - (window >> 2);
    this.waiting = Queues.<T>get(window).get(); // one producer, one consumer; tiny for a Mono
  }

  // The publisher's thread

  @Override
  public Context currentContext() {
    return actual.currentContext();
  }

  @Override
  public void onSubscribe(Subscription subscription) {
    if (Operators.validate(upstream, subscription)) {
      upstream = subscription;
      actual.onSubscribe(this);
      signal(); // so that a close finds it, even if it never gets an element
      subscription.request(window);
    }
  }

  /** In place of a subscription to the publisher: the connection has closed. */
  void refuse() {
    upstream = Operators.emptySubscription();
    actual.onSubscribe(this);
    outbound.refuse(this);
  }

  @Override
  public void onNext(T value) {
    Objects.requireNonNull(value, "value"); // rule 2.13
    if (upstreamDone) {
      Operators.onNextDropped(value, currentContext());
    } else if (cancelled) {
      Operators.onDiscard(value, currentContext());
    } else if (waiting.offer(value)) {
      signal();
    } else {
      Operators.onDiscard(value, currentContext());
      cancelQuietly();
      onError(
          Exceptions.failWithOverflow(
              "the publisher emitted more than the " + window + " elements requested"));
    }
  }

  @Override
  public void onError(Throwable failure) {
    Objects.requireNonNull(failure, "failure"); // rule 2.13
    if (upstreamDone || cancelled) {
      Operators.onErrorDropped(failure, currentContext());
    } else {
      upstreamFailure = failure;
      upstreamDone = true;
      signal();
    }
  }

  @Override
  public void onComplete() {
    if (!upstreamDone) {
      upstreamDone = true;
      signal();
    }
  }

  // Any thread

  @Override
  public void request(long n) {
    // a Mono<Void> has no elements to request
  }

  @Override
  public void cancel() {
    if (!cancelled) {
      cancelled = true;
      try {
        cancelUpstream();
      } finally {
        signal();
      }
    }
  }

  private void cancelUpstream() {
    Subscription current = upstream;
    if (current != null) {
      current.cancel();
    }
  }

  private void signal() {
    if (signalled.compareAndSet(false, true)) {
      outbound.execute(this);
    }
  }

  // On the pump

  @Override
  public void onPump() {
    signalled.set(false); // before looking: what comes later signals again
    if (terminated || cancelled) {
      outbound.onEnded(this);
      discardWaiting();
    } else {
      outbound.onReady(this, !waiting.isEmpty());
      endIfDone();
    }
  }

  /** How many elements wait for a slot. */
  int waiting() {
    return waiting.size();
  }

  /** Encodes the next waiting element; false if there is none. */
  boolean encodeNext() {
    // of a cancelled one the signal discards what waits
    T value = cancelled || terminated ? null : waiting.poll();
    if (value == null) {
      return false;
    }
    outbound.onElement(this, value, encoder);
    return true;
  }

  /** An element has left the queue: the publisher may be asked for more. */
  void onTaken() {
    Subscription source = upstream;
    if (++taken >= refill && source != null && !upstreamDone) {
      int n = taken;
      taken = 0;
      signalled.set(true); // what comes within the call is seen once, after it
      try {
        source.request(n);
      } catch (Throwable failure) {
        onRequestThrew(failure);
      }
      onPump();
    }
  }

  private void onRequestThrew(Throwable failure) {
    try {
      LOG.error("{}: the publisher of a send threw from request", outbound.name(), failure);
      onError(failure);
    } catch (Throwable thrownByHook) { // of dropped errors, if it had cancelled as well
      LOG.error("{}: and a hook threw {}", outbound.name(), thrownByHook.getClass().getName());
    }
  }

  void onPosted() {
    inFlight++;
  }

  /** The kernel has completed one. */
  void onCompleted() {
    inFlight--;
    endIfDone();
  }

  /** Ends the Mono when the publisher has ended and nothing of it is left. */
  void endIfDone() {
    if (upstreamDone && inFlight == 0 && waiting.isEmpty()) {
      end(upstreamFailure);
    }
  }

  /** The connection has closed. */
  void onClosed() {
    boolean sourceIsLive = !upstreamDone;
    if (!terminated) {
      end(SendMono.closedError());
      if (sourceIsLive) {
        cancelQuietly();
      }
    }
    discardWaiting();
  }

  private void cancelQuietly() {
    try {
      cancelUpstream();
    } catch (Throwable thrown) {
      LOG.error("{}: the publisher of a send threw from cancel", outbound.name(), thrown);
    }
  }

  private void end(@Nullable Throwable failure) {
    if (terminated) {
      return;
    }
    terminated = true;
    outbound.onEnded(this);
    if (cancelled) {
      return;
    }
    try {
      if (failure == null) {
        actual.onComplete();
      } else {
        actual.onError(failure);
      }
    } catch (Throwable thrown) {
      LOG.error("{}: the subscriber of a send threw when it ended", outbound.name(), thrown);
    }
  }

  private void discardWaiting() {
    Context context = currentContext();
    for (T value = waiting.poll(); value != null; value = waiting.poll()) {
      outbound.onDiscardedWaiting();
      Operators.onDiscard(value, context);
    }
  }

  @Override
  @SuppressWarnings("rawtypes")
  public @Nullable Object scanUnsafe(Attr key) {
    if (key == Attr.PARENT) {
      return upstream;
    }
    if (key == Attr.ACTUAL) {
      return actual;
    }
    if (key == Attr.BUFFERED) {
      return waiting.size();
    }
    if (key == Attr.PREFETCH) {
      return window;
    }
    if (key == Attr.CANCELLED) {
      return cancelled;
    }
    if (key == Attr.TERMINATED) {
      return terminated;
    }
    if (key == Attr.ERROR) {
      return upstreamFailure;
    }
    if (key == Attr.RUN_STYLE) {
      return Attr.RunStyle.ASYNC;
    }
    return null;
  }
}
