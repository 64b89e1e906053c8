package io.rioreactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rioreactive.hook.PumpDriver;
import io.rioreactive.hook.PumpTurns;
import io.rioreactive.kernel.WaitMode;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What a flight recording shows of a server: over {@code nio}, which is everywhere. */
@Timeout(60)
class FlightRecordingTest {

  private static final InetSocketAddress ANYWHERE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 5_050);

  @TempDir private Path folder;

  @BeforeEach
  void needsJfr() {
    assumeTrue(
        ModuleLayer.boot().findModule("jdk.jfr").isPresent(), "this Java has no flight recorder");
  }

  /** What is recorded meanwhile. */
  private final class Tape implements AutoCloseable {

    private final Recording recording = new Recording();

    Tape(String... events) {
      for (String event : events) {
        recording.enable("io.rioreactive." + event);
      }
      recording.start();
    }

    List<RecordedEvent> events(String name) throws IOException {
      Path file = folder.resolve("recording.jfr");
      recording.dump(file);
      return RecordingFile.readAllEvents(file).stream()
          .filter(event -> event.getEventType().getName().equals("io.rioreactive." + name))
          .toList();
    }

    @Override
    public void close() {
      recording.close();
    }
  }

  private static RioUdpServer server() {
    return RioUdpServer.create().provider("nio").name("measured").host("127.0.0.1");
  }

  private static void send(RioConnection server, int length) throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.send(new DatagramPacket(new byte[length], length, server.localAddress()));
    }
  }

  @Test
  void bindAndCloseAreRecorded() throws Exception {
    try (Tape tape = new Tape("Bind", "Close")) {
      RioConnection server = server().receiveSlots(7).sendSlots(5).datagramSize(99).bindNow();
      Mono<Datagram> first = server.next();
      send(server, 10);
      first.block(Duration.ofSeconds(10));
      server.disposeNow();

      RecordedEvent bind = tape.events("Bind").getFirst();
      assertThat(bind.getString("name")).isEqualTo("measured");
      assertThat(bind.getString("connection")).isEqualTo(server.toString());
      assertThat(bind.getString("provider")).isEqualTo("nio");
      assertThat(bind.getInt("receiveSlots")).isEqualTo(7);
      assertThat(bind.getInt("sendSlots")).isEqualTo(5);
      assertThat(bind.getInt("datagramSize")).isEqualTo(99);
      RecordedEvent close = tape.events("Close").getFirst();
      assertThat(close.getString("name")).isEqualTo("measured");
      assertThat(close.getString("failure")).isNull();
      assertThat(close.getLong("received")).isEqualTo(1);
      assertThat(close.getLong("delivered")).isEqualTo(1);
      assertThat(close.getLong("kernelDrops")).as("nio does not tell").isEqualTo(-1);
    }
  }

  /** And none for the one that only finds their port. */
  @Test
  void thePumpsOfAServerAreABindEach() throws Exception {
    assumeTrue(
        RioSupport.providers().stream()
            .anyMatch(it -> it.name().equals("linux-mmsg") && it.available()),
        "only Linux balances sockets on one port");
    try (Tape tape = new Tape("Bind", "Close")) {
      server().provider("linux-mmsg").pumps(2).bindNow().disposeNow();

      assertThat(tape.events("Bind")).hasSize(2);
      assertThat(tape.events("Close")).hasSize(2);
    }
  }

  @Test
  void aDropIsRecordedWithItsReason() throws Exception {
    try (Tape tape = new Tape("Drop")) {
      RioConnection server = server().datagramSize(8).bindNow();
      server.receive().subscribe();
      send(server, 9);
      send(server, 9);
      await().until(() -> server.stats().count(DropReason.TRUNCATED) == 2);
      server.disposeNow();

      assertThat(tape.events("Drop"))
          .as("not only the first, which is logged")
          .hasSize(2)
          .allSatisfy(
              drop -> {
                assertThat(drop.getString("name")).isEqualTo("measured");
                assertThat(drop.getString("reason")).isEqualTo("TRUNCATED");
                assertThat(drop.getString("direction")).isEqualTo("INBOUND");
                assertThat(drop.getString("peer")).contains("127.0.0.1");
                assertThat(drop.getInt("length")).isPositive();
              });
    }
  }

  @Test
  void aTurnWithDatagramsIsABatchWhereSomebodyAsksForBatches() throws Exception {
    try (Tape tape = new Tape("Batch")) {
      RioConnection server = server().bindNow();
      server.receive().subscribe();
      send(server, 1);
      await().until(() -> server.stats().delivered() == 1);
      server.disposeNow();

      List<RecordedEvent> batches = tape.events("Batch");
      assertThat(batches.stream().mapToInt(batch -> batch.getInt("completions")).sum())
          .isEqualTo(1);
      assertThat(batches.getFirst().getString("provider")).isEqualTo("nio");
      assertThat(batches.getFirst().getInt("sockets")).isEqualTo(1);
      assertThat(batches.getFirst().getDuration()).isPositive();
    }
  }

  @Test
  void batchesAreNotRecordedUnlessAskedFor() throws Exception {
    try (Tape tape = new Tape("Drop")) {
      RioConnection server = server().bindNow();
      server.receive().subscribe();
      send(server, 1);
      await().until(() -> server.stats().delivered() == 1);
      server.disposeNow();

      assertThat(tape.events("Batch")).isEmpty();
    }
  }

  // Stalls, on a pump that the test turns and a watch whose clock it moves

  private static final class TurnedByTest implements PumpDriver {
    @Override
    public void start(PumpTurns turns) {}

    @Override
    public void wake() {}
  }

  private final StubKernel kernel = new StubKernel();
  private final Pump pump = new Pump(kernel, WaitMode.COMPLETION_PORT, new TurnedByTest(), false);

  private UdpConnection bind() {
    UdpOptions options = new UdpOptions().with(it -> it.receiveSlots = it.sendSlots = 1);
    pump.later(
        () -> {
          try {
            pump.onBind(options.socketConfig(ANYWHERE), options, null);
          } catch (IOException impossible) {
            throw new AssertionError(impossible);
          }
        });
    turn();
    return pump.connections().getFirst();
  }

  private void turn() {
    while (pump.turn()) {}
  }

  private PumpWatch watch(Thread thread, long ahead) {
    return new PumpWatch(pump, thread, () -> System.nanoTime() + ahead);
  }

  @Test
  void aTurnThatDoesNotEndIsAStallWithItsStackEachTimeTheWatchLooks() throws Exception {
    UdpConnection connection = bind();
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    connection
        .<Integer>send(Flux.just(1), (value, writer) -> blockForTooLong(blocked, goOn))
        .subscribe();
    Thread turning = Thread.ofPlatform().daemon().start(this::turn);
    blocked.await();
    try (Tape tape = new Tape("Stall")) {
      PumpWatch watch = watch(turning, TimeUnit.SECONDS.toNanos(2));
      watch.run();
      watch.run();
      goOn.countDown();
      turning.join();
      watch.run();

      List<RecordedEvent> stalls = tape.events("Stall");
      assertThat(stalls).hasSize(2);
      assertThat(stalls.getFirst().getString("connection")).isEqualTo("udp 127.0.0.1:5050");
      assertThat(stalls.getFirst().getString("kind")).isEqualTo("the pump is blocked");
      assertThat(stalls.getFirst().getString("stack")).contains("blockForTooLong");
      assertThat(stalls.getFirst().getDuration("lasting"))
          .isGreaterThanOrEqualTo(Duration.ofSeconds(2));
    }
  }

  /** Where the stack is looked for: also while it counts down. */
  private static void blockForTooLong(CountDownLatch blocked, CountDownLatch goOn) {
    blocked.countDown();
    try {
      goOn.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    throw new IllegalStateException("over at last"); // which gives the slot back
  }

  @Test
  void kernelDropsWithoutDemandAreAStall() throws Exception {
    UdpConnection connection = bind();
    PumpWatch watch = watch(Thread.currentThread(), 0);
    kernel.drop(100);
    watch.run(); // nobody records yet
    try (Tape tape = new Tape("Stall")) {
      kernel.drop(7);
      watch.run();
      watch.run();
      connection.receive().subscribe();
      turn();
      kernel.drop(5);
      watch.run();

      assertThat(tape.events("Stall"))
          .singleElement()
          .satisfies(
              stall -> {
                assertThat(stall.getString("kind")).isEqualTo("no demand");
                assertThat(stall.getLong("kernelDrops")).isEqualTo(7);
              });
    }
  }
}
