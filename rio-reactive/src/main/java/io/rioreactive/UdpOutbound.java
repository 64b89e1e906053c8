package io.rioreactive;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.RequestQueue;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * The sending half of a connection: sends take turns, one element each, for the free slots.
 *
 * <p>Doors from other threads are named as such; everything else runs on the pump. An idle send
 * holds no slot, so it starves nobody. An element that cannot be sent is counted and reported, and
 * its send goes on.
 */
final class UdpOutbound implements RioOutbound {

  /** The most a send asks its publisher for ahead. */
  private static final int LARGEST_WINDOW = 256;

  /** The most elements in one turn, however many slots are free. */
  private static final int MOST_A_TURN = 1_024;

  private final UdpConnection connection;
  private final RequestQueue queue;
  private final Counters counters;
  private final Slots slots;
  private final DatagramWriter writer;

  /** Whose datagram a posted slot holds. */
  private final @Nullable OutboundSend<?>[] owner;

  /** Bytes of the datagram that a posted slot holds. */
  private final int[] lengths;

  /** Sends that have something to send, in turn; each stands in it once. */
  private final ArrayDeque<OutboundSend<?>> ready = new ArrayDeque<>();

  /** Sends under way: head of a linked list, since thousands may come and go in a second. */
  private @Nullable OutboundSend<?> first;

  private final @Nullable Wiretap wiretap;

  /** Null where there is none. */
  private final @Nullable AmplificationGuard guard;

  /** {@link Slots#posted()} for other threads. */
  private volatile int inFlight;

  private volatile boolean closed;

  UdpOutbound(UdpConnection connection, RequestQueue queue, AddressCache addresses) {
    this.connection = connection;
    this.queue = queue;
    this.counters = connection.counters();
    this.slots = new Slots(queue.sendSlots().slots());
    this.writer = new DatagramWriter(queue, addresses);
    this.wiretap = connection.wiretap();
    this.guard = connection.guard();
    this.owner = new OutboundSend<?>[slots.count()];
    this.lengths = new int[slots.count()];
  }

  // API: any thread

  @Override
  public Mono<Void> send(Publisher<? extends Datagram> datagrams) {
    return send(datagrams, Datagram::writeTo);
  }

  @Override
  public <T> Mono<Void> send(Publisher<? extends T> values, DatagramEncoder<? super T> encoder) {
    Objects.requireNonNull(values, "values");
    Objects.requireNonNull(encoder, "encoder");
    return SendMono.of(this, values, encoder);
  }

  @Override
  public Mono<Void> neverComplete() {
    return connection.onEnding();
  }

  int inFlight() {
    return inFlight;
  }

  int capacity() {
    return slots.count();
  }

  int window() {
    return Math.min(slots.count(), LARGEST_WINDOW);
  }

  String name() {
    return connection.toString();
  }

  boolean isClosed() {
    return closed;
  }

  // Doors: any thread

  /** Fails a send that came too late: in a turn of its own, since it may be tried again at once. */
  void refuse(OutboundSend<?> late) {
    connection.later(late::onClosed);
  }

  /** A send has something new: an element, its end, its cancellation. */
  void execute(OutboundSend<?> send) {
    connection.execute(send);
  }

  // On the pump

  void onReady(OutboundSend<?> send, boolean hasElements) {
    assert connection.isOnPump();
    if (closed) {
      send.onClosed();
      return;
    }
    if (!send.listed) {
      list(send);
    }
    if (hasElements && !send.queued) {
      send.queued = true;
      ready.add(send);
    }
    connection.onSends();
  }

  void onEnded(OutboundSend<?> send) {
    if (send.listed) {
      unlist(send);
      connection.onSends(); // a shutdown may be waiting for the last one
    }
  }

  /** Fills free slots in turn, a bounded number of them; answers whether to commit. */
  boolean onTurnEnd() {
    int posted = slots.posted();
    for (int left = Math.min(slots.count(), MOST_A_TURN); left > 0 && slots.hasFree(); left--) {
      OutboundSend<?> send = ready.poll();
      if (send == null) {
        break;
      }
      if (send.encodeNext()) {
        ready.add(send);
      } else {
        send.queued = false; // its next element signals
      }
    }
    if (slots.hasFree() && !ready.isEmpty()) {
      connection.onSends(); // the others on this pump have their turn first
    }
    onPostsChanged();
    return slots.posted() > posted;
  }

  /** Encodes one element into a free slot and posts it. */
  <T> void onElement(OutboundSend<T> send, T value, DatagramEncoder<? super T> encoder) {
    counters.increment(Counters.ACCEPTED);
    int slot = slots.fillNext();
    Throwable failure = encode(value, encoder, slot);
    if (failure == null && guard != null && !guard.admits(slot, writer.written())) {
      failure = guard.refusal();
    }
    if (failure == null) {
      failure = post(send, slot);
      if (failure != null && guard != null) {
        guard.onNotSent(slot, writer.written());
      }
    }
    if (failure != null) {
      slots.release(slot);
      onFailed(failure, writer.target(), writer.wanted());
    }
    send.onTaken();
    if (failure != null) {
      send.endIfDone();
      if (failure instanceof KernelException refusal
          && refusal.kind() == KernelException.Kind.SOCKET_LOST) {
        connection.later(() -> connection.onSocketFailed(refusal)); // not amid the other sends
      }
    }
  }

