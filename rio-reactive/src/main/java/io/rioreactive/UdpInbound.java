package io.rioreactive;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.Feature;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.RequestQueue;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * The receiving half of a connection: the seat of one subscriber, and as many posted receives as
 * that one has demand for. After each turn of the pump that touched it
 *
 * <pre>posted = min(unmet demand, receive slots)</pre>
 *
 * <p>but for kernels that keep what is posted: there, what a cancelled subscriber had posted stays
 * posted for the next one, and nothing is added to it before it is used up.
 *
 * <p>Doors from other threads are named as such; everything else runs on the pump. Never reads
 * ahead: a datagram that was received is delivered, skipped or dropped in the same turn.
 */
final class UdpInbound implements RioInbound {

  private static final Logger LOG = LoggerFactory.getLogger(UdpInbound.class);

  private final UdpConnection connection;
  private final RequestQueue queue;
  private final Counters counters;
  private final Slots slots;
  private final PostPause pause;
  private final DatagramView view;
  private final int[] withdrawn;
  private final @Nullable Wiretap wiretap;

  /** Null where everybody may send. */
  private final @Nullable SourceGate gate;

  /** Null where there is none. */
  private final @Nullable AmplificationGuard guard;

  private final LogBudget budget = new LogBudget();

  /** The subscriber, or null, or {@link #closed} for ever. */
  private final AtomicReference<@Nullable InboundSubscription<?>> seat = new AtomicReference<>();

  private final InboundSubscription<?> closed;

  /** {@link Slots#posted()} for other threads. */
  private volatile int posted;

  /** {@link RequestQueue#surplus()} for other threads. */
  private volatile int surplus;

  private boolean broughtSomething;

  // Counted since onCount
  private int received;
  private int delivered;
  private long bytes;

  UdpInbound(UdpConnection connection, RequestQueue queue, AddressCache addresses) {
    this.connection = connection;
    this.queue = queue;
    this.counters = connection.counters();
    this.slots = new Slots(connection.options().receiveSlots());
    this.pause = new PostPause(connection);
    this.view = new DatagramView(queue, addresses);
    this.wiretap = connection.wiretap();
    this.gate = SourceGate.of(connection, queue);
    this.guard = connection.guard();
    this.withdrawn = new int[Math.min(slots.count(), 256)];
    this.closed = new InboundSubscription<>(this, Operators.emptySubscriber(), ignored -> null);
  }

  // API: any thread

  @Override
  public Flux<Datagram> receive() {
    return receive(Datagram::copyOf);
  }

  @Override
  public <T> Flux<T> receive(DatagramDecoder<? extends T> decoder) {
    Objects.requireNonNull(decoder, "decoder");
    return InboundFlux.of(this, decoder);
  }

  @Override
  public Mono<Datagram> next() {
    return receive().take(1).singleOrEmpty();
  }

  int posted() {
    return posted;
  }

  int surplus() {
    return surplus;
  }

  int capacity() {
    return slots.count();
  }

  long unmetDemand() {
    InboundSubscription<?> current = seat.get();
    return current == null || current == closed ? 0 : Math.max(0, current.unmet());
  }

  boolean hasSubscriber() {
    return seat.get() != null;
  }

  String name() {
    return connection.toString();
  }

  /** What may be logged of an exception that a datagram has brought about. */
  Throwable loggable(Throwable thrown) {
    return Withheld.of(thrown, connection.options());
  }

  // Doors: any thread

  /** Gives the seat to a new subscriber if it is free. */
  boolean take(InboundSubscription<?> subscription) {
    return seat.compareAndSet(null, subscription);
  }

  boolean isTaken() {
    InboundSubscription<?> current = seat.get();
    return current != null && current != closed;
  }

  boolean isOnPump() {
    return connection.isOnPump();
  }

  /** What a second subscriber is told. */
  static IllegalStateException taken() {
    return new IllegalStateException(
        "this connection's inbound has a subscriber already, and can have one at a time:"
            + " share() the Flux to feed several");
  }

  /** A subscriber has cancelled: its seat is free at once, what it had posted goes back. */
  void leave(InboundSubscription<?> subscription) {
    seat.compareAndSet(subscription, null);
    connection.signal(true);
  }

