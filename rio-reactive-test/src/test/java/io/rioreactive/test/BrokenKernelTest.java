package io.rioreactive.test;

import static io.rioreactive.test.SimulatedServer.datagrams;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import io.rioreactive.hook.PumpDriver;
import io.rioreactive.hook.PumpHook;
import io.rioreactive.hook.PumpTurns;
import io.rioreactive.test.FaultyKernel.Call;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.PublisherProbe;
import reactor.test.subscriber.TestSubscriber;

/** A kernel that throws what it must not: the pump ends, and nobody hangs. */
class BrokenKernelTest {

  private final IllegalStateException broken = new IllegalStateException("a broken kernel");

  private final SimulatedKernel simulated = SimulatedKernel.keepingPosts();
  private final FaultyKernel kernel = new FaultyKernel(simulated);
  private final ManualPump pump = ManualPump.over(kernel);
  private CapturedLog log;

  @BeforeEach
  void captureLog() {
    log = new CapturedLog();
  }

  @AfterEach
  void close() {
    log.close();
    kernel.heals();
    pump.close();
    assertThat(simulated.violations()).isEmpty();
    assertThat(simulated.openSockets()).isZero();
  }

  private RioConnection bind() {
    return bind(it -> it);
  }

  private RioConnection bind(UnaryOperator<RioUdpServer> options) {
    RioUdpServer server = RioUdpServer.create().receiveSlots(4).sendSlots(4).datagramSize(64);
    TestSubscriber<RioConnection> bound = TestSubscriber.create();
    options.apply(server).runOn(pump.group()).bind().subscribe(bound);
    pump.run();
    return bound.getReceivedOnNext().getFirst();
  }

  private static <T> TestSubscriber<T> subscribe(Publisher<T> publisher) {
    TestSubscriber<T> subscriber = TestSubscriber.create();
    publisher.subscribe(subscriber);
    return subscriber;
  }

  private void assertAllEndedWith(Throwable failure, RioConnection... connections) {
    assertThat(pump.isEnded()).isTrue();
    for (RioConnection connection : connections) {
      assertThat(connection.isDisposed()).isTrue();
      assertThat(subscribe(connection.onDispose()).expectTerminalError()).isSameAs(failure);
      assertThat(subscribe(connection.receive()).expectTerminalError()).isSameAs(failure);
      assertThat(subscribe(connection.send(Flux.never())).expectTerminalError())
          .isInstanceOf(ClosedChannelException.class);
    }
    assertThat(log.errors()).singleElement().asString().contains("the pump is broken");
    assertThat(log.text()).contains(failure.getMessage());
  }

  @Test
  void aDequeueThatFailsEndsEveryConnectionOfThePumpWithItsError() {
    RioConnection receiving = bind();
    RioConnection sending = bind();
    RioConnection idle = bind();
    TestSubscriber<Datagram> received = subscribe(receiving.receive());
    simulated.socket(1).holdSends();
    TestSubscriber<Void> sent = subscribe(sending.send(datagrams("d", 10)));
    pump.run();

    IOException failure = new IOException("the queue is broken");
    simulated.failNextDequeue(failure);
    pump.run();

    assertAllEndedWith(failure, receiving, sending, idle);
    assertThat(received.expectTerminalError()).isSameAs(failure);
    assertThat(sent.expectTerminalError()).isInstanceOf(ClosedChannelException.class);
  }

  @Test
  void whatTheKernelMayStillWriteToIsAbandonedAndNotFreed() {
    RioConnection receiving = bind();
    RioConnection sending = bind();
    bind();
    receiving.receive().subscribe();
    simulated.socket(1).holdSends();
    subscribe(sending.send(datagrams("d", 10)));
    pump.run();

    simulated.failNextDequeue(new IOException("the queue is broken"));
    pump.run();

    assertThat(simulated.sockets())
        .extracting(SimulatedSocket::isAbandoned)
        .containsExactly(true, true, false);
    assertThat(simulated.sockets())
        .extracting(SimulatedSocket::isReleased)
        .containsExactly(false, false, true);
    assertThat(simulated.sockets()).allMatch(SimulatedSocket::isClosed);
    assertThat(receiving.stats().posted()).isEqualTo(4);
    assertThat(sending.stats().inFlight()).isEqualTo(4);
    assertThat(sending.stats().accepted())
        .isEqualTo(sending.stats().discarded() + sending.stats().inFlight());
  }

