package io.rioreactive.test.fuzz;

import io.rioreactive.Drop;
import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelException.Kind;
import io.rioreactive.test.SimulatedSocket;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What is to be true of one connection: whose seat its inbound is, what is posted, what is counted,
 * and when it ends.
 */
final class ModelConnection {

  static final int DATAGRAM_SIZE = 16;
  private static final int NEVER = Integer.MAX_VALUE;
  private static final long LAST_COMPLETIONS = 10_000;
  private static final long PAUSE = 10;

  /** Who takes what is received. */
  enum Sort {
    SERVER,
    CLIENT,
    HANDLER,
    RESPONDER
  }

  private final Model model;
  private final String name;
  private final Sort sort;
  private final int receiveSlots;
  private final int sendSlots;
  private final boolean keepsPosts;
  private final boolean deliversTruncated;

  private @Nullable SimulatedSocket socket;
  private @Nullable RioConnection connection;

  // Inbound
  private @Nullable InboundTap<?> seat;
  private final List<InboundTap<?>> taps = new ArrayList<>();
  private int receivesOut;
  private int kept;
  private boolean postRefused;
  private long pausedUntil;

  // Outbound
  private final List<ModelSend> sends = new ArrayList<>();
  private final Map<Integer, Element> inSlots = new HashMap<>();
  final Responder responder;
  final HandlerRun handler;

  // Life
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
  private int changedLate = -1;

