package io.rioreactive.test.fuzz;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.kernel.KernelException.Kind;
import io.rioreactive.test.ManualPump;
import io.rioreactive.test.SimulatedKernel;
import io.rioreactive.test.SimulatedSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * The library under a program: one pump that is turned by hand over a simulated kernel, virtual
 * time, and the model, which checks after each turn.
 */
final class World implements AutoCloseable {

  private static final int MOST_TURNS = 3_000;
  private static final List<Kind> DATAGRAM_FAILURES =
      List.of(
          Kind.TRANSIENT,
          Kind.OTHER,
          Kind.TOO_LARGE,
          Kind.UNREACHABLE,
          Kind.NOT_PERMITTED,
          Kind.SOCKET_LOST);

  private static final List<Element.Sort> BAD_SORTS =
      List.of(Element.Sort.TOO_LONG, Element.Sort.BAD_ADDRESS, Element.Sort.ENCODER_THROWS);

  private final SimulatedKernel kernel;
  private final ObservedKernel observed;
  private final ManualPump pump;
  private final Model model;
  private final VirtualTimeScheduler clock = VirtualTimeScheduler.create();
  private final StepScheduler scheduler = new StepScheduler();
  private final Arrivals arrivals = new Arrivals();
  private final List<InboundTap<?>> taps = new ArrayList<>();
  private final List<ModelSend> sends = new ArrayList<>();
  private final List<HandSource<Element>> sources = new ArrayList<>();
  private final List<ModelSend> sendOfSource = new ArrayList<>();
  private final boolean keepsPosts;
  private int names;
  private int bindsOpen;
  private boolean groupDisposed;

  /** The first bind starts the pump. */
  private boolean isStarted;

  World(Program program) {
    keepsPosts = program.keepsPosts();
    kernel = keepsPosts ? SimulatedKernel.keepingPosts() : SimulatedKernel.withdrawingPosts();
    if (program.shuffles()) {
      kernel.shuffleCompletions(program.seed());
    }
    ManualPump[] later = new ManualPump[1];
    model = new Model(() -> later[0].wakes(), () -> later[0].isEnded());
    observed = new ObservedKernel(kernel, model);
    pump = ManualPump.over(observed);
    later[0] = pump;
    VirtualTimeScheduler.set(clock);
    Hooks.onErrorDropped(model::onErrorDropped);
    Hooks.onNextDropped(value -> {});
  }

  Model model() {
    return model;
  }

  /** Does one step; answers what that was in words, or null if it does not apply now. */
  @Nullable String apply(Step step) {
    String done = act(step);
    check();
    return done;
  }

  private void check() {
    model.checkWoken();
    if (!kernel.violations().isEmpty()) {
      throw model.fail("the kernel's contract is broken: %s", kernel.violations());
    }
    if (model.failure() != null) {
      throw new AssertionError(model.failure());
    }
  }

