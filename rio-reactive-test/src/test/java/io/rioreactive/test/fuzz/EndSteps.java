package io.rioreactive.test.fuzz;

import io.rioreactive.test.ManualPump;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How an application ends what it has: handlers, calls of respond, connections, the group. Each
 * answers what it was in words, or null if not now.
 */
final class EndSteps {

  private final Cast cast;
  private final Model model;
  private final ManualPump pump;
  private boolean groupDisposed;

  EndSteps(Cast cast, Model model, ManualPump pump) {
    this.cast = cast;
    this.model = model;
    this.pump = pump;
  }

  boolean isGroupDisposed() {
    return groupDisposed;
  }

  @Nullable String endHandler(Step step, boolean fails) {
    ModelConnection connection =
        Cast.pick(model.connections(), step.a(), each -> each.handler.isActive());
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

  @Nullable String handlerThrows(Step step) {
    ModelConnection connection =
        Cast.pick(model.all(), step.a(), each -> each.sort() == ModelConnection.Sort.HANDLER);
    if (connection == null) {
      return null;
    }
    HandlerRun.Next next = step.b() % 2 == 0 ? HandlerRun.Next.THROW : HandlerRun.Next.NULL;
    connection.handler.next(next);
    return "the handler of %s, when it is called next: %s".formatted(connection, next);
  }

  @Nullable String endCall(Step step, boolean fails) {
    ModelConnection connection =
        Cast.pick(model.connections(), step.a(), each -> each.responder.hasCalls());
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

  @Nullable String dispose(Step step) {
    ModelConnection connection =
        cast.connection(step.a(), each -> !each.life.isDisposed() && !each.life.isGone());
    if (connection == null) {
      return null;
    }
    connection.onDisposeCalled();
    Cast.api(connection).dispose();
    model.require(
        Cast.api(connection).isDisposed(), "isDisposed of %s is false after dispose", connection);
    return "dispose of " + connection;
  }

  @Nullable String shutdown(Step step) {
    ModelConnection connection = cast.connection(step.a(), each -> !each.life.isClosed());
    if (connection == null) {
      return null;
    }
    int millis = 100 + step.b() % 60_000;
    connection.life.onShutdownCalled(millis);
    Cast.api(connection).shutdown(Duration.ofMillis(millis)).subscribe();
    return "shutdown of %s within %d ms".formatted(connection, millis);
  }

  /** Ends the pump with all that is on it. */
  String disposeGroup() {
    groupDisposed = true;
    model.all().forEach(each -> each.life.onCloseOrdered("dispose of the group"));
    pump.group().dispose();
    return "dispose of the group";
  }
}
