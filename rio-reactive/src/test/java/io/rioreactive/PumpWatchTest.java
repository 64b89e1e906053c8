package io.rioreactive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.hook.PumpDriver;
import io.rioreactive.hook.PumpTurns;
import io.rioreactive.kernel.WaitMode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What the watch says, and that it says it once. No test waits: the watch's clock is moved. */
class PumpWatchTest {

  private static final InetSocketAddress ANYWHERE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 5_050);

  private final PrintStream standardError = System.err;
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final StubKernel kernel = new StubKernel();
  private final Pump pump = new Pump(kernel, WaitMode.COMPLETION_PORT, new TurnedByTest(), false);

  /** Nanoseconds by which the watch's clock is ahead. */
  private volatile long ahead;

  @BeforeEach
  void captureLog() {
    System.setErr(new PrintStream(log, true, UTF_8));
  }

  @AfterEach
  void restoreLog() {
    System.setErr(standardError);
  }

  private static final class TurnedByTest implements PumpDriver {
    @Override
    public void start(PumpTurns turns) {}

    @Override
    public void wake() {}
  }

  private UdpConnection bind() {
    UdpOptions options = new UdpOptions().with(it -> it.receiveSlots = it.sendSlots = 1);
    pump.later(() -> bindOnPump(options));
    turn();
    return pump.connections().getFirst();
  }

  private void bindOnPump(UdpOptions options) {
    try {
      pump.onBind(options.socketConfig(ANYWHERE), options, null);
    } catch (IOException impossible) {
      throw new AssertionError(impossible);
    }
  }

  private void turn() {
    while (pump.turn()) {}
  }

  private PumpWatch watch(Thread thread) {
    return new PumpWatch(pump, thread, () -> System.nanoTime() + ahead);
  }

  private List<String> warnings() {
    return log.toString(UTF_8).lines().filter(line -> line.contains("] WARN ")).toList();
  }

  @Test
  void aTurnThatDoesNotEndIsNamedOnceWithItsStack() throws InterruptedException {
    UdpConnection connection = bind();
    BlockingQueue<Runnable> turns = new LinkedBlockingQueue<>();
    Thread turning = Thread.ofPlatform().daemon().name("the-pump").start(() -> runAll(turns));
    PumpWatch watch = watch(turning);

    for (int expected : List.of(0, 1)) {
      CountDownLatch blocked = new CountDownLatch(1);
      CountDownLatch goOn = new CountDownLatch(1);
      CountDownLatch ended = new CountDownLatch(1);
      connection
          .<Integer>send(Flux.just(1), (value, writer) -> blockForTooLong(blocked, goOn))
          .subscribe();
      turns.add(this::turn);
      turns.add(ended::countDown);
      blocked.await();

      watch.run();
      assertThat(named()).as("not before two seconds").hasSize(expected);
      ahead = TimeUnit.SECONDS.toNanos(2);
      watch.run();
      watch.run();
      assertThat(named()).as("once for the connection").hasSize(1);

      ahead = 0;
      goOn.countDown();
      ended.await();
    }
    assertThat(named().getFirst()).contains("udp 127.0.0.1:5050", "publishOn", "the-pump");
    assertThat(log.toString(UTF_8)).contains("blockForTooLong");
  }

  private static void runAll(BlockingQueue<Runnable> tasks) {
    try {
      while (true) {
        tasks.take().run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** And then fails its datagram, which gives the slot back. */
  private static void blockForTooLong(CountDownLatch blocked, CountDownLatch goOn) {
    blocked.countDown();
    try {
      goOn.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    throw new IllegalStateException("over at last");
  }

  private List<String> named() {
    return warnings().stream().filter(line -> line.contains("blocks its pump")).toList();
  }

  @Test
  void aTaskThatDoesNotEndIsNamedByItsPump() throws InterruptedException {
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    pump.later(() -> blockForTooLong(blocked, goOn));
    Thread turning = Thread.ofPlatform().name("the-pump").start(this::turn);
    blocked.await();
    ahead = TimeUnit.SECONDS.toNanos(2);

    watch(turning).run();

    assertThat(named()).singleElement().asString().contains("pump of stub", "the-pump");
    goOn.countDown();
    turning.join();
  }

  /** While the watch looks: the stack it has then is that of whatever came after. */
  @Test
  void aTurnThatEndsMeanwhileIsNotNamed() throws InterruptedException {
    UdpConnection connection = bind();
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    connection
        .<Integer>send(Flux.just(1), (value, writer) -> blockForTooLong(blocked, goOn))
        .subscribe();
    Thread turning = Thread.ofPlatform().daemon().name("the-pump").start(this::turn);
    blocked.await();
    LongSupplier clock =
        () -> {
          goOn.countDown();
          Awaitility.await().until(() -> !turning.isAlive());
          return System.nanoTime() + TimeUnit.SECONDS.toNanos(2);
        };

    new PumpWatch(pump, turning, clock).run();

    assertThat(named()).isEmpty();
  }

  @Test
  void aPumpBetweenTwoTurnsIsNotNamedHoweverLongItRests() {
    bind();
    ahead = TimeUnit.DAYS.toNanos(1);

    watch(Thread.currentThread()).run();

    assertThat(warnings()).isEmpty();
  }

  @Test
  void aSocketThatNobodyReceivesFromIsNamedOnceWhenTheKernelsDropsRise() {
    bind();
    PumpWatch watch = watch(Thread.currentThread());
    watch.run();
    assertThat(warnings()).isEmpty();

    kernel.drop(7);
    watch.run();
    kernel.drop(3);
    watch.run();

    assertThat(warnings())
        .singleElement()
        .asString()
        .contains("udp 127.0.0.1:5050", "nobody receives from it", "dropped 7", "receive()");
  }

  @Test
  void aSocketWithoutSubscriberForAMomentIsNotNamed() {
    UdpConnection connection = bind();
    PumpWatch watch = watch(Thread.currentThread());
    for (int i = 0; i < 3; i++) {
      kernel.drop(1);
      watch.run();
      Disposable subscriber = connection.receive().subscribe();
      turn();
      watch.run();
      subscriber.dispose();
      turn();
    }

    assertThat(warnings()).isEmpty();
  }

  @Test
  void aSocketThatSomebodyReceivesFromIsNotNamed() {
    UdpConnection connection = bind();
    connection.receive().subscribe();
    turn();
    PumpWatch watch = watch(Thread.currentThread());

    kernel.drop(7);
    watch.run();

    assertThat(warnings()).isEmpty();
  }

  @Test
  void dropsOfEarlierTimesAreNoReasonToNameASocketBetweenTwoSubscribers() {
    UdpConnection connection = bind();
    Disposable subscriber = connection.receive().subscribe();
    turn();
    PumpWatch watch = watch(Thread.currentThread());
    kernel.drop(7);
    watch.run();

    subscriber.dispose();
    turn();
    watch.run();
    watch.run();
    assertThat(warnings()).isEmpty();

    kernel.drop(1);
    watch.run();
    assertThat(warnings()).hasSize(1);
  }

  @Test
  void looksOnceASecondUntilItIsDisposed() {
    VirtualTimeScheduler clock = VirtualTimeScheduler.getOrSet();
    try {
      bind();
      Disposable disposed = watch(Thread.currentThread()).start();
      disposed.dispose();
      kernel.drop(1);
      clock.advanceTimeBy(Duration.ofSeconds(10));
      assertThat(warnings()).isEmpty();

      Disposable watching = watch(Thread.currentThread()).start();
      clock.advanceTimeBy(Duration.ofMillis(1_999));
      assertThat(warnings()).as("it has looked once").isEmpty();
      clock.advanceTimeBy(Duration.ofMillis(1));
      assertThat(warnings()).hasSize(1);
      watching.dispose();
    } finally {
      VirtualTimeScheduler.reset();
    }
  }
}
