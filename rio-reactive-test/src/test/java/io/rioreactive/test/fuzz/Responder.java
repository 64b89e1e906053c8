package io.rioreactive.test.fuzz;

import io.rioreactive.Datagram;
import io.rioreactive.RioStats;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What the model knows of the calls of a {@code respond} function. The query says what its call
 * does: answer at once, answer nothing, fail, or wait for the program.
 */
final class Responder {

  private static final long TIMEOUT = 30_000;

  /** A call that waits. */
  private final class Call {

    private final long began = model.now();
    private final HandSource<Datagram> source = new HandSource<>(() -> onCancelled(this));
  }

  private final Model model;
  private final ModelConnection connection;
  private final int concurrency;
  private final List<Call> calls = new ArrayList<>();
  private final List<Element> replies = new ArrayList<>();
  private long failures;
  private long timeouts;

  Responder(Model model, ModelConnection connection, int concurrency) {
    this.model = model;
    this.connection = connection;
    this.concurrency = concurrency;
  }

  int concurrency() {
    return concurrency;
  }

  /** As the application's function. */
  @Nullable Publisher<Datagram> call(Datagram query) {
    Model.Expected heard = model.heard(Model.Heard.CALL, connection, query);
    model.requireBytes(heard.bytes(), query.asByteArray(), "call on " + connection);
    connection.counts.onDelivered(query.length());
    model.require(calls.size() < concurrency, "%s has more calls than %d", connection, concurrency);
    String text = query.asString();
    char first = text.isEmpty() ? 's' : text.charAt(0);
    return switch (first) {
      case 's' -> Mono.empty();
      case 't' -> failing(text.length() % 3);
      case 'p' -> {
        Call call = new Call();
        calls.add(call);
        yield call.source;
      }
      default ->
          text.length() % 2 == 0 ? Mono.just(reply()) : Flux.range(0, 3).map(ignored -> reply());
    };
  }

  private @Nullable Publisher<Datagram> failing(int how) {
    failures++;
    if (how == 0) {
      throw new IllegalStateException("the respond function throws");
    }
    if (how == 1) {
      return null;
    }
    return Mono.error(new IllegalStateException("the respond function fails"));
  }

  private Datagram reply() {
    Element element = model.element(Element.Sort.GOOD, null, connection);
    element.fate = Element.Fate.WAITING;
    replies.add(element);
    return element.datagram();
  }

  boolean hasCalls() {
    return !calls.isEmpty();
  }

  /** A call ends, with a reply or without. */
  void end(int which, boolean withReply) {
    Call call = calls.remove(which % calls.size());
    if (withReply && isEveryReplyGone() && !connection.life.isClosed()) {
      model.workFor("the reply of a call on " + connection);
    }
    if (withReply) {
      call.source.emit(1, this::reply);
    }
    if (call.source.isLive()) {
      call.source.complete();
    }
  }

  void fail(int which) {
    Call call = calls.remove(which % calls.size());
    failures++;
    model.workFor("the failure of a call on " + connection);
    call.source.fail(new IllegalStateException("a call fails"));
  }

  private void onCancelled(Call call) {
    calls.remove(call);
    if (!model.isInTurn() && !connection.life.isClosed()) {
      timeouts++;
      model.require(
          model.now() >= call.began + TIMEOUT, "a call on %s is cancelled too soon", connection);
      model.workFor("the timeout of a call on " + connection);
    }
  }

  void onTimePassed() {
    for (Call call : calls) {
      model.require(
          model.now() < call.began + TIMEOUT, "a call on %s has not timed out", connection);
    }
  }

  long failures() {
    return failures;
  }

  long timeouts() {
    return timeouts;
  }

  boolean isDone() {
    return calls.isEmpty() && isEveryReplyGone();
  }

  private boolean isEveryReplyGone() {
    return replies.stream()
        .allMatch(
            each ->
                each.fate == Element.Fate.SENT
                    || each.fate == Element.Fate.FAILED
                    || each.fate == Element.Fate.DISCARDED);
  }

  void check(RioStats stats, boolean atRest, boolean hasFreeSlot) {
    model.require(
        stats.demand() + calls.size() <= concurrency,
        "demand %d with %d of %d calls under way on %s",
        stats.demand(),
        calls.size(),
        concurrency,
        connection);
    if (atRest && !connection.life.isEnding()) {
      boolean isWaiting = replies.stream().anyMatch(each -> each.fate == Element.Fate.WAITING);
      model.require(
          !isWaiting || !hasFreeSlot, "replies wait on %s, and slots are free", connection);
      model.require(
          stats.demand() > 0 || !calls.isEmpty() || isWaiting,
          "%s has no call under way and asks for nothing",
          connection);
    }
  }
}
