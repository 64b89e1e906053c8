package io.rioreactive.test.fuzz;

import io.rioreactive.Datagram;
import io.rioreactive.kernel.KernelException.Kind;
import io.rioreactive.test.ManualPump;
import io.rioreactive.test.SimulatedKernel;
import io.rioreactive.test.SimulatedSocket;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * The library under a program: one pump that is turned by hand over a simulated kernel, virtual
 * time, and the model, which checks after each turn.
 */
final class World implements AutoCloseable {

  private static final int MOST_TURNS = 3_000;

  private final SimulatedKernel kernel;
  private final ObservedKernel observed;
  private final ManualPump pump;
  private final Model model;
  private final VirtualTimeScheduler clock = VirtualTimeScheduler.create();
  private final StepScheduler scheduler = new StepScheduler();
  private final Cast cast;
  private final InboundSteps inbound;
  private final OutboundSteps outbound;
  private final EndSteps ends;
  private final KernelSteps far;
  private final boolean keepsPosts;
  private int bindsOpen;

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
    cast = new Cast(model);
    outbound = new OutboundSteps(cast, model);
    ends = new EndSteps(cast, model, pump);
    inbound = new InboundSteps(cast, model, scheduler, outbound, ends);
    far = new KernelSteps(cast, model, kernel, observed);
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
      case SUBSCRIBE -> inbound.subscribe(step, InboundTap.Sort.RECEIVE, false);
      case SUBSCRIBE_DECODER -> inbound.subscribe(step, InboundTap.Sort.DECODER, false);
      case SUBSCRIBE_NEXT -> inbound.subscribe(step, InboundTap.Sort.NEXT, false);
      case SUBSCRIBE_SECOND -> inbound.subscribe(step, InboundTap.Sort.RECEIVE, true);
      case SUBSCRIBE_PUBLISH_ON -> inbound.subscribePublishOn(step);
      case REQUEST -> inbound.request(step, 1 + step.b() % 6);
      case REQUEST_UNBOUNDED -> inbound.request(step, Long.MAX_VALUE);
      case REQUEST_BAD -> inbound.request(step, -(step.b() % 2));
      case CANCEL -> inbound.cancel(step);
      case SEND_ONE -> outbound.sendOne(step);
      case SEND_MANY -> outbound.sendMany(step, false);
      case SEND_BAD -> outbound.sendMany(step, true);
      case SEND_BY_HAND -> outbound.sendByHand(step);
      case ECHO -> outbound.echo(step);
      case SOURCE_EMIT -> outbound.emit(step);
      case SOURCE_COMPLETE -> outbound.endSource(step, false);
      case SOURCE_FAIL -> outbound.endSource(step, true);
      case CANCEL_SEND -> outbound.cancelSend(step);
      case IN_ON_NEXT -> inbound.script(step);
      case IN_DECODER -> inbound.scriptDecoder(step);
      case HANDLER_COMPLETE -> ends.endHandler(step, false);
      case HANDLER_FAIL -> ends.endHandler(step, true);
      case HANDLER_THROW -> ends.handlerThrows(step);
      case CALL_END -> ends.endCall(step, false);
      case CALL_FAIL -> ends.endCall(step, true);
      case DISPOSE -> ends.dispose(step);
      case SHUTDOWN -> ends.shutdown(step);
      case DISPOSE_GROUP -> ends.disposeGroup();
      case ARRIVE -> far.arrive(step, false);
      case ARRIVE_TOO_LONG -> far.arrive(step, true);
      case ARRIVE_ANYWHERE -> far.arriveAnywhere(step);
      case FAIL_RECEIVE -> far.failReceive(step);
      case REFUSE_RECEIVE -> far.refuseReceive(step, Kind.TRANSIENT);
      case REFUSE_RECEIVE_FOR_GOOD ->
          far.refuseReceive(step, step.b() % 2 == 0 ? Kind.OTHER : Kind.SOCKET_LOST);
      case HOLD_SENDS -> far.onSocket(step, "hold sends", SimulatedSocket::holdSends);
      case RELEASE_SENDS -> far.onSocket(step, "release sends", SimulatedSocket::releaseSends);
      case COMPLETE_SEND -> far.endSend(step, false);
      case FAIL_SEND -> far.endSend(step, true);
      case REFUSE_SEND -> far.refuseSend(step);
      case UNREACHABLE -> far.unreachable(step);
      case HOLD_CANCELLATIONS ->
          far.onSocket(step, "hold cancellations", SimulatedSocket::holdCancellations);
      case RELEASE_CANCELLATIONS ->
          far.onSocket(step, "release cancellations", SimulatedSocket::releaseCancellations);
      case FAIL_SOCKET -> far.failSocket(step);
      case FAIL_BIND -> far.failBind();
      case BREAK_QUEUE -> far.breakQueue();
      case DEQUEUE_AT_MOST -> far.dequeueAtMost(step);
      case DUPLICATE_COMPLETION -> far.duplicate();
      case TURN -> turn() ? "turn" : "turn: nothing to do";
      case RUN -> "run: " + run() + " turns";
      case PASS_MILLISECONDS -> pass(1 + step.a() % 40);
      case PASS_SECONDS -> pass(1_000 * (1 + step.a() % 20));
      case RUN_SCHEDULER -> runScheduler();
    };
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
            cast.name(sort.name().toLowerCase(Locale.ROOT)),
            sort,
            receiveSlots,
            sendSlots,
            keepsPosts,
            deliversTruncated,
            concurrency);
    model.add(connection);
    bindsOpen++;
    isStarted = true;
    if (!ends.isGroupDisposed()) {
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
  private void onHandlerCalled(ModelConnection connection, Flux<Datagram> received) {
    inbound.tap(connection, InboundTap.Sort.RECEIVE, 3, received);
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
    ends.disposeGroup();
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
      model.require(each.life.isGone() && each.life.isToldDisposed(), "%s has not ended", each);
    }
    for (InboundTap<?> tap : inbound.taps()) {
      model.require(tap.isOver(), "%s was never told the end", tap);
    }
    for (ModelSend send : outbound.sends()) {
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