  /**
   * Demand was added. A parked pump is woken only if it is worth it: nothing is posted, or a
   * quarter of the slots could be.
   */
  void demandAdded(boolean urgent) {
    connection.signal(urgent);
    // Judged after the signal: a pump that parks without seeing it has written posted before.
    if (!urgent && !connection.isOnPump() && isWorthWaking()) {
      connection.pump().wake();
    }
  }

  private boolean isWorthWaking() {
    int now = posted;
    long due = Math.min(unmetDemand(), slots.count()) - now;
    return now == 0 || due >= (slots.count() + 3) / 4;
  }

  void execute(PumpTask task) {
    connection.execute(task);
  }

  // On the pump

  void onStarted(InboundSubscription<?> subscription) {
    if (seat.get() == subscription) {
      connection.signal(false);
    } else {
      // In a turn of its own: it may subscribe again at once, and again come too late.
      connection.later(() -> subscription.onEnd(refusal()));
    }
  }

  private @Nullable Throwable refusal() {
    return seat.get() == closed ? connection.failure() : taken();
  }

  /** One completed receive: its slot is free again when this returns. */
  void onCompletion(CompletionBatch batch, int i) {
    if (batch.isReceived(i)) {
      int slot = batch.slot(i);
      slots.complete(slot);
      received++;
      view.turnTo(batch.place(i), batch.offset(i));
      int length = batch.length(i);
      if (isAdmitted(batch.place(i), length, length)) {
        onReceived(length, length);
      }
      slots.release(slot);
    } else if (batch.isUnreachable(i)) {
      connection.onUnreachable(queue.error("send", batch.code(i)));
    } else {
      int slot = batch.slot(i);
      slots.complete(slot);
      onOtherCompletion(batch, i);
      slots.release(slot);
    }
  }

  /** Whether it may come from there. One that may not is dropped here, unread. */
  private boolean isAdmitted(int place, int length, int originalLength) {
    DropReason refusal = gate == null ? null : gate.refusal(place);
    if (refusal != null) {
      tap(length, originalLength);
      onDrop(refusal, Math.max(length, originalLength), null);
      return false;
    }
    if (guard != null) {
      guard.onReceived(place, length);
    }
    return true;
  }

  private void onReceived(int length, int originalLength) {
    tap(length, originalLength);
    InboundSubscription<?> subscriber = seat.get();
    if (connection.isEnding()) {
      onDrop(DropReason.CLOSED, length, null);
    } else if (subscriber == null || !subscriber.hasDemand()) {
      onDrop(DropReason.CANCELLED, length, null);
    } else {
      subscriber.onSlot(view, length, originalLength);
    }
  }

  private void onTruncated(int place, int length) {
    int kept = connection.options().datagramSize();
    int originalLength =
        connection.pump().has(Feature.TRUE_LENGTH) ? length : DatagramView.UNKNOWN_LENGTH;
    if (!isAdmitted(place, kept, originalLength)) {
      return;
    }
    if (connection.options().truncation() == Truncation.DELIVER) {
      onReceived(kept, originalLength);
    } else {
      tap(kept, originalLength);
      onDrop(DropReason.TRUNCATED, length, null);
    }
  }

  private void tap(int length, int originalLength) {
    if (wiretap != null) {
      wiretap.onReceived(view, length, originalLength);
    }
  }

  private void onOtherCompletion(CompletionBatch batch, int i) {
    switch (batch.status(i)) {
      case OK -> throw new IllegalStateException("is handled before");
      case TRUNCATED -> {
        received++;
        view.turnTo(batch.place(i), batch.offset(i));
        onTruncated(batch.place(i), batch.length(i));
      }
      case FAILED -> onReceiveError(queue.error("receive", batch.code(i)));
      case SOCKET_FAILED -> connection.onSocketFailed(queue.error("receive", batch.code(i)));
      case CANCELLED -> {}
    }
  }

  void onSkipped() {
    counters.increment(Counters.SKIPPED);
  }

  void onDelivered(int length) {
    delivered++;
    bytes += length;
  }

  /** The subscriber threw from onNext, and has been cancelled. */
  void onThrown(Throwable failure) {
    connection.onSubscriberThrew(failure);
  }

