package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** Each check of {@link RioTest} fails a test that does the wrong thing, and says what that was. */
@Timeout(60)
@Tag("once")
class RioTestChecksTest {

  private static String messageOf(Class<?> broken) {
    Throwable failure = JupiterRun.of(broken).only().failure();
    assertThat(failure).isInstanceOf(AssertionError.class);
    assertThat(failure).hasMessageContaining("for the same again run the test with -Drio.seed=");
    return failure.getMessage();
  }

  @RioTest(virtualTime = true)
  static class HoldsCancellations {
    @Test
    void broken(@Server RioConnection server) {
      server.receive().subscribe();
      SimulatedSocket.of(server).holdCancellations();
    }
  }

  @RioTest
  static class HoldsCompletionsByHand {
    @Test
    void broken(SimulatedKernel kernel, ManualPump pump, @Server RioConnection server) {
      server.receive().subscribe();
      pump.run();
      kernel.holdCompletions();
    }
  }

  @Test
  void aSlotThatStaysWithTheKernel() {
    assertThat(messageOf(HoldsCancellations.class))
        .contains("Slots of socket 0 bound to", "stay with the kernel", "releaseCancellations()");
    assertThat(messageOf(HoldsCompletionsByHand.class))
        .contains("stay with the kernel", "SimulatedKernel.releaseCompletions()");
  }

  @RioTest
  static class AbandonsSlots {
    @Test
    void broken(SimulatedKernel kernel, ManualPump pump, @Server RioConnection server) {
      server.receive().subscribe();
      pump.run();
      synchronized (kernel.lock) { // as the library does when it has waited in vain
        kernel.lastSocket().state().close();
        kernel.lastSocket().state().abandon();
      }
    }
  }

  @Test
  void aSocketThatIsNotReleased() {
    assertThat(messageOf(AbandonsSlots.class)).contains("slots of socket 0 bound to");
  }

  @RioTest(virtualTime = true)
  static class ForgetsToAdvance {
    @Test
    void broken(
        SimulatedNetwork network, @Server RioConnection server, @Client RioConnection client) {
      network.link(Link.create().latency(Duration.ofMillis(50)));
      server.receive().subscribe();
      client.send(Mono.just(Datagram.of("hello"))).block();
      assertThat(server.stats().received()).isOne();
    }
  }

  @Test
  void aDatagramThatIsStillUnderWayIsToldOfAFailedTest() {
    Throwable failure = JupiterRun.of(ForgetsToAdvance.class).only().failure();
    assertThat(failure.getSuppressed()[0])
        .hasMessageContaining(
            "datagrams under way: 1; the next arrives at PT0.05S, when virtual time is advanced"
                + " to it");
  }

  @RioTest
  static class LeavesAThread {
    static final PumpGroup LEFT = PumpGroup.create().name("left");

    @Test
    void broken() {
      RioUdpServer.create().runOn(LEFT).bindNow();
    }
  }

  @Test
  void aThreadThatIsLeft() {
    try {
      assertThat(messageOf(LeavesAThread.class))
          .contains("The test has left threads behind: [left-1]", "runOn", "dispose");
    } finally {
      LeavesAThread.LEFT.dispose();
    }
  }

  /** Puts another connection in the place of one that was bound. */
  private static void replace(
      RioConnection connection, BiFunction<String, Object, Object> answers) {
    InvocationHandler handler =
        (proxy, method, arguments) ->
            answers.apply(method.getName(), method.invoke(connection, arguments));
    SimulatedSocket.of(connection).state().connection =
        (RioConnection)
            Proxy.newProxyInstance(
                RioConnection.class.getClassLoader(),
                new Class<?>[] {RioConnection.class},
                handler);
  }

  @RioTest(virtualTime = true)
  static class NeverEnds {
    @Test
    void broken(PumpGroup pumps) {
      replace(
          RioUdpServer.create().runOn(pumps).bindNow(),
          (call, answer) -> call.equals("onDispose") ? Mono.never() : answer);
    }
  }

  @Test
  void aConnectionThatDoesNotEnd() {
    assertThat(messageOf(NeverEnds.class)).contains("does not end within PT10S");
  }

  @RioTest(virtualTime = true)
  static class CountsWrong {
    @Test
    void broken(PumpGroup pumps) {
      replace(
          RioUdpServer.create().runOn(pumps).bindNow(),
          (call, answer) -> answer instanceof RioStats stats ? oneMore(stats) : answer);
    }

    private static RioStats oneMore(RioStats stats) {
      return new RioStats(
          0,
          0,
          8,
          0,
          stats.received() + 1,
          0,
          0,
          stats.dropped(),
          0,
          0,
          0,
          0,
          stats.failed(),
          0,
          0,
          8,
          0,
          0,
          0,
          0,
          0,
          0,
          stats.longestTurn(),
          stats.kernelDrops(),
          stats.memberships());
    }
  }