  private <T> @Nullable Throwable encode(T value, DatagramEncoder<? super T> encoder, int slot) {
    writer.open(slot);
    try {
      encoder.encode(value, writer);
      return writer.unsendable();
    } catch (Throwable thrown) {
      return thrown;
    } finally {
      writer.close();
    }
  }

  private @Nullable KernelException post(OutboundSend<?> send, int slot) {
    int code = queue.postSend(slot, writer.written());
    if (code != RequestQueue.ACCEPTED) {
      return queue.error("post a send", code);
    }
    if (wiretap != null) {
      wiretap.onSent(queue, slot, writer.written(), writer.target());
    }
    slots.post(slot);
    owner[slot] = send;
    lengths[slot] = writer.written();
    send.onPosted();
    return null;
  }

  /** Connected to this peer, to another than before; null: to nobody. */
  void onPeer(@Nullable InetSocketAddress peer) {
    writer.onPeer(peer);
  }

  /** One completed send: its slot is free again. */
  void onCompletion(CompletionBatch batch, int i) {
    int slot = batch.slot(i);
    slots.complete(slot); // first: what completes twice must not be counted twice
    OutboundSend<?> send = owner[slot];
    owner[slot] = null;
    switch (batch.status(i)) {
      case OK, TRUNCATED -> {
        counters.increment(Counters.SENT);
        counters.add(Counters.BYTES_SENT, batch.length(i));
      }
      case FAILED -> onFailed(slot, batch, i);
      case SOCKET_FAILED -> {
        onFailed(slot, batch, i);
        connection.onSocketFailed(queue.error("send", batch.code(i)));
      }
      case CANCELLED -> onDiscarded();
    }
    slots.release(slot);
    if (send != null) {
      send.onCompleted();
    }
  }

  private void onFailed(int slot, CompletionBatch batch, int i) {
    var region = queue.sendSlots();
    onFailed(
        queue.error("send", batch.code(i)),
        queue.addressFormat().read(region.memory(), region.addressAt(slot)),
        lengths[slot]);
  }

  private void onFailed(Throwable failure, @Nullable InetSocketAddress target, int length) {
    DropReason reason = reasonOf(failure);
    if (connection.wantsDrop(reason)) {
      connection.onDrop(new Drop(reason, target, length, failure));
    }
  }

  private static DropReason reasonOf(Throwable failure) {
    return switch (failure) {
      case DatagramWriter.Unsendable unsendable -> unsendable.reason();
      case KernelException refusal ->
          switch (refusal.kind()) {
            case TOO_LARGE -> DropReason.TOO_LARGE;
            case BAD_ADDRESS -> DropReason.BAD_ADDRESS;
            case UNREACHABLE -> DropReason.UNREACHABLE;
            case NOT_PERMITTED -> DropReason.NOT_PERMITTED;
            case TRANSIENT, SOCKET_LOST, OTHER -> DropReason.SYSTEM;
          };
      default -> DropReason.ENCODER;
    };
  }

  /** An element that was still waiting for a slot will not be sent. */
  void onDiscardedWaiting() {
    counters.increment(Counters.ACCEPTED);
    onDiscarded();
  }

  private void onDiscarded() {
    counters.increment(Counters.DISCARDED);
  }

  /** Fails every send and takes no other. What the kernel has of theirs completes later. */
  void onClose() {
    closed = true;
    ready.clear();
    for (OutboundSend<?> send = first; send != null; send = first) {
      unlist(send);
      send.onClosed();
    }
    onPostsChanged();
  }

  /** What the kernel has given back since the close. */
  void onClosingTurnEnd() {
    onPostsChanged();
  }

  private void onPostsChanged() {
    int now = slots.posted();
    if (now
        != inFlight) { // a volatile write is dear, and at most ends of turns nothing has changed
      inFlight = now;
    }
  }

  /** Whether no send is under way. */
  boolean isIdle() {
    return first == null && slots.posted() == 0;
  }

  /** For the log of a shutdown that ran out of time. */
  String describeUnfinished() {
    int sends = 0;
    int elements = 0;
    for (OutboundSend<?> send = first; send != null; send = send.following) {
      sends++;
      elements += send.waiting();
    }
    return sends
        + " sends with "
        + elements
        + " datagrams waiting and "
        + slots.posted()
        + " in flight";
  }

  /** Sends the kernel still owns. */
  int outstanding() {
    return slots.posted();
  }

  private void list(OutboundSend<?> send) {
    send.listed = true;
    send.following = first;
    if (first != null) {
      first.previous = send;
    }
    first = send;
  }

  private void unlist(OutboundSend<?> send) {
    OutboundSend<?> before = send.previous;
    OutboundSend<?> after = send.following;
    if (before == null) {
      first = after;
    } else {
      before.following = after;
    }
    if (after != null) {
      after.previous = before;
    }
    send.previous = null;
    send.following = null;
    send.listed = false;
  }
}
