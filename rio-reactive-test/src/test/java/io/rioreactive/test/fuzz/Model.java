package io.rioreactive.test.fuzz;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rioreactive.DropReason;
import io.rioreactive.kernel.KernelException.Kind;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the contract says must happen: which signal each completion brings, in order, and what is
 * true after each turn.
 *
 * <p>Completions wait here from the moment the pump gets them. Whenever the application hears
 * something, those before it are settled, and the next one that is to be heard must be this one.
 * What is ordered by a call of the API (a close, a shutdown) is in effect from the first turn that
 * begins after the call.
 */
final class Model {

  /** What the application can hear of a completion. */
  enum Heard {
    DECODE,
    NEXT,
    CALL,
    DROP
  }

  /** What must be heard next. Nobody compares two. */
  @SuppressWarnings("ArrayRecordComponent")
  record Expected(
      Heard heard,
      ModelConnection connection,
      @Nullable InboundTap<?> tap,
      @Nullable DropReason reason,
      int length,
      byte[] bytes) {

    @Override
    public String toString() {
      return heard
          + (reason == null ? "" : " " + reason)
          + " of "
          + length
          + " bytes on "
          + connection;
    }
  }

  private final List<ModelConnection> connections = new ArrayList<>();
  private final Deque<ModelConnection> opening = new ArrayDeque<>();
  private final Deque<Done> pending = new ArrayDeque<>();
  private final Deque<Expected> expected = new ArrayDeque<>();
  private final Map<Integer, Kind> kinds = new HashMap<>();
  private final Map<Integer, Element> elements = new HashMap<>();
  private final List<Throwable> thrown = new ArrayList<>();
  private final List<Throwable> droppedErrors = new ArrayList<>();
  private final IntSupplier wakes;
  private final BooleanSupplier ended;

  private int turn;
  private boolean inTurn;
  private int callbacks;
  private long now;
  private int nextCode = 1_000;
  private int nextElement;
  private boolean parked;
  private int wakesAtPark;
  private @Nullable String due;
  private @Nullable String failure;

  Model(IntSupplier wakes, BooleanSupplier ended) {
    this.ended = ended;
    this.wakes = wakes;
  }

  // ---- failures

  /** Remembers the first failure: what is thrown here may be caught by the library. */
  @SuppressWarnings("AnnotateFormatMethod") // the annotation is in a library of its own
  AssertionError fail(String text, @Nullable Object... args) {
    String what = text.formatted(args);
    if (failure == null) {
      failure = what;
    }
    return new AssertionError(what);
  }

  @SuppressWarnings("AnnotateFormatMethod")
  void require(boolean holds, String text, @Nullable Object... args) {
    if (!holds) {
      throw fail(text, args);
    }
  }

  @Nullable String failure() {
    return failure;
  }

  // ---- turns

  /** Whether the pump has ended: what is handed over then runs at once. */
  boolean isEnded() {
    return ended.getAsBoolean();
  }

  int turn() {
    return turn;
  }

  boolean isInTurn() {
    return inTurn;
  }

  /** Whether a call ordered in that turn, or after it and before the next, is in effect. */
  boolean isInEffect(int orderedIn) {
    return orderedIn < turn;
  }

  long now() {
    return now;
  }

  void passTime(long millis) {
    now += millis;
  }

  void beginTurn() {
    turn++;
    inTurn = true;
    parked = false;
    due = null;
    connections.forEach(ModelConnection::onTurnBegins);
  }

  /**
   * The turn is over.
   *
   * @param atRest whether the pump found nothing to do and has parked
   */
  void endTurn(boolean atRest, boolean isParked) {
    Expected missing = nextExpected();
    require(missing == null, "not heard at the end of the turn: %s", missing);
    droppedErrorsAreThose();
    for (ModelConnection connection : List.copyOf(connections)) {
      connection.check(atRest);
    }
    inTurn = false;
    parked = isParked;
    wakesAtPark = wakes.getAsInt();
  }