  private @Nullable String act(Step step) {
    return switch (step.kind()) {
      case BIND_SERVER -> bind(ModelConnection.Sort.SERVER, step);
      case BIND_CLIENT -> bind(ModelConnection.Sort.CLIENT, step);
      case BIND_HANDLER -> bind(ModelConnection.Sort.HANDLER, step);
      case BIND_RESPONDER -> bind(ModelConnection.Sort.RESPONDER, step);
      case SUBSCRIBE -> subscribe(step, InboundTap.Sort.RECEIVE, false);
      case SUBSCRIBE_DECODER -> subscribe(step, InboundTap.Sort.DECODER, false);
      case SUBSCRIBE_NEXT -> subscribe(step, InboundTap.Sort.NEXT, false);
      case SUBSCRIBE_SECOND -> subscribe(step, InboundTap.Sort.RECEIVE, true);
      case SUBSCRIBE_PUBLISH_ON -> subscribePublishOn(step);
      case REQUEST -> request(step, 1 + step.b() % 6);
      case REQUEST_UNBOUNDED -> request(step, Long.MAX_VALUE);
      case REQUEST_BAD -> request(step, -(step.b() % 2));
      case CANCEL -> cancel(step);
      case SEND_ONE -> sendOne(step);
      case SEND_MANY -> sendMany(step, false);
      case SEND_BAD -> sendMany(step, true);
      case SEND_BY_HAND -> sendByHand(step);
      case ECHO -> echo(step);
      case SOURCE_EMIT -> emit(step);
      case SOURCE_COMPLETE -> endSource(step, false);
      case SOURCE_FAIL -> endSource(step, true);
      case CANCEL_SEND -> cancelSend(step);
      case IN_ON_NEXT -> script(step);
      case IN_DECODER -> scriptDecoder(step);
      case HANDLER_COMPLETE -> endHandler(step, false);
      case HANDLER_FAIL -> endHandler(step, true);
      case HANDLER_THROW -> handlerThrows(step);
      case CALL_END -> endCall(step, false);
      case CALL_FAIL -> endCall(step, true);
      case DISPOSE -> dispose(step);
      case SHUTDOWN -> shutdown(step);
      case DISPOSE_GROUP -> disposeGroup();
      case ARRIVE -> arrive(step, false);
      case ARRIVE_TOO_LONG -> arrive(step, true);
      case ARRIVE_ANYWHERE -> arriveAnywhere(step);
      case FAIL_RECEIVE -> failReceive(step);
      case REFUSE_RECEIVE -> refuseReceive(step, Kind.TRANSIENT);
      case REFUSE_RECEIVE_FOR_GOOD ->
          refuseReceive(step, step.b() % 2 == 0 ? Kind.OTHER : Kind.SOCKET_LOST);
      case HOLD_SENDS -> onSocket(step, "hold sends", SimulatedSocket::holdSends);
      case RELEASE_SENDS -> onSocket(step, "release sends", SimulatedSocket::releaseSends);
      case COMPLETE_SEND -> endSend(step, false);
      case FAIL_SEND -> endSend(step, true);
      case REFUSE_SEND -> refuseSend(step);
      case UNREACHABLE -> unreachable(step);
      case HOLD_CANCELLATIONS ->
          onSocket(step, "hold cancellations", SimulatedSocket::holdCancellations);
      case RELEASE_CANCELLATIONS ->
          onSocket(step, "release cancellations", SimulatedSocket::releaseCancellations);
      case FAIL_SOCKET -> failSocket(step);
      case FAIL_BIND -> failBind();
      case BREAK_QUEUE -> breakQueue();
      case DEQUEUE_AT_MOST -> dequeueAtMost(step);
      case DUPLICATE_COMPLETION -> duplicate();
      case TURN -> turn() ? "turn" : "turn: nothing to do";
      case RUN -> "run: " + run() + " turns";
      case PASS_MILLISECONDS -> pass(1 + step.a() % 40);
      case PASS_SECONDS -> pass(1_000 * (1 + step.a() % 20));
      case RUN_SCHEDULER -> runScheduler();
    };
  }

  // ---- whom a step is about

  private @Nullable ModelConnection connection(int which, Predicate<ModelConnection> wanted) {
    return pick(model.connections(), which, each -> each.connection() != null && wanted.test(each));
  }

  private static <T> @Nullable T pick(List<T> all, int which, Predicate<? super T> wanted) {
    List<T> some = new ArrayList<>();
    for (T each : all) {
      if (wanted.test(each)) {
        some.add(each);
      }
    }
    return some.isEmpty() ? null : some.get(which % some.size());
  }

  private @Nullable SimulatedSocket socket(int which) {
    ModelConnection open = connection(which, each -> !each.isGone());
    return open == null ? null : open.socket();
  }

  private String name(String kind) {
    return kind + " " + ++names;
  }

  // ---- bind

