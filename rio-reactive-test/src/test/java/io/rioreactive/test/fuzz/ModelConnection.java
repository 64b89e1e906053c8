package io.rioreactive.test.fuzz;

import io.rioreactive.Drop;
import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelException.Kind;
import io.rioreactive.test.SimulatedSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is to be true of one connection: whose seat its inbound is, what is posted, what is counted,
 * and when it ends.
 */
final class ModelConnection {

  static final int DATAGRAM_SIZE = 16;
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

  final ModelLife life;
  final ModelCounts counts;

  private int changedLate = -1;

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
    this.life = new ModelLife(model, this);
    this.counts = new ModelCounts(model, this);
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

  boolean isOpened() {
    return socket != null;
  }

  void onOpened(SimulatedSocket opened) {
    socket = opened;
  }

  void onBound(RioConnection bound) {
    connection = bound;
    bound.onDispose().subscribe(ignored -> {}, life::onDisposeTold, () -> life.onDisposeTold(null));
  }

  void onDisposeCalled() {
    life.onDisposeCalled();
    if (model.isInTurn()) { // the pump need not look here before the next turn
      changedLate = model.turn();
    }
  }

  void onTimePassed() {
    life.onTimePassed();
    responder.onTimePassed();
  }

  /** How many requests the kernel has. */
  int outstanding() {
    return receivesOut + inSlots.size();
  }

  /** Whether a shutdown has nothing to wait for any more. */
  boolean isDrained() {
    return mayBeDrained() && (sort != Sort.HANDLER || handler.isDone());
  }

  /** The same, though a handler may be about to end. */
  boolean mayBeDrained() {
    return life.isDraining()
        && inSlots.isEmpty()
        && sends.stream().allMatch(ModelSend::isOver)
        && (sort != Sort.HANDLER || handler.mayBeDone())
        && (sort != Sort.RESPONDER || responder.isDone());
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
    if (seat != null || (life.isEnding() && !life.isDisposed())) {
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
      if (receivesOut > 0 && !life.isClosed() && !keepsPosts) {
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
      life.fail(thrown -> thrown instanceof IllegalStateException);
    } else if (done.slot() < 0) {
      counts.unreachable++;
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
          counts.received++;
          expectDrop(DropReason.TRUNCATED, done.length());
        }
      }
      case FAILED -> {
        if (model.kind(done.code()) == Kind.UNREACHABLE) {
          counts.unreachable++;
        } else {
          counts.receiveErrors++;
        }
      }
      case SOCKET_FAILED -> life.fail(ModelLife.withCode(done.code()));
      case CANCELLED -> {}
    }
  }

  private void onReceived(byte[] bytes) {
    counts.received++;
    InboundTap<?> tap = seat;
    if (life.isEnding()) {
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
        counts.onSent(element.bytes().length);
      }
      case FAILED, SOCKET_FAILED -> {
        element.fate = Element.Fate.FAILED;
        expectDrop(reasonOf(model.kind(done.code())), element.bytes().length);
        if (done.status() == CompletionStatus.SOCKET_FAILED) {
          life.fail(ModelLife.withCode(done.code()));
        }
      }
      case CANCELLED -> {
        element.fate = Element.Fate.DISCARDED;
        counts.discarded++;
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
    counts.onDrop(drop.reason());
  }

  // ---- posts

  void onPostReceive(int code, @Nullable Kind kind) {
    if (code != 0) {
      if (kind == Kind.TRANSIENT) {
        postRefused = true;
        pausedUntil = model.now() + PAUSE;
      } else if (kind == Kind.UNREACHABLE) {
        counts.unreachable++;
      } else {
        life.fail(ModelLife.withCode(code));
      }
      return;
    }
    receivesOut++;
    boolean isWanted =
        sort == Sort.RESPONDER || changedLate == model.turn() || receivesOut <= wanted();
    model.require(
        !life.isEnding() || changedLate == model.turn(),
        "a receive is posted on %s, which ends",
        this);
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
    return tap == null || life.isEnding() ? 0 : (int) Math.min(tap.demand(), receiveSlots);
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
    if (kind == Kind.SOCKET_LOST) {
      life.onSocketLost(code);
    }
  }

  /** An element has left the queue of its send, for a slot or for good. */
  void onAccepted(Element element) {
    model.require(
        element.fate == Element.Fate.WAITING,
        "%s of %s is taken, and does not wait",
        element,
        this);
    counts.accepted++;
    ModelSend send = element.send();
    if (send != null) {
      send.onLeft(element);
    }
  }

  void onDiscarded(Element element) {
    if (element.fate == Element.Fate.WAITING) {
      onAccepted(element);
      element.fate = Element.Fate.DISCARDED;
      counts.discarded++;
    }
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
    counts.check(stats);
    checkCounters(stats);
    if (changedLate != model.turn()) {
      checkDemand(stats, far);
    }
    life.check(atRest);
    checkInboundEnd(atRest);
    checkSends(atRest);
    if (sort == Sort.RESPONDER && !life.isClosed()) {
      responder.check(stats, atRest, inSlots.size() < sendSlots);
    }
    if (sort == Sort.HANDLER && !life.isClosed() && !life.isEnding()) {
      handler.check();
    }
    model.require(
        life.isClosed()
            || (far.sendsPosted().isEmpty() && far.posted().size() == far.committed().size()),
        "%s ends the turn with posts that were not committed",
        this);
  }

  private void checkCounters(RioStats stats) {
    counts.same("in flight", inSlots.size(), stats.inFlight());
    if (sort != Sort.RESPONDER) {
      counts.same("accepted", counts.accepted, stats.accepted());
      counts.same("discarded", counts.discarded, stats.discarded());
    }
    counts.same(
        "handler failures", handler.failures() + responder.failures(), stats.handlerFailures());
    counts.same("calls that timed out", responder.timeouts(), stats.respondTimeouts());
    counts.same("posted", receivesOut, stats.posted());
  }

  private void checkDemand(RioStats stats, SimulatedSocket far) {
    InboundTap<?> tap = seat;
    if (sort != Sort.RESPONDER) {
      counts.same("demand", tap == null || life.isInboundOver() ? 0 : tap.demand(), stats.demand());
    }
    if (life.isClosed()) {
      return;
    }
    int target =
        sort == Sort.RESPONDER
            ? (life.isEnding() ? 0 : (int) Math.min(stats.demand(), receiveSlots))
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

  private void checkInboundEnd(boolean atRest) {
    if (life.isInboundOver()) {
      for (InboundTap<?> tap : taps) {
        model.require(
            tap.isOver() || !model.isInEffect(tap.subscribedIn() + (atRest ? 0 : 1)),
            "%s has no terminal signal, and %s has ended",
            tap,
            this);
      }
    }
  }

  private void checkSends(boolean atRest) {
    for (ModelSend send : sends) {
      send.check(atRest, life.isClosed(), inSlots.size() < sendSlots);
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
            life.isDraining() ? " draining" : "",
            life.isClosed() ? " closed" : "",
            life.isGone() ? " gone" : "",
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
