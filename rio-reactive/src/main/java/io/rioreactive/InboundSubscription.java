package io.rioreactive;

import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.Scannable;
import reactor.core.publisher.Operators;

/**
 * One subscriber's demand, and the way to it.
 *
 * <p>{@link #request} and {@link #cancel} come from any thread, {@link #start} from the subscribing
 * one; everything else runs on the pump, which alone emits. Holds no datagram: what is received is
 * given on at once.
 */
final class InboundSubscription<T> implements Subscription, Scannable, PumpTask {

  private static final Logger LOG = LoggerFactory.getLogger(InboundSubscription.class);

  @SuppressWarnings("rawtypes")
  private static final AtomicLongFieldUpdater<InboundSubscription> UNMET =
      AtomicLongFieldUpdater.newUpdater(InboundSubscription.class, "unmet");

  private final UdpInbound inbound;
  private final CoreSubscriber<? super T> actual;
  private final DatagramDecoder<? extends T> decoder;

  /**
   * Requested and not delivered, but for {@link #emitted}; Long.MAX_VALUE is unbounded and stays.
   */
  private volatile long unmet;

  private volatile boolean cancelled;
  private volatile @Nullable IllegalArgumentException badRequest;

  /** Delivered since {@link #settle}; pump only. */
  private long emitted;

  /** onSubscribe has returned; pump only. */
  private boolean started;

  /** onComplete or onError has been called; pump only. */
  private boolean terminated;

  InboundSubscription(
      UdpInbound inbound, CoreSubscriber<? super T> actual, DatagramDecoder<? extends T> decoder) {
    this.inbound = inbound;
    this.actual = actual;
    this.decoder = decoder;
  }

  // Doors: any thread

  @Override
  public void request(long n) {
    if (n <= 0) {
      badRequest =
          new IllegalArgumentException(
              "rule 3.9 of Reactive Streams: request(" + n + ") is not positive");
      inbound.demandAdded(true);
    } else if (unmet != Long.MAX_VALUE) {
      Operators.addCap(UNMET, this, n);
      inbound.demandAdded(false);
    }
  }

  @Override
  public void cancel() {
    if (!cancelled) {
      cancelled = true;
      inbound.leave(this);
    }
  }

  /** onSubscribe has returned: signals may follow. */
  void start() {
    inbound.execute(this);
  }

  // On the pump

  @Override
  public void onPump() {
    started = true;
    inbound.onStarted(this);
  }

  /** Whether it takes a datagram now. */
  boolean hasDemand() {
    return started && !cancelled && !terminated && badRequest == null && unmet > emitted;
  }

  /** What it has asked for and not got, as of now. */
  long unmet() {
    long n = unmet;
    return n == Long.MAX_VALUE ? n : n - emitted;
  }

  /** Takes what this turn has delivered off the demand, and answers what is to be posted for. */
  long settle() {
    if (emitted > 0) {
      Operators.produced(UNMET, this, emitted);
      emitted = 0;
    }
    return started && !cancelled && badRequest == null ? unmet : 0;
  }

  /** Whether it has requested what it must not, and has not been told. */
  boolean hasBadRequest() {
    return badRequest != null && started && !cancelled && !terminated;
  }

  void onBadRequest() {
    onEnd(badRequest);
  }

  /** Decodes the datagram that the view is turned to, and gives it on. There is demand. */
  void onSlot(DatagramView view, int length, int originalLength) {
    @Nullable T value;
    view.open(length, originalLength);
    try {
      value = decoder.decode(view);
    } catch (Throwable failure) {
      inbound.onDrop(DropReason.DECODER, length, failure);
      return;
    } finally {
      view.close();
    }
    if (value == null) {
      inbound.onSkipped();
    } else if (cancelled) {
      Operators.onDiscard(value, actual.currentContext());
      inbound.onDrop(DropReason.CANCELLED, length, null);
    } else {
      emitted++;
      inbound.onDelivered(length);
      emit(value);
    }
  }

  private void emit(T value) {
    try {
      actual.onNext(value);
    } catch (Throwable failure) {
      cancel();
      try {
        Operators.onErrorDropped(failure, actual.currentContext());
      } catch (Throwable thrownByHook) {
        LOG.error(
            "{}: the subscriber threw and was cancelled",
            inbound.name(),
            inbound.loggable(failure));
      }
      inbound.onThrown(failure);
    }
  }

  /** Completes it, or fails it. Nothing is emitted afterwards. */
  void onEnd(@Nullable Throwable failure) {
    if (terminated || cancelled) {
      return;
    }
    terminated = true;
    try {
      if (failure == null) {
        actual.onComplete();
      } else {
        actual.onError(failure);
      }
    } catch (Throwable thrown) {
      LOG.error("{}: the subscriber threw when the stream ended", inbound.name(), thrown);
    }
  }

  boolean isStarted() {
    return started;
  }

  @Override
  @SuppressWarnings("rawtypes")
  public @Nullable Object scanUnsafe(Attr key) {
    if (key == Attr.ACTUAL) {
      return actual;
    }
    if (key == Attr.REQUESTED_FROM_DOWNSTREAM) {
      return unmet();
    }
    if (key == Attr.CANCELLED) {
      return cancelled;
    }
    if (key == Attr.TERMINATED) {
      return terminated;
    }
    if (key == Attr.RUN_STYLE) {
      return Attr.RunStyle.ASYNC;
    }
    return null;
  }
}