  private String bind(ModelConnection.Sort sort, Step step) {
    int receiveSlots = 1 + step.a() % 6;
    int sendSlots = 1 + step.a() / 8 % 4;
    boolean deliversTruncated = step.b() % 4 == 0;
    int concurrency = 1 + step.b() % 5;
    ModelConnection connection =
        new ModelConnection(
            model,
            name(sort.name().toLowerCase(Locale.ROOT)),
            sort,
            receiveSlots,
            sendSlots,
            keepsPosts,
            deliversTruncated,
            concurrency);
    model.add(connection);
    bindsOpen++;
    isStarted = true;
    if (!groupDisposed) {
      model.workFor("bind of " + connection);
    }
    var bind =
        Binds.of(connection, pump.group(), step.c(), run -> onHandlerCalled(connection, run));
    bind.subscribe(
        bound -> {
          bindsOpen--;
          connection.onBound(bound);
        },
        failure -> {
          bindsOpen--;
          model.onBindFailed(connection);
        });
    return "bind %s with %d receive and %d send slots%s%s"
        .formatted(
            connection,
            receiveSlots,
            sendSlots,
            deliversTruncated ? ", truncated ones delivered" : "",
            sort == ModelConnection.Sort.RESPONDER ? ", concurrency " + concurrency : "");
  }

  /** The handler's function subscribes each time it is called. */
  private void onHandlerCalled(ModelConnection connection, Flux<Datagram> inbound) {
    tap(connection, InboundTap.Sort.RECEIVE, 3, inbound);
  }

  // ---- inbound

  private InboundTap<Datagram> tap(
      ModelConnection connection, InboundTap.Sort sort, long first, Publisher<Datagram> inbound) {
    InboundTap<Datagram> tap =
        new InboundTap<>(model, connection, name("subscriber"), sort, first, null);
    taps.add(tap);
    tap.subscribeTo(inbound);
    return tap;
  }

  private @Nullable String subscribe(Step step, InboundTap.Sort sort, boolean second) {
    ModelConnection connection =
        connection(
            step.a(),
            each ->
                each.sort() != ModelConnection.Sort.RESPONDER
                    && (each.isTaken() == second || step.c() % 8 == 0));
    return connection == null ? null : subscribe(connection, sort, step.b() % 7);
  }

  private String subscribe(ModelConnection connection, InboundTap.Sort sort, long first) {
    RioConnection api = api(connection);
    InboundTap<?> tap =
        switch (sort) {
          case RECEIVE -> tap(connection, sort, first, api.receive());
          case NEXT -> tap(connection, sort, first, api.next());
          case DECODER -> tapDecoder(connection, first, api);
        };
    return "%s of %s asks for %d by %s".formatted(tap, connection, first, sort);
  }

  private static RioConnection api(ModelConnection connection) {
    return Objects.requireNonNull(connection.connection());
  }

  private InboundTap<?> tapDecoder(ModelConnection connection, long first, RioConnection api) {
    InboundTap<String> tap =
        new InboundTap<>(
            model, connection, name("subscriber"), InboundTap.Sort.DECODER, first, null);
    taps.add(tap);
    tap.subscribeTo(api.<String>receive(tap::decode));
    return tap;
  }

  private @Nullable String subscribePublishOn(Step step) {
    ModelConnection connection =
        connection(
            step.a(), each -> each.sort() != ModelConnection.Sort.RESPONDER && !each.isTaken());
    if (connection == null) {
      return null;
    }
    int prefetch = 1 + step.b() % 5;
    String name = name("subscriber");
    Taps.tapped(model, connection, name, api(connection).receive())
        .publishOn(scheduler, prefetch)
        .subscribe(ignored -> {}, ignored -> {});
    return "%s of %s with publishOn, prefetch %d".formatted(name, connection, prefetch);
  }

  private @Nullable String request(Step step, long n) {
    InboundTap<?> tap =
        pick(taps, step.a(), each -> each.isDirect() && each.isLive() && each.isSubscribed());
    if (tap == null) {
      return null;
    }
    tap.request(n);
    return "%s of %s requests %d".formatted(tap, tap.connection(), n);
  }

  private @Nullable String cancel(Step step) {
    InboundTap<?> tap = pick(taps, step.a(), each -> each.isLive() && each.isSubscribed());
    if (tap == null) {
      return null;
    }
    tap.cancel();
    return "%s of %s cancels".formatted(tap, tap.connection());
  }

