package io.rioreactive.test.windows;

import static io.rioreactive.test.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Notification;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.LoopbackPeer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * Closes a socket whose receives do not come back before the limit of ten seconds, which pass in
 * virtual time. The first argument is {@code late} if they come back afterwards, {@code never} if
 * they do not; each other one is a notification with which all of it is done.
 */
final class AbandonedProgram {

  private static final String PUMPS = "abandoning";

  private AbandonedProgram() {}

  public static void main(String[] arguments) throws Exception {
    VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
    for (int i = 1; i < arguments.length; i++) {
      PumpGroup pumps =
          PumpGroup.create()
              .name(PUMPS)
              .provider(RioRig.PROVIDER)
              .notification(Notification.valueOf(arguments[i]));
      RioUdpServer server =
          RioUdpServer.create().host("127.0.0.1").runOn(pumps).receiveSlots(32).sendSlots(4);
      closeAndAbandon(server, time);
      if (arguments[0].equals("late")) {
        giveBackLate(server);
      }
      pumps.dispose();
      eventually(AbandonedProgram::requirePumpsHaveEnded);
      System.out.println("registered at the end: " + RioDouble.count("bytes.registered"));
      System.out.println("queues at the end: " + RioDouble.count("live.cq"));
      RioDouble.control("reset");
    }
  }

  private static void requirePumpsHaveEnded() {
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().startsWith(PUMPS));
  }

  private static void closeAndAbandon(RioUdpServer server, VirtualTimeScheduler time)
      throws InterruptedException {
    RioConnection connection = server.bindNow();
    CountDownLatch closed = new CountDownLatch(1);
    connection.onDispose().subscribe(null, null, closed::countDown);
    connection.receive().subscribe();
    eventually(() -> assertThat(connection.stats().posted()).isEqualTo(32));
    RioDouble.control("hold-receives on");

    connection.dispose();
    server.bindNow().disposeNow(); // the pump has turned: the limit is set
    time.advanceTimeBy(Duration.ofMillis(9_999));
    server.bindNow().disposeNow(); // it has turned again
    System.out.println("closed before the limit: " + (closed.getCount() == 0));
    time.advanceTimeBy(Duration.ofMillis(1));
    System.out.println("closed at the limit: " + closed.await(10, TimeUnit.SECONDS));
    System.out.println("posted: " + connection.stats().posted());
    System.out.println("registered after: " + RioDouble.count("bytes.registered"));
  }

  /** A socket from before and one from after work as if nothing had happened. */
  private static void giveBackLate(RioUdpServer server) {
    RioUdpServer echo = server.handle((in, out) -> out.send(in.receive()));
    RioConnection before = echo.bindNow();
    eventually(() -> assertThat(before.stats().posted()).isPositive());

    RioDouble.control("hold-receives off");
    eventually(
        () -> assertThat(RioDouble.count("live.requests")).isEqualTo(before.stats().posted()));
    RioConnection after = echo.bindNow();
    for (RioConnection each : new RioConnection[] {before, after, before}) {
      try (LoopbackPeer peer = new LoopbackPeer()) {
        System.out.println("answer: " + peer.ask("hello", each.localAddress()));
      }
    }
    before.disposeNow();
    after.disposeNow();
  }
}
