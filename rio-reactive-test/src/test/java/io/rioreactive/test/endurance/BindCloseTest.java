package io.rioreactive.test.endurance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.Needs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;

/**
 * Whoever binds and closes for ever leaves nothing behind, also while datagrams come in. {@code
 * -Dtest.cycles=N} is how often, for each provider; {@code mvn -Pcycles} does it 100,000 times.
 */
@Tag("endurance")
@EnabledOnOs(
    value = {OS.LINUX, OS.WINDOWS},
    disabledReason = "others do not tell what we hold")
@Timeout(7_200)
class BindCloseTest {

  /** Classes are loaded, code is compiled and the heap is touched in these. */
  private static final int WARM_UP = 500;

  /** A leak is one in each part; the JVM compiles and maps for itself in some of them. */
  private static final int PARTS = 4;

  /** Two megabytes: what leaks shall be seen among what the JVM maps. */
  private static final int SEND_SLOTS = 1_000;

  private static final int GIVEN_CYCLES = Integer.getInteger("test.cycles", 0);

  /** As many as pass in some seconds. */
  private static final Map<String, Integer> CYCLES =
      Map.of(
          "linux-mmsg", 4_000,
          "linux-uring", 4_000,
          "windows-rio", 10_000,
          "windows-iocp", 3_000,
          "nio", 1_000);

  /** Fewer, since each is a registration over RIO: their sum is seen in what is committed. */
  private static final int SEND_SLOTS_OF_CYCLES = OS.current() == OS.WINDOWS ? 32 : SEND_SLOTS;

  @ParameterizedTest
  @MethodSource("io.rioreactive.test.ProvidersUnderTest#names")
  void manyCyclesLeaveNothingBehind(String provider) throws IOException {
    bindAndClose(provider, GIVEN_CYCLES > 0 ? GIVEN_CYCLES : CYCLES.get(provider));
  }

  @ParameterizedTest
  @MethodSource("io.rioreactive.test.ProvidersUnderTest#names")
  void aBindThatIsCancelledAtAnyPointLeavesNothingBehind(String provider) throws IOException {
    Needs.provider(provider);
    int cycles = provider.startsWith("linux-") ? 2_000 : 500;
    RioUdpServer server =
        RioUdpServer.create().receiveSlots(64).sendSlots(SEND_SLOTS).provider(provider);
    for (int i = 0; i < WARM_UP; i++) {
      cancel(server, i);
    }
    leavesNothingBehind(Math.max(cycles, GIVEN_CYCLES), i -> cancel(server, i));
  }

  /**
   * Cancels sooner or later. A connection that is emitted at that very moment belongs to the
   * subscriber: this one, unlike Reactor's own lambda subscribers, sees it even then.
   */
  private static void cancel(RioUdpServer server, int number) {
    Disposable bind =
        server
            .bind()
            .subscribeWith(
                new BaseSubscriber<RioConnection>() {
                  @Override
                  protected void hookOnNext(RioConnection connection) {
                    connection.dispose();
                  }
                });
    for (int spins = 37 * number % 8_000; spins > 0; spins--) {
      Thread.onSpinWait();
    }
    bind.dispose();
  }

  /** Half of the cycles with a pump of their own, half on a shared one. */
  private static void bindAndClose(String provider, int cycles) throws IOException {
    Needs.provider(provider);
    RioUdpServer slots = RioUdpServer.create().receiveSlots(64).sendSlots(SEND_SLOTS_OF_CYCLES);
    RioUdpServer alone = slots.provider(provider);
    PumpGroup pumps = PumpGroup.create().provider(provider);
    RioUdpServer shared = slots.runOn(pumps);
    try (Traffic traffic = new Traffic()) {
      for (int i = 0; i < WARM_UP; i++) {
        cycle(i % 2 == 0 ? alone : shared, traffic);
      }
      leavesNothingBehind(cycles, i -> cycle(i % 2 == 0 ? alone : shared, traffic));
    } finally {
      pumps.dispose();
    }
  }

  private static void leavesNothingBehind(int cycles, IntConsumer cycle) throws IOException {
    List<ConditionTimeoutException> grown = new ArrayList<>();
    for (int part = 0; part < PARTS; part++) {
      Held before = Held.now();
      for (int i = 0; i < cycles / PARTS; i++) {
        cycle.accept(i);
      }
      try {
        await()
            .atMost(Duration.ofSeconds(10))
            .untilAsserted(() -> Held.now().assertHasNotGrown(before));
      } catch (ConditionTimeoutException more) {
        grown.add(more);
      }
    }
    assertThat(grown).as("parts in which something grew").hasSizeLessThan(PARTS);
  }

  /** The socket is closed while datagrams come in and replies go out. */
  private static void cycle(RioUdpServer server, Traffic traffic) {
    RioConnection connection = server.handle((in, out) -> out.send(in.receive())).bindNow();
    traffic.goesTo(connection.localAddress());
    while (connection.stats().received() == 0) {
      traffic.send();
    }
    traffic.send();
    traffic.send();
    connection.disposeNow();
  }

  /** A peer that sends and does not look at what comes back. */
  private static final class Traffic implements AutoCloseable {

    private final DatagramSocket socket;
    private final DatagramPacket packet = new DatagramPacket(new byte[100], 100);

    Traffic() throws SocketException {
      socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    void goesTo(InetSocketAddress target) {
      packet.setSocketAddress(target);
    }

    void send() {
      try {
        socket.send(packet);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      socket.close();
    }
  }
}