  private @Nullable String script(Step step) {
    InboundTap<?> tap = pick(taps, step.a(), each -> each.isDirect() && each.isLive());
    if (tap == null) {
      return null;
    }
    int n = 1 + step.c() % 4;
    String what =
        switch (step.b() % 12) {
          case 0, 1 -> {
            tap.inOnNext(by -> by.request(n));
            yield "request " + n;
          }
          case 2, 3 -> {
            tap.inOnNext(InboundTap::cancel);
            yield "cancel";
          }
          case 4 -> {
            tap.inOnNext(
                by -> {
                  throw by.thrown();
                });
            yield "throw";
          }
          case 5 -> {
            tap.inOnNext(
                by -> {
                  by.cancel();
                  resubscribe(by.connection(), n);
                });
            yield "cancel, and let another ask for " + n;
          }
          case 6 -> {
            tap.inOnNext(by -> by.request(0));
            yield "request 0";
          }
          case 7 -> {
            tap.inOnNext(by -> resubscribe(by.connection(), n));
            yield "let a second subscribe";
          }
          case 8 -> {
            tap.inOnNext(by -> dispose(step));
            yield "dispose of some connection";
          }
          case 9 -> {
            tap.inOnNext(by -> shutdown(step));
            yield "shut some connection down";
          }
          case 10 -> {
            tap.inOnNext(by -> sendMany(step, false));
            yield "send";
          }
          default -> {
            tap.inOnNext(by -> request(step, n));
            yield "request " + n + " for some subscriber";
          }
        };
    return "%s will, in an onNext: %s".formatted(tap, what);
  }

  private void resubscribe(ModelConnection connection, int n) {
    if (connection.connection() != null) {
      subscribe(connection, InboundTap.Sort.RECEIVE, n);
    }
  }

  private @Nullable String scriptDecoder(Step step) {
    InboundTap<?> tap = pick(taps, step.a(), each -> each.hasDecoder() && each.isLive());
    if (tap == null) {
      return null;
    }
    tap.inDecoder(InboundTap::cancel);
    return tap + " will cancel in its decoder";
  }

  // ---- outbound

  private ModelSend newSend(ModelConnection connection, int window) {
    ModelSend send = new ModelSend(model, connection, name("send"), window);
    connection.sends().add(send);
    sends.add(send);
    return send;
  }

  private @Nullable ModelConnection sender(Step step) {
    return connection(
        step.a(), each -> each.sort() != ModelConnection.Sort.RESPONDER || step.c() % 16 == 0);
  }

  private @Nullable String sendOne(Step step) {
    ModelConnection connection = sender(step);
    if (connection == null) {
      return null;
    }
    ModelSend send = newSend(connection, 1);
    Mono<Element> source = Mono.fromCallable(() -> send.newElement(Element.Sort.GOOD)).hide();
    start(send, connection, Mono.from(send.observed(source)), step.b() % 2 == 0);
    return "%s of one on %s".formatted(send, connection);
  }

  private @Nullable String sendMany(Step step, boolean bad) {
    ModelConnection connection = sender(step);
    if (connection == null) {
      return null;
    }
    ModelSend send = newSend(connection, window(connection));
    int count = step.b() % 12;
    boolean fails = step.c() % 5 == 0;
    Flux<Element> source =
        Flux.range(0, count)
            .map(
                i ->
                    send.newElement(
                        bad && (step.c() + i) % 3 == 0
                            ? badSort(step.b() + i)
                            : Element.Sort.GOOD));
    if (fails) {
      source = source.concatWith(Flux.error(new IOException("the publisher fails")));
    }
    start(send, connection, send.observed(source), bad || step.b() % 2 == 0);
    return "%s of %d%s on %s%s"
        .formatted(
            send, count, bad ? ", some bad," : "", connection, fails ? ", which fails then" : "");
  }

  private static Element.Sort badSort(int which) {
    return BAD_SORTS.get(which % BAD_SORTS.size());
  }

