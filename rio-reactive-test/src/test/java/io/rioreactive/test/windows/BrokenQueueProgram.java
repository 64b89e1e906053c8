package io.rioreactive.test.windows;

import static io.rioreactive.test.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Notification;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.LoopbackPeer;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Signal;

/**
 * Breaks the completion queue of two sockets that have receives posted, then binds again on the
 * same group. The first argument is the fault; each other one is a notification with which all of
 * it is done.
 */
final class BrokenQueueProgram {

  private static final int SLOTS = 32;
  private static final String PUMPS = "breaking";

  private BrokenQueueProgram() {}

  public static void main(String[] arguments) throws Exception {
    for (int i = 1; i < arguments.length; i++) {
      PumpGroup pumps =
          PumpGroup.create()
              .name(PUMPS)
              .provider(RioRig.PROVIDER)
              .notification(Notification.valueOf(arguments[i]));
      RioUdpServer server =
          RioUdpServer.create().host("127.0.0.1").runOn(pumps).receiveSlots(SLOTS).sendSlots(4);
      breakQueue(server, arguments[0]);
      eventually(BrokenQueueProgram::requirePumpHasEnded); // a bind before that may fail with it
      RioConnection echo = server.handle((in, out) -> out.send(in.receive())).bindNow();
      try (LoopbackPeer peer = new LoopbackPeer()) {
        System.out.println("new pump: " + peer.ask("hello", echo.localAddress()));
      }
      echo.disposeNow();
      pumps.dispose();
    }
  }

  private static void requirePumpHasEnded() {
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().startsWith(PUMPS));
  }

  private static void breakQueue(RioUdpServer server, String fault) throws Exception {
    List<RioConnection> connections = List.of(server.bindNow(), server.bindNow());
    CountDownLatch told = new CountDownLatch(2 * connections.size());
    for (RioConnection each : connections) {
      each.receive().then().materialize().subscribe(signal -> tell("receive", signal, told));
      each.onDispose().materialize().subscribe(signal -> tell("onDispose", signal, told));
    }
    eventually(
        () ->
            assertThat(connections)
                .allSatisfy(each -> assertThat(each.stats().posted()).isEqualTo(SLOTS)));
    long before = RioDouble.count("bytes.registered");

    RioDouble.control(fault);
    try (LoopbackPeer peer = new LoopbackPeer()) {
      peer.send("wakes the pump", connections.getFirst().localAddress());
      System.out.println("told: " + told.await(10, TimeUnit.SECONDS));
    }
    System.out.println("freed: " + (before - RioDouble.count("bytes.registered")));
  }

  private static void tell(String what, Signal<?> signal, CountDownLatch told) {
    System.out.println(what + ": " + (signal.isOnError() ? signal.getThrowable() : signal));
    told.countDown();
  }
}