  /** Publishes what this turn has received and delivered; drops and skips are published already. */
  void onCount() {
    if (received > 0 || delivered > 0) { // a decoder may ask for stats in between
      counters.add(Counters.RECEIVED, received);
      counters.add(Counters.DELIVERED, delivered);
      counters.add(Counters.BYTES_RECEIVED, bytes);
      if (received > 0) {
        pause.onReceived();
      }
      received = 0;
      delivered = 0;
      bytes = 0;
      broughtSomething = true;
    }
  }

  /** The datagram that the view is turned to is not delivered. */
  void onDrop(DropReason reason, int length, @Nullable Throwable cause) {
    if (connection.wantsDrop(reason)) {
      view.open(0, 0);
      var peer = view.remoteAddress();
      view.close();
      connection.onDrop(new Drop(reason, peer, length, cause));
    }
  }

  /** Some systems tell of a datagram that was sent earlier by failing a receive. */
  private void onReceiveError(KernelException error) {
    if (error.kind() == KernelException.Kind.UNREACHABLE) {
      connection.onUnreachable(error);
    } else {
      counters.increment(Counters.RECEIVE_ERRORS);
      if (LOG.isDebugEnabled() && budget.takes()) {
        LOG.debug("{}: a receive failed and the socket goes on{}", name(), budget.leftOut(), error);
      }
    }
    pause.onFailed(error);
  }

  /** Posts and withdraws until what is posted is what is wanted; answers whether to commit. */
  boolean onTurnEnd() {
    assert connection.isOnPump();
    onCount();
    if (broughtSomething) {
      broughtSomething = false;
      counters.increment(Counters.BATCHES);
    }
    InboundSubscription<?> subscriber = seat.get();
    if (subscriber != null && subscriber.hasBadRequest()) {
      seat.compareAndSet(subscriber, null); // first: it may subscribe again in its onError
      subscriber.onBadRequest();
      subscriber = seat.get();
    }
    long demand = subscriber == null || connection.isEnding() ? 0 : subscriber.settle();
    int target = (int) Math.min(demand, slots.count());
    boolean added = post(target);
    withdrawTo(target);
    onPostsChanged();
    return added;
  }

  private boolean post(int target) {
    if (slots.posted() >= target || !pause.isOver()) {
      return false;
    }
    boolean added = false;
    while (slots.posted() < target && slots.hasFree()) {
      int code = queue.postReceive(slots.nextFree());
      if (code == RequestQueue.ACCEPTED) {
        slots.postNext();
        added = true;
      } else if (!onPostRefused(queue.error("post a receive", code))) {
        return added;
      }
    }
    if (added) {
      pause.onPostedAll();
    }
    return added;
  }

  /** Answers whether to try again at once. */
  private boolean onPostRefused(KernelException refusal) {
    switch (refusal.kind()) {
      case TRANSIENT -> pause.onRefused(refusal);
      case UNREACHABLE -> { // of a datagram sent earlier, which is told once
        onReceiveError(refusal);
        return pause.isOver();
      }
      case TOO_LARGE, BAD_ADDRESS, NOT_PERMITTED, SOCKET_LOST, OTHER ->
          connection.onSocketFailed(refusal);
    }
    return false;
  }

  private void withdrawTo(int target) {
    while (slots.posted() > target) {
      int count =
          queue.withdrawReceives(withdrawn, Math.min(slots.posted() - target, withdrawn.length));
      if (count == 0) {
        return; // this kernel keeps what is posted
      }
      for (int i = 0; i < count; i++) {
        slots.withdraw(withdrawn[i]);
      }
    }
  }

  /** Completes or fails the subscriber, takes no other, and withdraws what can be. */
  void onEnd(@Nullable Throwable failure) {
    InboundSubscription<?> last = seat.getAndSet(closed);
    withdrawTo(0);
    onPostsChanged();
    if (last != null && last != closed && last.isStarted()) {
      last.onEnd(failure);
    }
  }

  /** What the kernel has given back since the close. */
  void onClosingTurnEnd() {
    onCount();
    onPostsChanged();
  }

  private void onPostsChanged() {
    // A volatile write is dear, and mostly what was received is posted again, and nothing is left.
    int nowPosted = slots.posted();
    if (nowPosted != posted) {
      posted = nowPosted;
    }
    int nowSurplus = queue.surplus();
    if (nowSurplus != surplus) {
      surplus = nowSurplus;
    }
  }

  /** Receives the kernel still owns. */
  int outstanding() {
    return slots.posted();
  }
}
