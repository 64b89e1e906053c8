package io.rioreactive;

import io.rioreactive.jfr.FlightEvents;
import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.MembershipChange;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SocketAddressFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * One socket on a pump: its life, and the parts that live with it.
 *
 * <pre>
 *         shutdown                      drained, time is up
 * OPEN ─────────────▶ DRAINING ─────────────────────────────┐
 *  │ dispose, handler done, socket or pump failed           ▼      outstanding = 0
 *  └────────────────────────────────────────────────────▶ CLOSING ────────────────▶ CLOSED
 *                                                           │ not in time: slots stay
 *                                                           └─────────────────────▶ CLOSED
 * </pre>
 *
 * <p>DRAINING: the inbound has completed, sends and the handler go on. CLOSING: everybody has been
 * told; only what the kernel still owns is waited for. CLOSED: slots freed, {@link #onDispose}
 * told.
 *
 * <p>The state changes on the pump alone. Doors from other threads are named as such.
 */
final class UdpConnection implements RioConnection, PumpTask {

  private static final Logger LOG = LoggerFactory.getLogger(RioConnection.class);

  /** How long a closed socket's kernel may hold on to slots before they are given up. */
  private static final Duration LAST_COMPLETIONS = Duration.ofSeconds(10);

  static final Duration DISPOSE_NOW = Duration.ofSeconds(45);

  private enum State {
    OPEN,
    DRAINING,
    CLOSING,
    CLOSED
  }

  private final Pump pump;
  private final RequestQueue queue;
  private final UdpOptions options;

  private final ConnectedPeer peer;
  private final Memberships memberships;
  private final Counters counters = new Counters();
  private final UdpInbound inbound;
  private final UdpOutbound outbound;
  private final @Nullable Responder responder;
  private final @Nullable Handler handler;
  private final DropLog dropLog;
  private final UnreachableLog unreachableLog;
  private final @Nullable Wiretap wiretap;
  private final @Nullable AmplificationGuard guard;

  private volatile State state = State.OPEN;

  /** dispose has been called; the pump may not have got to it yet. */
  private volatile boolean disposing;

  /** Told to end in whatever way: no longer OPEN, or about to be. One read for each datagram. */
  private volatile boolean ending;

  private volatile @Nullable Throwable failure;

  /** Set while the pump has been told to look here. */
  private final AtomicBoolean signalled = new AtomicBoolean();

  /** In the pump's list of connections to finish this turn; pump only. */
  private boolean touched;

  /** Whether the sends are to be looked at as well; pump only. */
  private boolean hasSends;

  private final Sinks.Empty<Void> whenEnding = Sinks.empty();
  private final Disposal disposal = new Disposal(this);
  private final Disposable.Composite timers = Disposables.composite();

  UdpConnection(
      Pump pump, RequestQueue queue, UdpOptions options, @Nullable InetSocketAddress peer) {
    this.pump = pump;
    this.queue = queue;
    this.options = options;
    this.peer = new ConnectedPeer(this, queue, peer);
    this.memberships = new Memberships(queue);
    this.dropLog = new DropLog(this, options.onDrop());
    this.unreachableLog = new UnreachableLog(this, options.onUnreachable());
    this.wiretap = Wiretap.of(this, options);
    this.guard = AmplificationGuard.of(options, queue);
    this.inbound = new UdpInbound(this, queue, pump.addresses());
    this.outbound = new UdpOutbound(this, queue, pump.addresses());
    this.outbound.onPeer(peer);
    this.responder = Responder.of(this, options);
    this.handler = Handler.of(this, options, responder);
  }

  // API: any thread

  @Override
  public String name() {
    return options.name();
  }

  @Override
  public RioInbound inbound() {
    return inbound;
  }

  @Override
  public RioOutbound outbound() {
    return outbound;
  }

  @Override
  public InetSocketAddress localAddress() {
    return peer.localAddress();
  }

  @Override
  public @Nullable InetSocketAddress remoteAddress() {
    return peer.address();
  }

  @Override
  public OptionalInt pathMtu() {
    return peer.address() == null ? OptionalInt.empty() : queue.pathMtu();
  }

  @Override
  public String provider() {
    return pump.provider();
  }

  @Override
  public int datagramSize() {
    return options.datagramSize();
  }

  @Override
  public RioStats stats() {
    if (isOnPump()) {
      inbound.onCount(); // else published at the end of the turn
    }
    return counters.snapshot(inbound, outbound, this);
  }

  @Override
  public Mono<Void> join(Membership membership) {
    return change(MembershipChange.JOIN, membership);
  }

  @Override
  public Mono<Void> leave(Membership membership) {
    return change(MembershipChange.LEAVE, membership);
  }

  @Override
  public Mono<Void> block(Membership membership) {
    return change(MembershipChange.BLOCK, membership);
  }

  @Override
  public Mono<Void> unblock(Membership membership) {
    return change(MembershipChange.UNBLOCK, membership);
  }

  private Mono<Void> change(MembershipChange change, Membership membership) {
    Objects.requireNonNull(membership, "membership");
    return Mono.create(
        sink ->
            pump.later( // also on the pump: a failure may be tried again at once
                () -> {
                  try {
                    onMembershipChange(change, membership);
                    sink.success();
                  } catch (Throwable refused) {
                    sink.error(refused);
                  }
                }));
  }

  @Override
  public void validated(InetSocketAddress peer) {
    Objects.requireNonNull(peer, "peer");
    if (peer.isUnresolved()) {
      throw new IllegalArgumentException(
          "peer " + peer + " is not resolved: take the remoteAddress of what it has sent");
    }
    AmplificationGuard its = guard;
    if (its != null) {
      if (its.validate(peer)) { // an answer that leaves before the task runs finds it
        execute(its::onValidated);
      }
    }
  }

  /** As {@link RequestQueue#steerByCpu}. */
  Mono<Void> steerByCpu(List<Integer> cpus) {
    return Mono.create(
        sink ->
            pump.later(
                () -> {
                  try {
                    onSteerByCpu(cpus);
                    sink.success();
                  } catch (Throwable refused) {
                    sink.error(refused);
                  }
                }));
  }

  private void onSteerByCpu(List<Integer> cpus) throws IOException {
    if (!isLive()) {
      throw new ClosedChannelException();
    }
    queue.steerByCpu(cpus);
  }

  @Override
  public void dispose() {
    if (!disposing) {
      disposing = true;
      ending = true;
      pump.later(() -> onClose(null));
    }
  }

  @Override
  public boolean isDisposed() {
    return ending;
  }

  @Override
  public void disposeNow() {
    dispose();
    pump.beforeBlock();
    disposal.asMono().onErrorComplete().block(DISPOSE_NOW);
  }

  @Override
  public Mono<Void> shutdown(Duration timeout) {
    if (timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException(
          "shutdown timeout " + timeout + " is not positive: use dispose() to close at once");
    }
    return Mono.defer(
        () -> {
          if (state != State.CLOSED) {
            pump.later(this::onDrain); // first: a time that is up sooner would find it open
            timers.add(
                Schedulers.parallel()
                    .schedule(
                        () -> pump.later(() -> onTimeUp(timeout)),
                        UdpOptions.timer(timeout).toNanos(),
                        TimeUnit.NANOSECONDS));
          }
          return disposal.asMono().onErrorComplete();
        });
  }

  @Override
  public Mono<Void> onDispose() {
    return disposal.asMono();
  }

  /**
   * How the log names it: {@code udp}, address and port, and those of the peer; after its name, if
   * it was given one.
   */
  @Override
  public String toString() {
    InetSocketAddress connected = remoteAddress();
    String addresses =
        "udp "
            + SocketAddressFormat.text(localAddress())
            + (connected == null ? "" : " to " + SocketAddressFormat.text(connected));
    return options.isNamed() ? name() + " (" + addresses + ")" : addresses;
  }

  // For its parts

  Pump pump() {
    return pump;
  }

  UdpOptions options() {
    return options;
  }

  Counters counters() {
    return counters;
  }

  @Nullable Wiretap wiretap() {
    return wiretap;
  }

  @Nullable AmplificationGuard guard() {
    return guard;
  }

  UdpInbound udpInbound() {
    return inbound;
  }

  /** Any thread. */
  OptionalLong kernelDrops() {
    return queue.kernelDrops();
  }

  /** Any thread. */
  List<Membership> memberships() {
    return memberships.now();
  }

  /** Any thread: why it closed; null if it was told to, or is open. */
  @Nullable Throwable failure() {
    return failure;
  }

  /** Any thread: whether arrivals are no longer wanted. */
  boolean isEnding() {
    return ending;
  }

  /** Any thread: whether it is closed or closing, with no drain before it. */
  boolean isClosing() {
    return disposing || state == State.CLOSING || state == State.CLOSED;
  }

  /** Completes when it leaves OPEN. */
  Mono<Void> onEnding() {
    return whenEnding.asMono();
  }

  boolean isOnPump() {
    return pump.isOnPump();
  }

  // Doors: any thread

  /**
   * Runs a task in a later turn, also if this is the pump: for what may lead back to where it
   * began.
   */
  void later(PumpTask task) {
    pump.later(task);
  }

  /** Runs a task on the pump: at once if this is the pump, else as soon as it turns. */
  void execute(PumpTask task) {
    if (pump.isOnPump()) {
      task.onPump();
    } else {
      pump.later(task);
    }
  }

  /**
   * Sees that the pump finishes a turn for this connection.
   *
   * @param wake whether that is worth waking a parked pump
   */
  void signal(boolean wake) {
    if (pump.isOnPump()) {
      onPump();
      return;
    }
    if (wake) {
      pump.later(this); // also if signalled: whoever has set that may not have offered yet
    } else if (signalled.compareAndSet(false, true)) {
      pump.offer(this);
    }
  }

  // On the pump

  @Override
  public void onPump() {
    if (signalled.get()) {
      signalled.set(false); // before looking: what comes later signals again
    }
    if (!touched) {
      touched = true;
      pump.onTouched(this);
    }
  }

  /**
   * There is something to send, or a send has ended. Most turns of most connections have neither,
   * and then they do not look.
   */
  void onSends() {
    hasSends = true;
    onPump();
  }

  /** Bound, and nobody knows yet. */
  void onBound() {
    if (isRecorded()) {
      FlightEvents.bind(
          name(),
          toString(),
          provider(),
          options.receiveSlots(),
          outbound.capacity(),
          options.datagramSize());
    }
  }

  /** Bound: the handler may begin. */
  void onOpen() {
    Duration period = options.resolveEvery();
    if (period != null) {
      timers.add(PeerWatch.start(this, period));
    }
    if (handler != null) {
      handler.onOpen();
    }
  }

  /** Joins, leaves, blocks or unblocks. */
  void onMembershipChange(MembershipChange change, Membership membership) throws IOException {
    if (!isLive()) {
      throw new ClosedChannelException();
    }
    memberships.onChange(change, membership);
  }

  void onCompletion(CompletionBatch batch, int i) {
    if (batch.isReceive(i)) {
      inbound.onCompletion(batch, i);
    } else {
      hasSends = true;
      outbound.onCompletion(batch, i);
    }
  }

  /** The peer of a client has this address now, perhaps another one than before. */
  void onPeerResolved(InetSocketAddress address) {
    if (isLive() && peer.moveTo(address)) {
      outbound.onPeer(address);
    }
  }

  void onUnreachable(KernelException why) {
    unreachableLog.onUnreachable(why);
  }

  /**
   * A subscriber of the inbound threw from onNext, and has been cancelled. That is how operators
   * end with an error of the JVM, for which they have no signal: the handler would wait for ever,
   * and nobody would receive.
   */
  void onSubscriberThrew(Throwable failure) {
    if (handler != null && Exceptions.isJvmFatal(failure)) {
      handler.onJvmError(failure);
    }
  }

  /** All of this turn's completions have been seen: sends, posts, commit, and what state brings. */
  void onTurnEnd() {
    assert isOnPump();
    touched = false;
    if (isLive()) {
      boolean sends = hasSends && endSends();
      boolean posts = inbound.onTurnEnd();
      if ((sends || posts) && isLive()) { // a refused post may have closed it
        commit();
      }
      if (state == State.DRAINING && isDrained()) {
        onClose(null);
      }
    }
    if (state == State.CLOSING) {
      inbound.onClosingTurnEnd();
      outbound.onClosingTurnEnd();
      if (outstanding() == 0) {
        free();
        onClosed();
      }
    }
  }

  private boolean endSends() {
    hasSends = false; // before looking: what is left over tells again
    return outbound.onTurnEnd();
  }

  private void commit() {
    try {
      queue.commit();
    } catch (UncheckedIOException refused) {
      onSocketFailed(Objects.requireNonNull(refused.getCause()));
    }
  }

  private boolean isLive() {
    return state == State.OPEN || state == State.DRAINING;
  }

  private boolean isDrained() {
    return outbound.isIdle() && (handler == null || handler.isDone());
  }

  private int outstanding() {
    return inbound.outstanding() + outbound.outstanding();
  }

  /** The handler's publisher has ended for good. */
  void onHandlerDone(@Nullable Throwable handlerFailure) {
    if (state == State.OPEN) {
      onClose(handlerFailure);
    } else {
      signal(false);
    }
  }

  private void onDrain() {
    if (state == State.OPEN) {
      state = State.DRAINING;
      ending = true;
      inbound.onEnd(null);
      tellEnding();
      signal(false);
    }
  }

  private void onTimeUp(Duration timeout) {
    if (state == State.DRAINING) {
      LOG.warn(
          "{}: shutdown: time is up after {}: {}{} given up",
          this,
          timeout,
          outbound.describeUnfinished(),
          describeHandler());
      onClose(null);
    }
  }

  private String describeHandler() {
    if (handler == null || handler.isDone()) {
      return "";
    }
    return responder == null
        ? " and the handler"
        : " and " + responder.waiting() + " calls of respond";
  }

  void onSocketFailed(Throwable cause) {
    if (isLive()) {
      LOG.error("{}: the socket failed and is closed", this, cause);
      onClose(cause);
    }
  }

  /** Tells everybody and closes the socket; what the kernel owns is waited for. */
  void onClose(@Nullable Throwable cause) {
    assert isOnPump();
    if (state == State.CLOSING || state == State.CLOSED) {
      return;
    }
    failure = cause;
    state = State.CLOSING;
    ending = true;
    memberships.onClose();
    inbound.onCount();
    inbound.onEnd(cause);
    if (handler != null) {
      handler.onClose();
    }
    outbound.onClose();
    tellEnding();
    try {
      queue.close();
    } catch (Throwable defect) { // of the kernel: what it owns is waited for all the same
      LOG.error("{}: its socket could not be closed", this, defect);
    }
    if (outstanding() > 0) {
      timers.add(
          Schedulers.parallel()
              .schedule(
                  () -> pump.later(this::onLastCompletionsMissing),
                  LAST_COMPLETIONS.toMillis(),
                  TimeUnit.MILLISECONDS));
    }
    signal(false);
  }

  private void onLastCompletionsMissing() {
    if (state == State.CLOSING) {
      LOG.error(
          "{}: {} receives and {} sends have not come back {} s after close: their memory stays"
              + " allocated on purpose, since the kernel may still write to it",
          this,
          inbound.outstanding(),
          outbound.outstanding(),
          LAST_COMPLETIONS.toSeconds());
      free();
      onClosed();
    }
  }

  /** The pump's queue is broken: nothing the kernel may own can ever be known to come back. */
  void onQueueBroken(Throwable cause) {
    onClose(cause);
    if (state == State.CLOSING) {
      free();
      onClosed();
    }
  }

  /** Gives the slots back, or up if the kernel still owns some. */
  private void free() {
    try {
      if (outstanding() == 0) {
        queue.release();
      } else {
        queue.abandon();
      }
    } catch (Throwable defect) { // of the kernel: all the same nobody is kept waiting
      LOG.error("{}: its slots could not be given back", this, defect);
    }
  }

  private void onClosed() {
    state = State.CLOSED;
    timers.dispose();
    pump.onClosed(this, disposal::onClosed);
  }

  /** Whether a flight recording is to have it. */
  boolean isRecorded() {
    return FlightEvents.isRecording() && !options.isProbe();
  }

  private void tellEnding() {
    try {
      whenEnding.tryEmitEmpty();
    } catch (Throwable thrown) {
      LOG.error("{}: a subscriber of neverComplete threw", this, thrown);
    }
  }

  /**
   * Something of this connection threw where nothing may: it ends, the others on the pump go on.
   */
  void onDefect(Throwable defect) {
    try {
      LOG.error("{}: is closed by an unexpected error", this, defect);
    } catch (Throwable unprintable) { // the exception itself may be what throws
      LOG.error("{}: is closed by an unexpected {}", this, defect.getClass().getName());
    }
    try {
      onClose(defect);
    } catch (Throwable worse) {
      LOG.error("{}: could not be closed: {}", this, worse.getClass().getName());
    }
  }

  /** Whether anybody wants to know of the next drop of this reason; counts it. */
  boolean wantsDrop(DropReason reason) {
    counters.increment(reason);
    return dropLog.wants(isFirst(reason));
  }

  private boolean isFirst(DropReason reason) {
    return counters.get(reason) == 1;
  }

  void onDrop(Drop drop) {
    dropLog.onDrop(drop, isFirst(drop.reason()));
  }

  int index() {
    return queue.index();
  }
}