  @Test
  void aDequeueThatThrowsEndsEveryConnectionOfThePumpWithIt() {
    RioConnection connection = bind();
    RioConnection other = bind();
    TestSubscriber<Datagram> received = subscribe(connection.receive());

    kernel.breaks(Call.DEQUEUE, broken);
    pump.run();

    assertAllEndedWith(broken, connection, other);
    assertThat(received.expectTerminalError()).isSameAs(broken);
  }

  @ParameterizedTest
  @EnumSource(
      value = Call.class,
      names = {"COMMIT", "POST_RECEIVE"})
  void aSocketThatThrowsWhileItReceivesEndsItsOwnConnectionAndNoOther(Call call) {
    RioConnection connection = bind();
    RioConnection other = bind();
    TestSubscriber<Datagram> received = subscribe(connection.receive());

    kernel.breaks(call, broken);
    pump.run();
    kernel.heals();

    assertThat(received.expectTerminalError()).isSameAs(broken);
    assertOnlyOneEnded(connection, other);
  }

  @ParameterizedTest
  @EnumSource(
      value = Call.class,
      names = {"COMMIT", "POST_SEND"})
  void aSocketThatThrowsWhileItSendsEndsItsOwnConnectionAndNoOther(Call call) {
    RioConnection connection = bind();
    RioConnection other = bind();
    TestSubscriber<Void> sent = subscribe(connection.send(datagrams("d", 9)));

    kernel.breaks(call, broken);
    pump.run();
    kernel.heals();

    assertThat(sent.expectTerminalError()).isInstanceOf(ClosedChannelException.class);
    assertOnlyOneEnded(connection, other);
  }