  @RioTest(virtualTime = true)
  static class CountsWrongOnTheWire {
    @Test
    void broken(SimulatedNetwork network) throws ReflectiveOperationException {
      Field sent = NetworkWire.class.getDeclaredField("sent");
      sent.setAccessible(true);
      sent.setLong(network.kernel().wire(), 1);
    }
  }

  @Test
  void aLawThatIsBroken() {
    assertThat(messageOf(CountsWrongOnTheWire.class))
        .contains("The network was expected to conserve datagrams, but sent 1 + duplicated 0 ≠");
    assertThat(messageOf(CountsWrong.class))
        .contains("conserve what it received", "received 1 ≠ delivered 0 + skipped 0 + dropped 0");
  }

  @RioTest(virtualTime = true)
  static class BreaksTheContract {
    @Test
    void broken(SimulatedNetwork network, @Server RioConnection server) {
      try {
        SimulatedSocket.of(server).state().violated(" release", "called before close");
      } catch (AssertionError swallowed) {
        return;
      }
      throw new IllegalStateException("it was accepted");
    }
  }

  @Test
  void aContractThatIsBroken() {
    assertThat(messageOf(BreaksTheContract.class))
        .containsOnlyOnce("The contract of the kernel was broken: socket 0 release: called before");
  }

  @RioTest(virtualTime = true, longestTurnMillis = 20)
  static class BlocksThePump {
    @Test
    void broken(@Server RioUdpServer server, @Client RioUdpClient client) {
      server.respond(question -> Mono.fromRunnable(BlocksThePump::block)).bindNow();
      client.connectNow().send(Mono.just(Datagram.of("wait"))).block();
    }

    private static void block() {
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void aTurnThatBlocks() {
    assertThat(messageOf(BlocksThePump.class))
        .contains("A turn of the pump of udp 127.0.0.1:", "the limit is PT0.02S", "must not block");
  }

  @RioTest
  static class LeavesVirtualTime {
    @Test
    void broken() {
      VirtualTimeScheduler.getOrSet();
    }
  }

  @Test
  void virtualTimeThatIsLeft() {
    assertThat(messageOf(LeavesVirtualTime.class)).contains("has enabled virtual time and left it");
    assertThat(VirtualTimeScheduler.isFactoryEnabled()).isFalse();
  }

  @RioTest(seed = 42, virtualTime = true)
  static class Fails {
    @Test
    void broken(SimulatedNetwork network, @Server RioConnection server) {
      network.link(Link.create().latency(Duration.ofMillis(5)));
      server.receive().subscribe();
      throw new IllegalArgumentException("the test's own failure");
    }
  }

  @RioTest(seed = 43)
  static class FailsBefore {
    @BeforeEach
    void fail(SimulatedNetwork network) {
      throw new IllegalArgumentException("before");
    }

    @Test
    void broken() {}
  }

  @RioTest(seed = 44)
  static class FailsAfter {
    @Test
    void broken() {}

    @AfterEach
    void fail(SimulatedNetwork network) {
      throw new IllegalArgumentException("after");
    }
  }

  @Test
  void aFailureBringsAlongTheSeedTheSlotsAndTheEventsOnce() {
    Throwable failure = JupiterRun.of(Fails.class).only().failure();

    assertThat(failure).hasMessage("the test's own failure");
    assertThat(print(failure))
        .containsOnlyOnce("-Drio.seed=42, or with @RioTest(seed = 42L)")
        .containsOnlyOnce("SimulatedNetwork.create(42L) at virtual time PT0S")
        .contains("statistics: demand unbounded, posted 1024 of 1024")
        .contains(
            "socket 0 receive slots: with the kernel 1024 (0-1023), posted and not committed 0")
        .containsOnlyOnce("PT0S set all links: Link[latency PT0.005S]");
    assertThat(print(JupiterRun.of(FailsBefore.class).only().failure()))
        .containsOnlyOnce("-Drio.seed=43");
    assertThat(print(JupiterRun.of(FailsAfter.class).only().failure()))
        .containsOnlyOnce("-Drio.seed=44");
  }

  private static String print(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @RioTest(longestTurnMillis = 20)
  static class BlocksThePumpAtItsEnd {
    @Test
    void broken(@Server RioConnection server) {
      server.onDispose().subscribe(null, null, BlocksThePump::block);
    }
  }

  @Test
  void aTurnThatBlocksAtTheVeryEnd() {
    assertThat(messageOf(BlocksThePumpAtItsEnd.class)).contains("the limit is PT0.02S");
  }
}
