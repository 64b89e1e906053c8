package io.rioreactive.test.fuzz;

import io.rioreactive.Datagram;
import io.rioreactive.DatagramView;
import io.rioreactive.DropReason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/**
 * Stands directly behind the library's inbound and tells the model what passes: demand and
 * cancellation upwards, signals downwards. Without a subscriber behind it, it is the subscriber.
 */
final class InboundTap<T> implements CoreSubscriber<T>, Subscription {

  /** What it is: by which method the library was asked. */
  enum Sort {
    RECEIVE,
    DECODER,
    NEXT
  }

  private final Model model;
  private final ModelConnection connection;
  private final String name;
  private final Sort sort;
  private final long firstRequest;
  private final @Nullable CoreSubscriber<? super T> behind;
  private final Deque<Consumer<InboundTap<?>>> actions = new ArrayDeque<>();
  private final Deque<Consumer<InboundTap<?>>> decoderActions = new ArrayDeque<>();

  private @Nullable Subscription upstream;
  private int subscribedIn;
  private boolean subscribedOnPump;
  private boolean refused;
  private long unmet;
  private boolean bad;
  private boolean cancelled;
  private boolean terminated;
  private boolean taken;
  private @Nullable String inside;

  InboundTap(
      Model model,
      ModelConnection connection,
      String name,
      Sort sort,
      long firstRequest,
      @Nullable CoreSubscriber<? super T> behind) {
    this.model = model;
    this.connection = connection;
    this.name = name;
    this.sort = sort;
    this.firstRequest = firstRequest;
    this.behind = behind;
  }

  /** Subscribes it, with what the model knows of the seat at this moment. */
  void subscribeTo(Publisher<T> inbound) {
    subscribedIn = model.turn();
    subscribedOnPump = model.isInTurn();
    refused = !connection.take(this);
    if (!refused && !connection.life.isClosed()) {
      model.workFor(this + " comes");
    }
    inbound.subscribe(this);
  }

  ModelConnection connection() {
    return connection;
  }

  boolean hasDecoder() {
    return sort == Sort.DECODER;
  }

  int subscribedIn() {
    return subscribedIn;
  }

  /** Whether it takes steps of the program. */
  boolean isDirect() {
    return behind == null && sort != Sort.NEXT;
  }

  boolean isLive() {
    return !cancelled && !terminated;
  }

  /** Whether nothing more can come. */
  boolean isOver() {
    return cancelled || terminated;
  }

  private boolean isStarted() {
    return upstream != null && (subscribedOnPump || model.isInEffect(subscribedIn));
  }

  boolean hasDemand() {
    return isStarted() && !isOver() && !bad && unmet > 0;
  }

  /** Asked for and not got. */
  long demand() {
    return isStarted() && !isOver() && !bad ? unmet : 0;
  }

  boolean isSubscribed() {
    return upstream != null;
  }

  /** What it does in its next onNext that has nothing else to do. */
  void inOnNext(Consumer<InboundTap<?>> action) {
    actions.add(action);
  }

  void inDecoder(Consumer<InboundTap<?>> action) {
    decoderActions.add(action);
  }

  // ---- upwards

  @Override
  public void request(long n) {
    if (isOver()) {
      return;
    }
    boolean wasUnbounded = unmet == Long.MAX_VALUE;
    if (n <= 0) {
      bad = true;
    } else if (sort != Sort.NEXT) {
      unmet = unmet + n < 0 ? Long.MAX_VALUE : unmet + n;
    }
    connection.onChange();
    boolean wasWoken = !model.isParked() || model.isWoken();
    source().request(n);
    if (connection.hasSeat(this) && !connection.life.isEnding()) {
      checkWake(n, wasUnbounded, wasWoken);
    }
  }

  /** A request is worth waking for if nothing is posted, or a quarter of the slots could be. */
  private void checkWake(long n, boolean wasUnbounded, boolean wasWoken) {
    int slots = connection.receiveSlots();
    int posted = connection.receivesOut();
    long unposted = Math.min(unmet, slots) - posted;
    boolean isWorth = n <= 0 || posted == 0 || unposted >= (slots + 3) / 4;
    if (isWorth && !wasUnbounded) {
      model.workFor("request(" + n + ") of " + this);
    } else if (isStarted() && !wasWoken && !bad) {
      model.require(
          !model.isWoken(), "request(%d) of %s with %d posted wakes the pump", n, this, posted);
    }
  }