  private @Nullable String sendByHand(Step step) {
    ModelConnection connection = sender(step);
    if (connection == null) {
      return null;
    }
    ModelSend send = newSend(connection, window(connection));
    HandSource<Element> source = new HandSource<>(() -> {});
    sources.add(source);
    sendOfSource.add(send);
    start(send, connection, send.observed(Flux.from(source)), step.b() % 2 == 0);
    return "%s by hand on %s".formatted(send, connection);
  }

  private @Nullable String echo(Step step) {
    ModelConnection connection =
        connection(
            step.a(), each -> each.sort() != ModelConnection.Sort.RESPONDER && !each.isTaken());
    if (connection == null) {
      return null;
    }
    ModelSend send = newSend(connection, window(connection));
    String name = name("subscriber");
    Flux<Element> replies =
        Taps.tapped(model, connection, name, api(connection).receive())
            .map(ignored -> send.newElement(Element.Sort.GOOD));
    start(send, connection, send.observed(replies), step.b() % 2 == 0);
    return "%s on %s echoes what %s gets".formatted(send, connection, name);
  }

  private static int window(ModelConnection connection) {
    return Math.min(connection.sendSlots(), 256);
  }

  private void start(
      ModelSend send, ModelConnection connection, Flux<Element> source, boolean encodes) {
    RioConnection api = api(connection);
    send.subscribeTo(
        encodes ? api.send(source, send::encode) : api.send(source.map(Element::datagram)));
  }

  private void start(
      ModelSend send, ModelConnection connection, Mono<Element> source, boolean encodes) {
    RioConnection api = api(connection);
    send.subscribeTo(
        encodes ? api.send(source, send::encode) : api.send(source.map(Element::datagram)));
  }

  private @Nullable String emit(Step step) {
    HandSource<Element> source = pick(sources, step.a(), HandSource::isLive);
    if (source == null) {
      return null;
    }
    ModelSend send = sendOfSource.get(sources.indexOf(source));
    int count = source.emit(1 + step.b() % 5, () -> send.newElement(Element.Sort.GOOD));
    return count == 0 ? null : "the publisher of %s emits %d".formatted(send, count);
  }

  private @Nullable String endSource(Step step, boolean fails) {
    HandSource<Element> source = pick(sources, step.a(), HandSource::isLive);
    if (source == null) {
      return null;
    }
    if (fails) {
      source.fail(new IOException("the publisher fails"));
    } else {
      source.complete();
    }
    return "the publisher of %s %s"
        .formatted(sendOfSource.get(sources.indexOf(source)), fails ? "fails" : "completes");
  }

  private @Nullable String cancelSend(Step step) {
    ModelSend send = pick(sends, step.a(), ModelSend::isLive);
    if (send == null) {
      return null;
    }
    send.cancel();
    return "cancel " + send;
  }

  // ---- handler and calls

  private @Nullable String endHandler(Step step, boolean fails) {
    ModelConnection connection =
        pick(model.connections(), step.a(), each -> each.handler.isActive());
    if (connection == null) {
      return null;
    }
    if (fails) {
      connection.handler.fail();
    } else {
      connection.handler.complete();
    }
    return "the handler of %s %s".formatted(connection, fails ? "fails" : "completes");
  }

  private @Nullable String handlerThrows(Step step) {
    ModelConnection connection =
        pick(model.all(), step.a(), each -> each.sort() == ModelConnection.Sort.HANDLER);
    if (connection == null) {
      return null;
    }
    HandlerRun.Next next = step.b() % 2 == 0 ? HandlerRun.Next.THROW : HandlerRun.Next.NULL;
    connection.handler.next(next);
    return "the handler of %s, when it is called next: %s".formatted(connection, next);
  }

  private @Nullable String endCall(Step step, boolean fails) {
    ModelConnection connection =
        pick(model.connections(), step.a(), each -> each.responder.hasCalls());
    if (connection == null) {
      return null;
    }
    if (fails) {
      connection.responder.fail(step.b());
    } else {
      connection.responder.end(step.b(), step.c() % 3 > 0);
    }
    return "a call on %s %s".formatted(connection, fails ? "fails" : "ends");
  }

  // ---- the end

