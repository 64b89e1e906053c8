package io.rioreactive.test.fuzz;

import io.rioreactive.kernel.KernelException.Kind;
import io.rioreactive.test.SimulatedKernel;
import io.rioreactive.test.SimulatedSocket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What the kernel and the network do. Each answers what it was in words, or null if not now. */
final class KernelSteps {

  private static final List<Kind> DATAGRAM_FAILURES =
      List.of(
          Kind.TRANSIENT,
          Kind.OTHER,
          Kind.TOO_LARGE,
          Kind.UNREACHABLE,
          Kind.NOT_PERMITTED,
          Kind.SOCKET_LOST);

  private final Cast cast;
  private final Model model;
  private final SimulatedKernel kernel;
  private final ObservedKernel observed;
  private final Arrivals arrivals = new Arrivals();

  KernelSteps(Cast cast, Model model, SimulatedKernel kernel, ObservedKernel observed) {
    this.cast = cast;
    this.model = model;
    this.kernel = kernel;
    this.observed = observed;
  }

  @Nullable String arrive(Step step, boolean tooLong) {
    SimulatedSocket socket = cast.socket(step.a());
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

  @Nullable String arriveAnywhere(Step step) {
    SimulatedSocket socket = cast.socket(step.a());
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

  @Nullable String failReceive(Step step) {
    SimulatedSocket socket = cast.socket(step.a());
    if (socket == null || socket.committed().isEmpty() || socket.isClosed()) {
      return null;
    }
    List<Integer> committed = socket.committed();
    int slot = committed.get(step.b() % committed.size());
    Kind kind = step.c() % 3 == 0 ? Kind.UNREACHABLE : Kind.OTHER;
    socket.fail(slot, kind, model.code(kind));
    return "the receive in slot %d of socket %d fails: %s".formatted(slot, socket.index(), kind);
  }

  @Nullable String refuseReceive(Step step, Kind kind) {
    SimulatedSocket socket = cast.socket(step.a());
    if (socket == null) {
      return null;
    }
    socket.refuseNextReceive(kind, model.code(kind));
    return "the next post of a receive on socket %d is refused: %s".formatted(socket.index(), kind);
  }

  @Nullable String refuseSend(Step step) {
    SimulatedSocket socket = cast.socket(step.a());
    if (socket == null) {
      return null;
    }
    // a lost socket is rare
    Kind kind = DATAGRAM_FAILURES.get(step.b() % (step.c() % 8 == 0 ? 6 : 5));
    socket.refuseNextSend(kind, model.code(kind));
    return "the next post of a send on socket %d is refused: %s".formatted(socket.index(), kind);
  }

  @Nullable String endSend(Step step, boolean fails) {
    ModelConnection connection =
        cast.connection(step.a(), each -> hasHeldSends(each.socket()) && !each.life.isClosed());
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

  @Nullable String unreachable(Step step) {
    ModelConnection connection =
        cast.connection(step.a(), each -> each.isClient() && !each.life.isClosed());
    if (connection == null) {
      return null;
    }
    Objects.requireNonNull(connection.socket()).unreachable(model.code(Kind.UNREACHABLE));
    return "unreachable: the peer of " + connection;
  }

  /** What a test does to a socket by hand. */
  interface SocketAction {
    void on(SimulatedSocket socket);
  }

  @Nullable String onSocket(Step step, String what, SocketAction action) {
    SimulatedSocket socket = cast.socket(step.a());
    if (socket == null) {
      return null;
    }
    action.on(socket);
    return "socket %d: %s".formatted(socket.index(), what);
  }

  @Nullable String failSocket(Step step) {
    return onSocket(
        step, "fails", socket -> socket.failSocket(Kind.SOCKET_LOST, model.code(Kind.SOCKET_LOST)));
  }

  String failBind() {
    kernel.failNextBind(new IOException("the bind fails"));
    return "the next bind fails";
  }

  String breakQueue() {
    kernel.failNextDequeue(new IOException("the queue is broken"));
    return "the next dequeue fails";
  }

  String dequeueAtMost(Step step) {
    int most = step.a() % 3 == 0 ? Integer.MAX_VALUE : 1 + step.a() % 4;
    kernel.dequeueAtMost(most);
    return "at most %d completions in one dequeue".formatted(most);
  }

  String duplicate() {
    observed.duplicateNext();
    return "the next completion comes twice";
  }
}