  private void assertOnlyOneEnded(RioConnection connection, RioConnection other) {
    assertThat(subscribe(connection.onDispose()).expectTerminalError()).isSameAs(broken);
    assertThat(simulated.socket(0).isReleased()).isTrue();
    assertThat(log.errors()).singleElement().asString().contains("unexpected error");
    assertThat(pump.isEnded()).isFalse();
    TestSubscriber<Void> sent = subscribe(other.send(datagrams("d", 9)));
    pump.run();
    assertThat(sent.isTerminatedComplete()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      value = Call.class,
      names = {"CLOSE", "RELEASE", "ABANDON", "CLOSE_QUEUE"})
  void aKernelThatIsBrokenThroughoutKeepsNobodyWaiting(Call call) {
    RioConnection receiving = bind();
    RioConnection idle = bind();
    receiving.receive().subscribe(ignored -> {}, ignored -> {});
    pump.run();

    kernel.breaks(call, new IllegalStateException("and it does not close either"));
    kernel.breaks(Call.DEQUEUE, broken);
    pump.run();

    assertThat(pump.isEnded()).isTrue();
    for (RioConnection connection : List.of(receiving, idle)) {
      assertThat(subscribe(connection.onDispose()).expectTerminalError()).isSameAs(broken);
    }
    assertThat(log.text()).contains("and it does not close either");
  }

  @ParameterizedTest
  @EnumSource(
      value = Call.class,
      names = {"CLOSE", "RELEASE"})
  void aSocketThatDoesNotCloseKeepsNobodyWaiting(Call call) {
    RioConnection connection = bind();
    RioConnection other = bind();
    kernel.breaks(call, broken);

    connection.dispose();
    pump.run();

    assertThat(subscribe(connection.onDispose()).isTerminatedComplete()).isTrue();
    assertThat(log.errors()).singleElement().asString().contains("could not be");
    assertThat(log.text()).contains(broken.getMessage());
    assertThat(pump.isEnded()).isFalse();
    assertThat(subscribe(other.onDispose()).isTerminated()).isFalse();
  }

  @Test
  void aCommitThatTheSystemRefusesEndsItsConnectionAloneWithAnIOException() {
    RioConnection refused = bind();
    RioConnection other = bind();
    IOException refusal = new IOException("says the test");
    TestSubscriber<Datagram> received = subscribe(refused.receive());

    kernel.breaks(Call.COMMIT, new UncheckedIOException(refusal));
    pump.run();
    kernel.heals();

    assertThat(received.expectTerminalError()).isSameAs(refusal);
    assertThat(subscribe(refused.onDispose()).expectTerminalError()).isSameAs(refusal);
    assertThat(pump.isEnded()).isFalse();
    assertThat(subscribe(other.onDispose()).isTerminated()).isFalse();
  }

  @Test
  void aHandlerIsNotSubscribedAgainOnABrokenPump() {
    AtomicInteger calls = new AtomicInteger();
    PublisherProbe<Void> probe = PublisherProbe.of(Mono.never());
    bind(
        it ->
            it.handle(
                (in, out) -> {
                  calls.incrementAndGet();
                  return in.receive().then();
                }));
    bind(it -> it.handle((in, out) -> probe.mono()));

    kernel.breaks(Call.DEQUEUE, broken);
    pump.run();

    assertThat(calls).hasValue(1);
    probe.assertWasCancelled();
  }

  @Test
  void theGroupBindsAgainOnANewPump() {
    RioConnection first = bind();
    kernel.breaks(Call.DEQUEUE, broken);
    pump.run();
    assertThat(first.isDisposed()).isTrue();
    kernel.heals();

    RioConnection again = bind();
    TestSubscriber<Void> sent = subscribe(again.send(datagrams("d", 1)));
    pump.run();

    assertThat(sent.isTerminatedComplete()).isTrue();
    assertThat(again.isDisposed()).isFalse();
  }

  @Test
  void whoHearsOfTheBrokenPumpCanBindAtOnce() {
    RioUdpServer server = RioUdpServer.create().receiveSlots(4).runOn(pump.group());
    TestSubscriber<RioConnection> again = TestSubscriber.create();
    bind()
        .onDispose()
        .subscribe(
            null,
            failure -> {
              kernel.heals();
              server.bind().subscribe(again);
            });
    kernel.breaks(Call.DEQUEUE, broken);

    pump.run(); // the broken one, and then the new one

    assertThat(again.getReceivedOnNext()).singleElement().matches(it -> !it.isDisposed());
  }

  @Test
  void aBindThatWaitsForABrokenPumpFails() {
    bind();
    kernel.breaks(Call.DEQUEUE, broken);
    RioUdpServer server = RioUdpServer.create().receiveSlots(1).sendSlots(1).runOn(pump.group());
    List<TestSubscriber<RioConnection>> binds = new ArrayList<>();
    for (int i = 0; i < 1_100; i++) { // more than one turn takes
      binds.add(subscribe(server.bind()));
    }

    pump.run();

    assertThat(binds).allMatch(TestSubscriber::isTerminated);
    assertThat(binds.getLast().expectTerminalError())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("broke")
        .hasMessageContaining("bind again");
  }

  @Test
  void anAwaitThatFailsEndsEveryConnectionOfThePumpWithIt() {
    TurnedByTest driver = new TurnedByTest();
    PumpGroup group = PumpHook.newGroup(PumpGroup.class, kernel, driver);
    TestSubscriber<RioConnection> bound =
        subscribe(RioUdpServer.create().receiveSlots(4).runOn(group).bind());
    driver.turnUntilIdle();
    RioConnection connection = bound.getReceivedOnNext().getFirst();
    TestSubscriber<Datagram> received = subscribe(connection.receive());
    driver.turnUntilIdle();

    kernel.breaks(Call.AWAIT, broken);
    assertThat(driver.pump.park()).isTrue();
    driver.pump.await();
    driver.pump.unpark();

    assertThat(driver.pump.isEnded()).isTrue();
    assertThat(received.expectTerminalError()).isSameAs(broken);
    StepVerifier.create(connection.onDispose())
        .verifyErrorSatisfies(failure -> assertThat(failure).isSameAs(broken));
    assertThat(simulated.lastSocket().isAbandoned()).isTrue();
  }

  /** A driver that lets the test call everything a pump's thread would. */
  private static final class TurnedByTest implements PumpDriver {

    private PumpTurns pump;

    @Override
    public void start(PumpTurns pump) {
      this.pump = pump;
    }

    @Override
    public void wake() {}

    void turnUntilIdle() {
      pump.unpark();
      while (pump.turn()) {}
    }
  }
}