  private @Nullable String dispose(Step step) {
    ModelConnection connection = connection(step.a(), each -> !each.isDisposed() && !each.isGone());
    if (connection == null) {
      return null;
    }
    connection.onDisposeCalled();
    api(connection).dispose();
    model.require(
        api(connection).isDisposed(), "isDisposed of %s is false after dispose", connection);
    return "dispose of " + connection;
  }

  private @Nullable String shutdown(Step step) {
    ModelConnection connection = connection(step.a(), each -> !each.isClosed());
    if (connection == null) {
      return null;
    }
    int millis = 100 + step.b() % 60_000;
    connection.onShutdownCalled(millis);
    api(connection).shutdown(Duration.ofMillis(millis)).subscribe();
    return "shutdown of %s within %d ms".formatted(connection, millis);
  }

  private String disposeGroup() {
    groupDisposed = true;
    model.all().forEach(each -> each.onCloseOrdered("dispose of the group"));
    pump.group().dispose();
    return "dispose of the group";
  }

  // ---- the kernel

  private @Nullable String arrive(Step step, boolean tooLong) {
    SimulatedSocket socket = socket(step.a());
    if (socket == null) {
      return null;
    }
    int count = 1 + step.b() % 5;
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] bytes = tooLong ? arrivals.tooLong() : arrivals.next(step.c() + i);
      texts.add(Arrivals.text(bytes));
      socket.deliver(bytes, Element.TARGET);
    }
    return "arrive at socket %d: %s".formatted(socket.index(), texts);
  }

  private @Nullable String arriveAnywhere(Step step) {
    SimulatedSocket socket = socket(step.a());
    if (socket == null || socket.committed().isEmpty() || socket.isClosed()) {
      return null;
    }
    List<Integer> committed = socket.committed();
    int slot = committed.get(step.b() % committed.size());
    byte[] bytes = arrivals.next(step.c());
    socket.complete(slot, bytes, Element.TARGET);
    return "arrive at socket %d in slot %d: %s"
        .formatted(socket.index(), slot, Arrivals.text(bytes));
  }

  private @Nullable String failReceive(Step step) {
    SimulatedSocket socket = socket(step.a());
    if (socket == null || socket.committed().isEmpty() || socket.isClosed()) {
      return null;
    }
    List<Integer> committed = socket.committed();
    int slot = committed.get(step.b() % committed.size());
    Kind kind = step.c() % 3 == 0 ? Kind.UNREACHABLE : Kind.OTHER;
    socket.fail(slot, kind, model.code(kind));
    return "the receive in slot %d of socket %d fails: %s".formatted(slot, socket.index(), kind);
  }

  private @Nullable String refuseReceive(Step step, Kind kind) {
    SimulatedSocket socket = socket(step.a());
    if (socket == null) {
      return null;
    }
    socket.refuseNextReceive(kind, model.code(kind));
    return "the next post of a receive on socket %d is refused: %s".formatted(socket.index(), kind);
  }

  private @Nullable String refuseSend(Step step) {
    SimulatedSocket socket = socket(step.a());
    if (socket == null) {
      return null;
    }
    // a lost socket is rare
    Kind kind = DATAGRAM_FAILURES.get(step.b() % (step.c() % 8 == 0 ? 6 : 5));
    socket.refuseNextSend(kind, model.code(kind));
    return "the next post of a send on socket %d is refused: %s".formatted(socket.index(), kind);
  }

  private @Nullable String endSend(Step step, boolean fails) {
    ModelConnection connection =
        connection(step.a(), each -> hasHeldSends(each.socket()) && !each.isClosed());
    if (connection == null) {
      return null;
    }
    SimulatedSocket socket = Objects.requireNonNull(connection.socket());
    List<Integer> held = socket.sendsHeld();
    int slot = held.get(step.b() % held.size());
    if (fails) {
      Kind kind = DATAGRAM_FAILURES.get(step.c() % 5);
      socket.failSend(slot, kind, model.code(kind));
      return "the send in slot %d of %s fails: %s".formatted(slot, connection, kind);
    }
    socket.completeSend(slot);
    return "the send in slot %d of %s is done".formatted(slot, connection);
  }

  private static boolean hasHeldSends(@Nullable SimulatedSocket socket) {
    return socket != null && !socket.sendsHeld().isEmpty();
  }

  private @Nullable String unreachable(Step step) {
    ModelConnection connection = connection(step.a(), each -> each.isClient() && !each.isClosed());
    if (connection == null) {
      return null;
    }
    Objects.requireNonNull(connection.socket()).unreachable(model.code(Kind.UNREACHABLE));
    return "unreachable: the peer of " + connection;
  }

  private interface SocketAction {
    void on(SimulatedSocket socket);
  }

  private @Nullable String onSocket(Step step, String what, SocketAction action) {
    SimulatedSocket socket = socket(step.a());
    if (socket == null) {
      return null;
    }
    action.on(socket);
    return "socket %d: %s".formatted(socket.index(), what);
  }

  private @Nullable String failSocket(Step step) {
    return onSocket(
        step, "fails", socket -> socket.failSocket(Kind.SOCKET_LOST, model.code(Kind.SOCKET_LOST)));
  }

  private String failBind() {
    kernel.failNextBind(new IOException("the bind fails"));
    return "the next bind fails";
  }

  private String breakQueue() {
    kernel.failNextDequeue(new IOException("the queue is broken"));
    return "the next dequeue fails";
  }

  private String dequeueAtMost(Step step) {
    int most = step.a() % 3 == 0 ? Integer.MAX_VALUE : 1 + step.a() % 4;
    kernel.dequeueAtMost(most);
    return "at most %d completions in one dequeue".formatted(most);
  }

  private String duplicate() {
    observed.duplicateNext();
    return "the next completion comes twice";
  }

  // ---- turns and time

  /** One turn, and all that must be true after it; answers whether there was anything to do. */
  boolean turn() {
    model.beginTurn();
    boolean worked = pump.turn();
    model.endTurn(!worked, !worked && isStarted && !pump.isEnded());
    check();
    return worked;
  }

  private int run() {
    for (int turns = 0; turns < MOST_TURNS; turns++) {
      if (!turn()) {
        return turns;
      }
    }
    throw model.fail("the pump still finds work after %d turns", MOST_TURNS);
  }

  private String pass(int millis) {
    model.passTime(millis);
    clock.advanceTimeBy(Duration.ofMillis(millis));
    model.connections().forEach(ModelConnection::onTimePassed);
    return millis + " ms pass";
  }

  private @Nullable String runScheduler() {
    int tasks = scheduler.run();
    return tasks == 0 ? null : "the scheduler of publishOn runs " + tasks + " tasks";
  }

  /** Ends everything, in one of two ways, and checks that nothing is left. */
  void finish(boolean releasesHeld) {
    run();
    disposeGroup();
    check();
    run();
    if (releasesHeld) {
      kernel.sockets().stream()
          .filter(each -> !each.isReleased() && !each.isAbandoned())
          .forEach(
              each -> {
                each.releaseSends();
                each.releaseCancellations();
              });
      run();
    }
    pass(11_000);
    check();
    run();
    runScheduler();
    run();
    checkNothingIsLeft();
    check();
  }

  private void checkNothingIsLeft() {
    model.require(bindsOpen == 0, "%d binds were never told", bindsOpen);
    model.require(kernel.openSockets() == 0, "%d sockets are left", kernel.openSockets());
    for (ModelConnection each : model.connections()) {
      model.require(each.isGone() && each.isToldDisposed(), "%s has not ended", each);
    }
    for (InboundTap<?> tap : taps) {
      model.require(tap.isOver(), "%s was never told the end", tap);
    }
    for (ModelSend send : sends) {
      model.require(!send.isLive(), "%s was never told the end", send);
    }
  }

  /** State of all connections, for the report of a failure. */
  List<String> describe() {
    return model.connections().stream().map(ModelConnection::describe).toList();
  }

  @Override
  public void close() {
    Hooks.resetOnErrorDropped();
    Hooks.resetOnNextDropped();
    VirtualTimeScheduler.reset();
  }
}