  @Override
  public void cancel() {
    if (!isOver()) {
      cancelled = true;
      connection.leave(this);
    }
    source().cancel();
  }

  private Subscription source() {
    Subscription given = upstream;
    if (given == null) {
      throw model.fail("onSubscribe of %s has not been called", this);
    }
    return given;
  }

  // ---- downwards

  @Override
  public void onSubscribe(Subscription subscription) {
    model.require(upstream == null, "a second onSubscribe of %s", this);
    upstream = subscription;
    if (sort == Sort.NEXT) {
      unmet = 1;
      subscription.request(Long.MAX_VALUE);
    } else if (behind != null) {
      behind.onSubscribe(this);
    } else if (firstRequest > 0) {
      request(firstRequest);
    }
  }

  /** As the application's decoder. */
  @Nullable String decode(DatagramView view) {
    Model.Expected heard = model.heard(Model.Heard.DECODE, connection, this);
    model.require(heard.tap() == this, "%s decodes for %s", this, heard.tap());
    byte[] bytes = view.toByteArray();
    model.requireBytes(heard.bytes(), bytes, "decoder of " + this);
    act(decoderActions.poll());
    String text = view.asString();
    if (text.startsWith("t")) {
      connection.expectDrop(DropReason.DECODER, bytes.length);
      throw new IllegalArgumentException("told to");
    }
    if (text.startsWith("s")) {
      connection.counts.skipped++;
      return null;
    }
    if (cancelled) {
      connection.expectDrop(DropReason.CANCELLED, bytes.length);
    } else {
      model.expect(
          new Model.Expected(Model.Heard.NEXT, connection, this, null, bytes.length, bytes));
    }
    return text;
  }

  @Override
  public void onNext(T value) {
    Model.Expected heard = model.heard(Model.Heard.NEXT, connection, this);
    model.require(heard.tap() == this, "onNext of %s was to be of %s", this, heard.tap());
    model.require(!isOver(), "onNext of %s after its end", this);
    model.require(isStarted(), "onNext of %s before onSubscribe has returned", this);
    model.require(inside == null, "onNext of %s inside its %s", this, inside);
    model.require(unmet > 0, "onNext of %s without demand", this);
    byte[] bytes =
        value instanceof Datagram datagram
            ? datagram.asByteArray()
            : value.toString().getBytes(StandardCharsets.UTF_8);
    model.requireBytes(heard.bytes(), bytes, this);
    if (unmet != Long.MAX_VALUE) {
      unmet--;
    }
    connection.counts.onDelivered(bytes.length);
    inside = "onNext";
    try {
      if (sort == Sort.NEXT) {
        taken = true;
        connection.leave(this);
      }
      if (behind != null) {
        model.inCallback(() -> behind.onNext(value));
      } else {
        act(actions.poll());
      }
    } finally {
      inside = null;
    }
  }

  private void act(@Nullable Consumer<InboundTap<?>> action) {
    if (action != null) {
      model.inCallback(() -> action.accept(this));
    }
  }

  /** Throws from onNext, which counts as a cancel. */
  RuntimeException thrown() {
    RuntimeException thrown = new IllegalStateException("onNext of " + this + " throws");
    cancelled = true;
    connection.leave(this);
    model.onThrown(thrown);
    return thrown;
  }

  @Override
  public void onComplete() {
    onEnd(null);
    if (behind != null) {
      behind.onComplete();
    }
  }

  @Override
  public void onError(Throwable error) {
    onEnd(error);
    if (behind != null) {
      behind.onError(error);
    }
  }

  private void onEnd(@Nullable Throwable error) {
    model.require(!terminated, "a second terminal signal of %s: %s", this, error);
    model.require(!cancelled, "a terminal signal of %s after its cancel: %s", this, error);
    model.require(inside == null || taken, "the end of %s inside its %s", this, inside);
    boolean isTaken = refused && error instanceof IllegalStateException;
    boolean isBad = bad && error instanceof IllegalArgumentException;
    if (!isTaken && !isBad && !(taken && error == null)) {
      connection.life.requireEnd(error, this);
    }
    terminated = true;
    connection.leave(this);
  }

  @Override
  public String toString() {
    return name;
  }
}