  // Counters
  private long received;
  private long delivered;
  private long bytesReceived;
  private long skipped;
  private long receiveErrors;
  private long unreachable;
  private long accepted;
  private long sent;
  private long bytesSent;
  private long discarded;
  private final Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);

  ModelConnection(
      Model model,
      String name,
      Sort sort,
      int receiveSlots,
      int sendSlots,
      boolean keepsPosts,
      boolean deliversTruncated,
      int concurrency) {
    this.model = model;
    this.name = name;
    this.sort = sort;
    this.receiveSlots = receiveSlots;
    this.sendSlots = sendSlots;
    this.keepsPosts = keepsPosts;
    this.deliversTruncated = deliversTruncated;
    this.responder = new Responder(model, this, concurrency);
    this.handler = new HandlerRun(model, this);
  }

  // ---- what it is

  boolean isClient() {
    return sort == Sort.CLIENT;
  }

  Sort sort() {
    return sort;
  }

  int receiveSlots() {
    return receiveSlots;
  }

  int sendSlots() {
    return sendSlots;
  }

  int receivesOut() {
    return receivesOut;
  }

  boolean deliversTruncated() {
    return deliversTruncated;
  }

  @Nullable SimulatedSocket socket() {
    return socket;
  }

  /** Null until the bind has been told. */
  @Nullable RioConnection connection() {
    return connection;
  }

  List<InboundTap<?>> taps() {
    return taps;
  }

  List<ModelSend> sends() {
    return sends;
  }

  boolean isClosed() {
    return closed;
  }

  boolean isGone() {
    return gone;
  }

  boolean isOpened() {
    return socket != null;
  }

  void onOpened(SimulatedSocket opened) {
    socket = opened;
  }

  void onBound(RioConnection bound) {
    connection = bound;
    bound.onDispose().subscribe(ignored -> {}, this::onDisposeTold, () -> onDisposeTold(null));
  }

  // ---- orders: calls of the API that end it

  void onDisposeCalled() {
    disposed = true;
    closeOrdered = Math.min(closeOrdered, model.turn());
    if (model.isInTurn()) { // the pump need not look here before the next turn
      changedLate = model.turn();
    }
    if (!closed) {
      model.workFor("dispose of " + this);
    }
  }

  /** It is told to close, and takes arrivals until the pump has done so. */
  void onCloseOrdered(String why) {
    closeOrdered = Math.min(closeOrdered, model.turn());
    if (!closed && isOpened()) {
      model.workFor(why + " of " + this);
    }
  }

  void onShutdownCalled(long timeoutMillis) {
    drainOrdered = Math.min(drainOrdered, model.turn());
    timeUp = Math.min(timeUp, model.now() + timeoutMillis);
    if (!closed) {
      model.workFor("shutdown of " + this);
    }
  }

  void onTimePassed() {
    if (model.now() >= timeUp && timeUpOrdered == NEVER) {
      timeUpOrdered = model.turn();
      if (!closed) {
        model.workFor("the end of the time for shutdown of " + this);
      }
    }
    if (closed && !gone && model.now() >= closedAt + LAST_COMPLETIONS) {
      model.workFor("the end of the time for last completions of " + this);
    }
    responder.onTimePassed();
  }

  void onQueueBroken(Throwable cause) {
    if (!gone) {
      queueBroken = true;
      fail(thrown -> thrown.equals(cause));
    }
  }

  private void fail(Predicate<Throwable> cause) {
    if (!closed && failure == null) {
      failure = cause;
    }
  }

  private Predicate<Throwable> withCode(int code) {
    return thrown -> thrown instanceof KernelException refusal && refusal.code() == code;
  }

  /** Whether it has failed, or an order to close is in effect. */
  private boolean mustBeClosed() {
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
      model.workFor("the end of the handler of " + this);
    }
  }

  /** Whether a shutdown has nothing to wait for any more. */
  private boolean isDrained() {
    return mayBeDrained() && (sort != Sort.HANDLER || handler.isDone());
  }

  private boolean mayBeDrained() {
    return isDraining()
        && inSlots.isEmpty()
        && sends.stream().allMatch(ModelSend::isOver)
        && (sort != Sort.HANDLER || handler.mayBeDone())
        && (sort != Sort.RESPONDER || responder.isDone());
  }

  boolean isDisposed() {
    return disposed;
  }

  /** A change that the application makes now. Outside of a completion the turn may be past it. */
  void onChange() {
    if (model.isLate()) {
      changedLate = model.turn();
    }
  }

  // ---- the seat

  /** A subscriber comes; answers whether the seat is its. */
  boolean take(InboundTap<?> tap) {
    taps.add(tap);
    onChange();
    if (seat != null || (isEnding() && !disposed)) {
      return false;
    }
    seat = tap;
    return true;
  }

  boolean hasSeat(InboundTap<?> tap) {
    return seat == tap;
  }

  boolean isTaken() {
    return seat != null;
  }

  void leave(InboundTap<?> tap) {
    if (seat == tap) {
      seat = null;
      onChange();
      if (receivesOut > 0 && !closed && !keepsPosts) {
        model.workFor("cancel on " + this);
      }
    }
  }

  // ---- completions

  /** Whether nothing is heard of it. */
  static boolean isQuiet(Done done) {
    if (done.isDuplicate() || done.slot() < 0) {
      return true;
    }
    return switch (done.status()) {
      case OK -> !done.isReceive();
      case TRUNCATED -> false;
      case FAILED, SOCKET_FAILED -> done.isReceive();
      case CANCELLED -> true;
    };
  }

  void onDone(Done done) {
    if (done.isDuplicate()) {
      fail(thrown -> thrown instanceof IllegalStateException);
    } else if (done.slot() < 0) {
      unreachable++;
    } else if (done.isReceive()) {
      receivesOut--;
      kept--;
      onReceiveDone(done);
    } else {
      onSendDone(done);
    }
  }

  private void onReceiveDone(Done done) {
    switch (done.status()) {
      case OK -> onReceived(done.bytes());
      case TRUNCATED -> {
        if (deliversTruncated) {
          onReceived(done.bytes());
        } else {
          received++;
          expectDrop(DropReason.TRUNCATED, done.length());
        }
      }
      case FAILED -> {
        if (model.kind(done.code()) == Kind.UNREACHABLE) {
          unreachable++;
        } else {
          receiveErrors++;
        }
      }
      case SOCKET_FAILED -> fail(withCode(done.code()));
      case CANCELLED -> {}
    }
  }

  private void onReceived(byte[] bytes) {
    received++;
    InboundTap<?> tap = seat;
    if (isEnding()) {
      expectDrop(DropReason.CLOSED, bytes.length);
    } else if (sort == Sort.RESPONDER) {
      model.expect(new Model.Expected(Model.Heard.CALL, this, null, null, bytes.length, bytes));
    } else if (tap == null || !tap.hasDemand()) {
      expectDrop(DropReason.CANCELLED, bytes.length);
    } else {
      Model.Heard heard = tap.hasDecoder() ? Model.Heard.DECODE : Model.Heard.NEXT;
      model.expect(new Model.Expected(heard, this, tap, null, bytes.length, bytes));
    }
  }

  private void onSendDone(Done done) {
    Element element = inSlots.remove(done.slot());
    if (element == null) {
      throw model.fail("%s, and nothing was posted there", done);
    }
    switch (done.status()) {
      case OK, TRUNCATED -> {
        element.fate = Element.Fate.SENT;
        sent++;
        bytesSent += element.bytes().length;
      }
      case FAILED, SOCKET_FAILED -> {
        element.fate = Element.Fate.FAILED;
        expectDrop(reasonOf(model.kind(done.code())), element.bytes().length);
        if (done.status() == CompletionStatus.SOCKET_FAILED) {
          fail(withCode(done.code()));
        }
      }
      case CANCELLED -> {
        element.fate = Element.Fate.DISCARDED;
        discarded++;
      }
    }
  }

  private static DropReason reasonOf(Kind kind) {
    return switch (kind) {
      case TOO_LARGE -> DropReason.TOO_LARGE;
      case BAD_ADDRESS -> DropReason.BAD_ADDRESS;
      case UNREACHABLE -> DropReason.UNREACHABLE;
      case NOT_PERMITTED -> DropReason.NOT_PERMITTED;
      case TRANSIENT, SOCKET_LOST, OTHER -> DropReason.SYSTEM;
    };
  }

  // ---- what is heard

  void expectDrop(DropReason reason, int length) {
    model.expect(new Model.Expected(Model.Heard.DROP, this, null, reason, length, new byte[0]));
  }

  void onDrop(Drop drop) {
    Model.Expected next = model.heard(Model.Heard.DROP, this, drop);
    model.require(next.reason() == drop.reason(), "heard %s, and expected %s", drop, next);
    model.require(next.length() == drop.length(), "heard %s, and expected %s", drop, next);
    drops.merge(drop.reason(), 1L, Long::sum);
  }

  void onDelivered(int bytes) {
    delivered++;
    bytesReceived += bytes;
  }

  void onSkipped() {
    skipped++;
  }

  // ---- posts

  void onPostReceive(int code, @Nullable Kind kind) {
    if (code != 0) {
      if (kind == Kind.TRANSIENT) {
        postRefused = true;
        pausedUntil = model.now() + PAUSE;
      } else if (kind == Kind.UNREACHABLE) {
        unreachable++;
      } else {
        fail(withCode(code));
      }
      return;
    }
    receivesOut++;
    boolean isWanted =
        sort == Sort.RESPONDER || changedLate == model.turn() || receivesOut <= wanted();
    model.require(
        !isEnding() || changedLate == model.turn(), "a receive is posted on %s, which ends", this);
    model.require(
        isWanted, "%d receives are posted on %s, and wanted are %d", receivesOut, this, wanted());
    model.require(
        receivesOut <= receiveSlots, "%d receives on %d slots", receivesOut, receiveSlots);
  }

  void onWithdrawn(int count) {
    receivesOut -= count;
  }

  /** {@code min(unmet demand, C)} while there is a subscriber. */
  private int wanted() {
    InboundTap<?> tap = seat;
    return tap == null || isEnding() ? 0 : (int) Math.min(tap.demand(), receiveSlots);
  }

  void onPostSend(int slot, byte[] bytes, int code, @Nullable Kind kind) {
    Element element = model.elementOf(bytes);
    model.require(element.connection() == this, "%s leaves from %s", element, this);
    model.requireBytes(element.bytes(), bytes, element);
    if (element.fate != Element.Fate.ENCODED) {
      onAccepted(element);
    }
    if (code == 0) {
      element.fate = Element.Fate.POSTED;
      model.require(inSlots.put(slot, element) == null, "send slot %d is posted twice", slot);
      return;
    }
    element.fate = Element.Fate.FAILED;
    expectDrop(reasonOf(kind), bytes.length);
    if (kind == Kind.SOCKET_LOST && !closed && failure == null) {
      failOrdered = Math.min(failOrdered, model.turn());
      lostCode = lostCode == 0 ? code : lostCode;
    }
  }

  /** An element has left the queue of its send, for a slot or for good. */
  void onAccepted(Element element) {
    model.require(
        element.fate == Element.Fate.WAITING,
        "%s of %s is taken, and does not wait",
        element,
        this);
    accepted++;
    ModelSend send = element.send();
    if (send != null) {
      send.onLeft(element);
    }
  }

  void onDiscarded(Element element) {
    if (element.fate == Element.Fate.WAITING) {
      onAccepted(element);
      element.fate = Element.Fate.DISCARDED;
      discarded++;
    }
  }

  // ---- the end

  /** What a subscriber, or onDispose, is told in the end; null for completion. */
  void requireEnd(@Nullable Throwable told, Object who) {
    model.settleQuietly();
    model.require(isEnding(), "%s ends with %s, and %s does not", who, told, this);
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
          this);
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
    boolean may = mustBeClosed() || mayBeDrained() || model.isEnded();
    model.require(may, "%s is closed, and nobody has said so", this);
    closed = true;
    closedAt = model.now();
  }

  void onGone(boolean released) {
    model.require(!gone, "%s is released twice", this);
    gone = true;
    int out = receivesOut + inSlots.size();
    if (released) {
      model.require(out == 0, "%s is released with %d outstanding", this, out);
    } else {
      boolean may = queueBroken || model.now() >= closedAt + LAST_COMPLETIONS;
      model.require(may && out > 0, "%s is abandoned with %d outstanding", this, out);
    }
  }

  private void onDisposeTold(@Nullable Throwable error) {
    model.require(!toldDisposed, "onDispose of %s is told twice", this);
    toldDisposed = true;
    model.require(gone, "onDispose of %s is told before its slots are given back", this);
    requireEnd(error, "onDispose of " + this);
  }

  boolean isToldDisposed() {
    return toldDisposed;
  }

  // ---- after each turn

  void onTurnBegins() {
    kept = receivesOut;
    postRefused = false;
    sends.forEach(ModelSend::onTurnBegins);
  }

  /** All that must be true between two turns. */
  void check(boolean atRest) {
    RioConnection api = connection;
    SimulatedSocket far = socket;
    if (api == null || far == null) {
      return;
    }
    RioStats stats = api.stats();
    checkLaws(stats);
    checkCounters(stats);
    if (changedLate != model.turn()) {
      checkDemand(stats, far);
    }
    checkEnd(atRest);
    checkSends(atRest);
    if (sort == Sort.RESPONDER && !closed) {
      responder.check(stats, atRest, inSlots.size() < sendSlots);
    }
    if (sort == Sort.HANDLER && !closed && !isEnding()) {
      handler.check();
    }
    model.require(
        closed || (far.sendsPosted().isEmpty() && far.posted().size() == far.committed().size()),
        "%s ends the turn with posts that were not committed",
        this);
  }

  private void checkLaws(RioStats stats) {
    model.require(
        stats.received() == stats.delivered() + stats.skipped() + stats.droppedTotal(),
        "received = delivered + skipped + dropped does not hold on %s: %s",
        this,
        stats);
    model.require(
        stats.accepted()
            == stats.sent() + stats.failedTotal() + stats.discarded() + stats.inFlight(),
        "accepted = sent + failed + discarded + in flight does not hold on %s: %s",
        this,
        stats);
  }

  private void checkCounters(RioStats stats) {
    same("received", received, stats.received());
    same("delivered", delivered, stats.delivered());
    same("skipped", skipped, stats.skipped());
    same("bytes received", bytesReceived, stats.bytesReceived());
    same("receive errors", receiveErrors, stats.receiveErrors());
    same("unreachable", unreachable, stats.unreachable());
    for (DropReason reason : DropReason.values()) {
      same("drops " + reason, drops.getOrDefault(reason, 0L), stats.count(reason));
    }
    same("sent", sent, stats.sent());
    same("bytes sent", bytesSent, stats.bytesSent());
    same("in flight", inSlots.size(), stats.inFlight());
    if (sort != Sort.RESPONDER) {
      same("accepted", accepted, stats.accepted());
      same("discarded", discarded, stats.discarded());
    }
    same("handler failures", handler.failures() + responder.failures(), stats.handlerFailures());
    same("calls that timed out", responder.timeouts(), stats.respondTimeouts());
    same("posted", receivesOut, stats.posted());
  }

  private void same(String what, long wanted, long told) {
    model.require(wanted == told, "%s of %s: %d, and stats say %d", what, this, wanted, told);
  }

  private void checkDemand(RioStats stats, SimulatedSocket far) {
    InboundTap<?> tap = seat;
    if (sort != Sort.RESPONDER) {
      same("demand", tap == null || isInboundOver() ? 0 : tap.demand(), stats.demand());
    }
    if (closed) {
      return;
    }
    int target =
        sort == Sort.RESPONDER
            ? (isEnding() ? 0 : (int) Math.min(stats.demand(), receiveSlots))
            : wanted();
    int floor = keepsPosts ? kept : receivesOut - far.posted().size();
    int posted = Math.max(target, floor);
    boolean mayBeFewer = postRefused || model.now() < pausedUntil;
    model.require(
        receivesOut == posted || (mayBeFewer && receivesOut < posted),
        "%s has %d receives posted and not %d = max(min(demand %d, slots %d), kept %d)",
        this,
        receivesOut,
        posted,
        stats.demand(),
        receiveSlots,
        floor);
  }

  private boolean isInboundOver() {
    return closed || mustBeClosed() || isDraining();
  }

  private void checkEnd(boolean atRest) {
    if (mustBeClosed()) {
      model.require(closed, "%s was told to close a turn ago, and its socket is open", this);
    }
    if (isInboundOver()) {
      for (InboundTap<?> tap : taps) {
        model.require(
            tap.isOver() || !model.isInEffect(tap.subscribedIn() + (atRest ? 0 : 1)),
            "%s has no terminal signal, and %s has ended",
            tap,
            this);
      }
    }
    if (atRest) {
      model.require(closed || !isDrained(), "%s is drained and not closed", this);
      int out = receivesOut + inSlots.size();
      model.require(
          !closed || gone || out > 0, "%s is closed and its slots are not released", this);
      model.require(!gone || toldDisposed, "%s is gone and onDispose has not been told", this);
      boolean isLate = closed && !gone && model.now() >= closedAt + LAST_COMPLETIONS;
      model.require(!isLate, "%s still waits for %d completions", this, out);
    }
  }

  private void checkSends(boolean atRest) {
    for (ModelSend send : sends) {
      send.check(atRest, closed, inSlots.size() < sendSlots);
    }
    for (ModelSend one : sends) {
      for (ModelSend other : sends) {
        one.requireTurns(other);
      }
    }
  }

  /** For the report of a failure. */
  String describe() {
    RioConnection api = connection;
    SimulatedSocket far = socket;
    Set<Integer> sendsHeld = far == null ? Set.of() : new HashSet<>(far.sendsHeld());
    return "%s: C=%d S=%d%s%s%s; outstanding %d receives (posted %s), sends %s (held %s), seat %s%n    %s"
        .formatted(
            this,
            receiveSlots,
            sendSlots,
            isDraining() ? " draining" : "",
            closed ? " closed" : "",
            gone ? " gone" : "",
            receivesOut,
            far == null ? "-" : far.posted(),
            inSlots,
            sendsHeld,
            seat,
            api == null ? "not bound" : api.stats());
  }

  @Override
  public String toString() {
    return name;
  }
}
