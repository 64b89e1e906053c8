package io.rioreactive.test.fuzz;

import io.rioreactive.Datagram;
import io.rioreactive.DatagramWriter;
import io.rioreactive.DropReason;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * One send: stands before the library, where it counts what the publisher is asked for and gives,
 * and behind it, where it hears how the Mono ends.
 */
final class ModelSend implements CoreSubscriber<Void> {

  private final Model model;
  private final ModelConnection connection;
  private final String name;
  private final int window;
  private final List<Element> elements = new ArrayList<>();
  private final Deque<Element> waiting = new ArrayDeque<>();

  private int subscribedIn;
  private @Nullable Subscription mono;
  private boolean cancelled;
  private boolean ended;
  private boolean sourceSubscribed;
  private boolean sourceDone;
  private @Nullable Throwable sourceError;
  private long requested;
  private long emitted;
  private long left;
  private boolean readyAtTurn;
  private int leftThisTurn;

  ModelSend(Model model, ModelConnection connection, String name, int window) {
    this.model = model;
    this.connection = connection;
    this.name = name;
    this.window = window;
  }

  Element newElement(Element.Sort sort) {
    Element element = model.element(sort, this, connection);
    elements.add(element);
    return element;
  }

  /** The publisher, observed. */
  Flux<Element> observed(Flux<Element> source) {
    return source
        .doOnSubscribe(ignored -> sourceSubscribed = true)
        .doOnRequest(this::onRequest)
        .doOnNext(this::onEmitted)
        .doOnComplete(() -> onSourceDone(null))
        .doOnError(this::onSourceDone);
  }

  /** The same of a Mono, which must stay one. */
  Mono<Element> observed(Mono<Element> source) {
    return source
        .doOnSubscribe(ignored -> sourceSubscribed = true)
        .doOnRequest(this::onRequest)
        .doOnNext(this::onEmitted)
        .doOnTerminate(() -> onSourceDone(null));
  }

  void subscribeTo(Mono<Void> send) {
    subscribedIn = model.turn();
    if (!connection.life.isClosed()) {
      model.workFor("begin of " + this);
    }
    send.doOnDiscard(Object.class, this::onDiscard).subscribe(this);
  }

  private void onDiscard(Object value) {
    Element element =
        value instanceof Datagram datagram
            ? model.elementOf(datagram.asByteArray())
            : (Element) value;
    connection.onDiscarded(element);
  }

  void cancel() {
    Subscription current = mono;
    if (current != null && !ended && !cancelled) {
      cancelled = true;
      model.workFor("cancel of " + this);
      current.cancel();
    }
  }

  boolean isLive() {
    return !ended && !cancelled;
  }

  // ---- before the library

  private void onRequest(long n) {
    requested += n;
    model.require(
        requested - left <= window,
        "%s has asked for %d elements, %d have left, and the window is %d",
        this,
        requested,
        left,
        window);
  }

  private void onEmitted(Element element) {
    emitted++;
    model.require(emitted <= requested, "%s emits more than requested", this);
    if (cancelled || ended) {
      element.fate = Element.Fate.DISCARDED;
      return;
    }
    element.fate = Element.Fate.WAITING;
    waiting.add(element);
    if (!connection.life.isClosed()) {
      model.workFor("an element of " + this);
    }
  }

  private void onSourceDone(@Nullable Throwable error) {
    sourceDone = true;
    sourceError = error;
    if (!connection.life.isClosed() && isLive()) {
      model.workFor("the end of the publisher of " + this);
    }
  }

  /** As the application's encoder. */
  void encode(Element element, DatagramWriter writer) {
    connection.onAccepted(element);
    element.fate = Element.Fate.ENCODED;
    DropReason reason =
        switch (element.sort()) {
          case GOOD -> null;
          case TOO_LONG -> DropReason.TOO_LARGE;
          case BAD_ADDRESS -> DropReason.BAD_ADDRESS;
          case ENCODER_THROWS -> DropReason.ENCODER;
        };
    if (reason != null) {
      element.fate = Element.Fate.FAILED;
      connection.expectDrop(
          reason, reason == DropReason.TOO_LARGE ? ModelConnection.DATAGRAM_SIZE + 1 : 0);
    }
    element.encode(writer);
  }

  /** The element has left the queue: it must be the first. */
  void onLeft(Element element) {
    model.require(waiting.poll() == element, "%s of %s leaves before its turn", element, this);
    left++;
    leftThisTurn++;
  }

  // ---- behind the library

  @Override
  public void onSubscribe(Subscription subscription) {
    model.require(mono == null, "a second onSubscribe of %s", this);
    mono = subscription;
    subscription.request(Long.MAX_VALUE);
  }

  @Override
  public void onNext(Void nothing) {
    throw model.fail("onNext of %s", this);
  }

  @Override
  public void onComplete() {
    onEnd(null);
  }

  @Override
  public void onError(Throwable error) {
    onEnd(error);
  }

  private void onEnd(@Nullable Throwable error) {
    model.settleQuietly();
    model.require(!ended && !cancelled, "%s ends once more, or after its cancel: %s", this, error);
    ended = true;
    if (error instanceof ClosedChannelException) {
      model.require(connection.life.mayClose(), "%s is closed, and %s is not", this, connection);
    } else {
      model.require(
          sourceDone && Objects.equals(error, sourceError) && isNothingLeft(),
          "%s ends with %s, its publisher with %s, and left are %s",
          this,
          error,
          sourceError,
          elements);
    }
  }

  private boolean isNothingLeft() {
    return waiting.isEmpty()
        && elements.stream()
            .noneMatch(
                each -> each.fate == Element.Fate.POSTED || each.fate == Element.Fate.ENCODED);
  }

  /** Whether a shutdown need not wait for it. */
  boolean isOver() {
    return (ended || cancelled) && isNothingLeft();
  }

  // ---- after each turn

  void onTurnBegins() {
    readyAtTurn = isLive() && !waiting.isEmpty();
    leftThisTurn = 0;
  }

  void check(boolean atRest, boolean isClosed, boolean hasFreeSlot) {
    boolean isDone = isLive() && sourceDone && isNothingLeft();
    model.require(!isDone, "all of %s is done, and its Mono does not end", this);
    model.require(
        !isClosed || !isLive() || !model.isInEffect(subscribedIn),
        "%s has not ended, and %s is closed",
        this,
        connection);
    if (!atRest) {
      return;
    }
    model.require(
        isLive() || waiting.isEmpty(), "elements of %s, which is over, were not discarded", this);
    if (isLive() && !isClosed) {
      model.require(waiting.isEmpty() || !hasFreeSlot, "%s has elements, and slots are free", this);
      model.require(
          sourceDone || !sourceSubscribed || !waiting.isEmpty() || requested > emitted,
          "%s does not ask its publisher for more",
          this);
    }
  }

  /** Sends take turns. */
  void requireTurns(ModelSend other) {
    boolean bothReady = readyAtTurn && other.readyAtTurn && other.isLive();
    model.require(
        !bothReady || other.waiting.isEmpty() || leftThisTurn <= other.leftThisTurn + 1,
        "%s had %d turns, and %s, which waits, %d",
        this,
        leftThisTurn,
        other,
        other.leftThisTurn);
  }

  @Override
  public String toString() {
    return name;
  }
}