  private void droppedErrorsAreThose() {
    for (Throwable each : thrown) {
      require(
          droppedErrors.contains(each), "onErrorDropped did not get what onNext threw: %s", each);
    }
    thrown.clear();
    droppedErrors.clear();
  }

  /**
   * Inside a call to the application that belongs to a completion: its effects are due this turn.
   */
  void inCallback(Runnable call) {
    callbacks++;
    try {
      call.run();
    } finally {
      callbacks--;
    }
  }

  /** Whether a change made now may be seen only by the next turn. */
  boolean isLate() {
    return inTurn && callbacks == 0;
  }

  // ---- wake-ups

  boolean isParked() {
    return parked && !inTurn;
  }

  /** Whether the pump has been woken since it parked. */
  boolean isWoken() {
    return wakes.getAsInt() > wakesAtPark;
  }

  /** The pump has work that only a turn can do. */
  void workFor(String what) {
    if (!inTurn) {
      due = what;
    }
  }

  void checkWoken() {
    require(
        due == null || !parked || isWoken(),
        "lost wake-up: the pump is parked, and has work: %s",
        due);
  }

  // ---- completions and what is heard of them

  void onBatch(List<Done> batch) {
    pending.addAll(batch);
  }

  /** What must be heard next, or null. */
  private @Nullable Expected nextExpected() {
    while (expected.isEmpty() && !pending.isEmpty()) {
      Done done = pending.remove();
      done.connection().onDone(done);
    }
    return expected.peek();
  }

  /** Settles completions of which nothing is heard. */
  void settleQuietly() {
    while (expected.isEmpty() && !pending.isEmpty() && ModelConnection.isQuiet(pending.peek())) {
      Done done = pending.remove();
      done.connection().onDone(done);
    }
  }

  void expect(Expected next) {
    expected.add(next);
  }

  /** Something is heard: it must be what was to be heard next. */
  Expected heard(Heard what, ModelConnection connection, @Nullable Object by) {
    Expected next = nextExpected();
    require(
        next != null && next.heard() == what && next.connection() == connection,
        "%s on %s (%s), but expected was: %s",
        what,
        connection,
        by,
        next);
    return expected.remove();
  }

  void requireBytes(byte[] wanted, byte[] got, Object where) {
    require(
        Arrays.equals(wanted, got),
        "%s got \"%s\", and \"%s\" was received",
        where,
        new String(got, UTF_8),
        new String(wanted, UTF_8));
  }

  // ---- what the whole pump meets

  void onQueueBroken(IOException cause) {
    for (ModelConnection connection : connections) {
      connection.life.onQueueBroken(cause);
    }
  }

  void onThrown(Throwable inOnNext) {
    thrown.add(inOnNext);
  }

  void onErrorDropped(Throwable error) {
    droppedErrors.add(error);
  }

  // ---- names

  ModelConnection add(ModelConnection connection) {
    opening.add(connection);
    return connection;
  }

  ModelConnection onOpening() {
    ModelConnection next = opening.remove();
    connections.add(next);
    return next;
  }

  void onBindFailed(ModelConnection connection) {
    opening.remove(connection);
    connections.remove(connection);
  }

  boolean isOpening(ModelConnection connection) {
    return opening.contains(connection);
  }

  List<ModelConnection> connections() {
    return connections;
  }

  /** Those that are opened, and those that will be. */
  List<ModelConnection> all() {
    List<ModelConnection> all = new ArrayList<>(connections);
    all.addAll(opening);
    return all;
  }

  /** An error code that means this. */
  int code(Kind kind) {
    int code = nextCode++;
    kinds.put(code, kind);
    return code;
  }

  Kind kind(int code) {
    return kinds.getOrDefault(code, Kind.OTHER);
  }

  Element element(Element.Sort sort, @Nullable ModelSend send, ModelConnection connection) {
    Element element = new Element(nextElement++, sort, send, connection);
    elements.put(element.id(), element);
    return element;
  }

  Element elementOf(byte[] bytes) {
    Element element = elements.get(Element.idOf(bytes));
    if (element == null) {
      throw fail("a datagram left that nobody sent: \"%s\"", new String(bytes, UTF_8));
    }
    return element;
  }
}
