package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.rioreactive.Notification;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.subscriber.TestSubscriber;

/** What {@code bind} does, and when it does nothing. */
class BindTest {

  /** RFC 6761: no resolver ever knows it. */
  private static final String NOBODY = "nobody.invalid";

  private final SimulatedKernel kernel = SimulatedKernel.withdrawingPosts();
  private final ManualPump pump = ManualPump.over(kernel);
  private final RioUdpServer server =
      RioUdpServer.create().receiveSlots(4).sendSlots(4).runOn(pump.group());

  @AfterEach
  void close() {
    pump.close();
    assertThat(kernel.violations()).isEmpty();
    assertThat(kernel.openSockets()).isZero();
  }

  private TestSubscriber<RioConnection> bind(RioUdpServer server) {
    TestSubscriber<RioConnection> bound = TestSubscriber.create();
    server.bind().subscribe(bound);
    pump.run();
    return bound;
  }

  private static RioConnection connection(TestSubscriber<RioConnection> bound) {
    return bound.getReceivedOnNext().getFirst();
  }

  /** Calls it on a thread of its own and turns the pump meanwhile. */
  private <T> T whileThePumpTurns(Supplier<T> call) throws InterruptedException {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread.ofPlatform()
        .start(
            () -> {
              try {
                result.complete(call.get());
              } catch (Throwable thrown) {
                result.completeExceptionally(thrown);
              }
            });
    while (!result.isDone()) {
      pump.run();
      Thread.onSpinWait();
    }
    try {
      return result.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException thrown) {
        throw thrown;
      }
      throw new AssertionError(e.getCause());
    }
  }

  @Test
  void nothingHappensBeforeItIsSubscribed() {
    List<RioUdpServer> binds = new ArrayList<>();
    Mono<RioConnection> _ = server.doOnBind(binds::add).bind();
    pump.run();

    assertThat(kernel.sockets()).isEmpty();
    assertThat(binds).isEmpty();
  }

  @Test
  void eachSubscriptionBindsASocketOfItsOwn() {
    Mono<RioConnection> bind = server.bind();
    TestSubscriber<RioConnection> first = TestSubscriber.create();
    TestSubscriber<RioConnection> second = TestSubscriber.create();
    bind.subscribe(first);
    bind.subscribe(second);
    pump.run();

    assertThat(kernel.sockets()).hasSize(2);
    assertThat(connection(first)).isNotSameAs(connection(second));
    assertThat(connection(first).localAddress()).isNotEqualTo(connection(second).localAddress());
    assertThat(first.isTerminatedComplete()).isTrue();
  }

  @Test
  void bindsTheLoopbackAddressAndAPortThatIsFreeUnlessToldOtherwise() {
    InetSocketAddress local = connection(bind(server)).localAddress();

    assertThat(local.getAddress()).isEqualTo(InetAddress.getLoopbackAddress());
    assertThat(local.getPort()).isPositive();
  }

  @Test
  void bindsTheAddressItIsGivenInWhateverWay() {
    InetSocketAddress wanted = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 5_050);
    for (RioUdpServer each :
        List.of(
            server.host("192.0.2.1").port(5_050),
            server.port(5_050).host("192.0.2.1"),
            server.bindAddress(wanted),
            server.bindAddress(InetSocketAddress.createUnresolved("192.0.2.1", 5_050)),
            server.bindAddress(new InetSocketAddress("192.0.2.9", 9)).host("192.0.2.1").port(5_050),
            server.bindAddress(new InetSocketAddress("192.0.2.1", 9)).port(5_050),
            server.host("192.0.2.9").port(9).bindAddress(wanted))) {
      RioConnection connection = connection(bind(each));
      assertThat(connection.localAddress()).isEqualTo(wanted);
      connection.dispose();
      pump.run();
    }
  }

  @Test
  void anIpv6AddressIsBoundWithBracketsOrWithout() {
    for (String host : List.of("::1", "[::1]")) {
      assertThat(connection(bind(server.host(host))).localAddress().getAddress())
          .isEqualTo(InetAddress.ofLiteral("::1"));
    }
  }

  @Test
  void cancelBeforeThePumpTurnsBindsNothing() {
    TestSubscriber<RioConnection> bound = TestSubscriber.create();
    server.bind().subscribe(bound);
    bound.cancel();
    pump.run();

    assertThat(kernel.sockets()).isEmpty();
    assertThat(bound.isTerminated()).isFalse();
  }

  @Test
  void cancelOfABoundConnectionThatNobodyHasGotClosesIt() {
    TestSubscriber<RioConnection> bound = TestSubscriber.builder().initialRequest(0).build();
    server.bind().subscribe(bound);
    pump.run();
    assertThat(kernel.lastSocket().isClosed()).isFalse();

    bound.cancel();
    pump.run();

    assertThat(kernel.lastSocket().isReleased()).isTrue();
  }

  @Test
  void cancelAfterTheConnectionHasBeenGotLeavesItOpen() {
    TestSubscriber<RioConnection> bound = bind(server);
    bound.cancel();
    pump.run();

    assertThat(connection(bound).isDisposed()).isFalse();
    assertThat(kernel.lastSocket().isClosed()).isFalse();
  }

  @Test
  void aNameNobodyKnowsIsAnUnknownHostExceptionThroughTheMonoOffThePump() {
    AtomicReference<String> thread = new AtomicReference<>();
    for (RioUdpServer each :
        List.of(
            server.host(NOBODY),
            server.bindAddress(InetSocketAddress.createUnresolved(NOBODY, 5_050)))) {
      StepVerifier.create(
              each.bind().doOnError(ignored -> thread.set(Thread.currentThread().getName())))
          .verifyErrorSatisfies(
              failure ->
                  assertThat(failure)
                      .isInstanceOf(UnknownHostException.class)
                      .hasMessageContaining("\"" + NOBODY + "\""));
      assertThat(thread.get()).startsWith("boundedElastic");
    }
    assertThat(kernel.sockets()).isEmpty();
  }

  @Test
  void aNameIsResolvedAndThenBound() throws InterruptedException {
    RioConnection connection = whileThePumpTurns(() -> server.host("localhost").bindNow());

    assertThat(connection.localAddress().getAddress().isLoopbackAddress()).isTrue();
  }

  @Test
  void whatTheSystemRefusesComesThroughTheMono() {
    int port = connection(bind(server)).localAddress().getPort();

    TestSubscriber<RioConnection> second = bind(server.port(port));

    assertThat(second.expectTerminalError())
        .isInstanceOf(BindException.class)
        .hasMessageContaining("127.0.0.1:" + port);
    assertThat(kernel.openSockets()).isEqualTo(1);
  }

  @Test
  void aTakenPortIsABindExceptionWithAddressAndPortOnTheRealKernelToo() {
    RioConnection first = RioUdpServer.create().host("127.0.0.1").bindNow();
    try {
      int port = first.localAddress().getPort();
      RioUdpServer second = RioUdpServer.create().host("127.0.0.1").port(port);

      assertThatThrownBy(second::bindNow)
          .isInstanceOf(UncheckedIOException.class)
          .hasCauseInstanceOf(BindException.class)
          .hasMessageContaining("127.0.0.1:" + port);
    } finally {
      first.disposeNow();
    }
  }

  @Test
  void doOnBindDoOnBoundAndDoOnUnboundAreCalledInThatOrder() {
    List<String> order = new ArrayList<>();
    AtomicReference<RioConnection> unbound = new AtomicReference<>();
    RioUdpServer observed =
        server
            .doOnBind(it -> order.add("bind " + kernel.sockets().size()))
            .doOnBound(it -> order.add("bound " + it.localAddress().getPort()))
            .handle(
                (in, out) -> {
                  order.add("handle");
                  return out.neverComplete();
                })
            .doOnUnbound(
                it -> {
                  order.add("unbound");
                  unbound.set(it);
                });
    TestSubscriber<RioConnection> bound = TestSubscriber.create();
    observed.bind().doOnNext(it -> order.add("next")).subscribe(bound);
    assertThat(order).as("on the subscribing thread").containsExactly("bind 0");
    pump.run();
    RioConnection connection = connection(bound);
    connection.onDispose().subscribe(null, null, () -> order.add("disposed"));
    connection.dispose();
    pump.run();

    int port = connection.localAddress().getPort();
    assertThat(order)
        .containsExactly("bind 0", "bound " + port, "handle", "next", "unbound", "disposed");
    assertThat(unbound.get()).isSameAs(connection);
  }

  @Test
  void whatDoOnBindThrowsFailsTheBindBeforeASocketIsOpened() {
    IllegalStateException failure = new IllegalStateException("from doOnBind");

    TestSubscriber<RioConnection> bound =
        bind(
            server.doOnBind(
                it -> {
                  throw failure;
                }));

    assertThat(bound.expectTerminalError()).isSameAs(failure);
    assertThat(kernel.sockets()).isEmpty();
  }

  @Test
  void whatDoOnBoundThrowsFailsTheBindAndClosesTheSocketBeforeTheHandlerIsCalled() {
    IllegalStateException failure = new IllegalStateException("from doOnBound");
    List<String> calls = new ArrayList<>();

    TestSubscriber<RioConnection> bound =
        bind(
            server
                .doOnBound(
                    it -> {
                      throw failure;
                    })
                .handle(
                    (in, out) -> {
                      calls.add("handle");
                      return out.neverComplete();
                    })
                .doOnUnbound(it -> calls.add("unbound")));

    assertThat(bound.expectTerminalError()).isSameAs(failure);
    assertThat(kernel.lastSocket().isReleased()).isTrue();
    assertThat(calls).containsExactly("unbound");
  }

  @Test
  void doOnUnboundIsNotCalledForASocketThatWasNeverBound() {
    List<String> calls = new ArrayList<>();
    kernel.failNextBind(new BindException("taken"));

    bind(server.doOnUnbound(it -> calls.add("unbound")));

    assertThat(calls).isEmpty();
  }

  @Test
  void bindNowWaitsForTheConnection() throws InterruptedException {
    RioConnection connection = whileThePumpTurns(server::bindNow);

    assertThat(connection.isDisposed()).isFalse();
  }

  @Test
  void bindNowThrowsWhatTheSystemRefusedAsUncheckedIoException() {
    BindException failure = new BindException("taken");
    kernel.failNextBind(failure);

    assertThatThrownBy(() -> whileThePumpTurns(server::bindNow))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessage("taken")
        .hasCause(failure);
  }

  @Test
  void bindNowThrowsUnknownHostAsUncheckedIoException() {
    assertThatThrownBy(() -> server.host(NOBODY).bindNow())
        .isInstanceOf(UncheckedIOException.class)
        .hasCauseInstanceOf(UnknownHostException.class);
  }

  @Test
  void bindNowThrowsWhatTheUserThrewAsItIs() {
    IllegalArgumentException failure = new IllegalArgumentException("from doOnBind");

    assertThatThrownBy(
            () ->
                server
                    .doOnBind(
                        it -> {
                          throw failure;
                        })
                    .bindNow())
        .isSameAs(failure);
  }

  @Test
  void bindNowThatIsOutOfTimeThrowsIllegalStateAndBindsNothing() {
    // by another thread: that of the pump would turn it
    assertThatThrownBy(
            () -> CompletableFuture.runAsync(() -> server.bindNow(Duration.ofMillis(1))).join())
        .hasCauseInstanceOf(IllegalStateException.class);
    pump.run();

    assertThat(kernel.sockets()).isEmpty();
  }

  @Test
  void bindNowOnAThreadThatMustNotBlockIsIllegalState() {
    Scheduler nonBlocking = Schedulers.newSingle("no-blocking");
    try {
      StepVerifier.create(Mono.fromCallable(server::bindNow).subscribeOn(nonBlocking))
          .verifyError(IllegalStateException.class);
    } finally {
      nonBlocking.dispose();
    }
    pump.run();

    assertThat(kernel.sockets()).isEmpty();
  }

  @Test
  void bindNowOnAPumpThreadIsIllegalState() {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    RioConnection connection =
        RioUdpServer.create()
            .doOnBound(it -> thrown.set(catchThrowable(() -> RioUdpServer.create().bindNow())))
            .bindNow();
    connection.disposeNow();

    assertThat(thrown.get())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("block");
  }

  @Test
  void aServerOfItsOwnEndsItsThreadWithTheConnection() throws InterruptedException {
    AtomicReference<Thread> pumpThread = new AtomicReference<>();
    RioConnection connection =
        RioUdpServer.create().doOnBound(it -> pumpThread.set(Thread.currentThread())).bindNow();
    assertThat(pumpThread.get().isDaemon()).isTrue();

    connection.disposeNow();

    pumpThread.get().join();
  }

  @Test
  void aServerOfItsOwnEndsItsThreadWhenTheBindFails() throws InterruptedException {
    AtomicReference<Thread> pumpThread = new AtomicReference<>();
    RioConnection first = RioUdpServer.create().bindNow();
    RioUdpServer second = RioUdpServer.create().bindAddress(first.localAddress());

    StepVerifier.create(second.bind().doOnError(ignored -> pumpThread.set(Thread.currentThread())))
        .verifyError(BindException.class);
    first.disposeNow();

    pumpThread.get().join();
  }

  @Test
  void providerAndNotificationBelongToTheGroupWhicheverIsSetFirst() {
    RioUdpServer own = RioUdpServer.create();
    for (Runnable each :
        List.<Runnable>of(
            () -> server.provider("nio"),
            () -> server.notification(Notification.EVENT),
            () -> own.provider("nio").runOn(pump.group()),
            () -> own.notification(Notification.EVENT).runOn(pump.group()))) {
      assertThatIllegalStateException()
          .isThrownBy(each::run)
          .withMessageContaining("belongs to the pump")
          .withMessageContaining("PumpGroup");
    }
  }

  @Test
  void aDisposedGroupBindsNothing() {
    pump.group().dispose();

    assertThat(bind(server).expectTerminalError())
        .isInstanceOf(IOException.class)
        .hasMessageContaining("PumpGroup has been disposed");
  }

  @Test
  void aGroupThatIsDisposedMeanwhileBindsNothing() {
    bind(server);
    TestSubscriber<RioConnection> late = TestSubscriber.create();
    pump.group().dispose();
    pump.run();
    server.bind().subscribe(late);
    pump.run();

    assertThat(late.expectTerminalError()).isInstanceOf(IOException.class);
    assertThat(kernel.openSockets()).isZero();
  }

  @Test
  void aBindThatCrossesTheDisposeOfItsGroupFails() {
    bind(server);
    TestSubscriber<RioConnection> late = TestSubscriber.create();
    pump.group().dispose();
    server.bind().subscribe(late);
    pump.run();

    assertThat(late.expectTerminalError()).hasMessageContaining("PumpGroup has been disposed");
  }

  @Test
  void severalConsumersAreCalledOneAfterTheOther() {
    List<String> called = new ArrayList<>();
    try (SimulatedServer server =
        SimulatedServer.bind(
            it ->
                it.doOnBind(ignored -> called.add("bind 1"))
                    .doOnBind(ignored -> called.add("bind 2"))
                    .doOnBound(ignored -> called.add("bound 1"))
                    .doOnBound(ignored -> called.add("bound 2"))
                    .doOnUnbound(ignored -> called.add("unbound 1"))
                    .doOnUnbound(ignored -> called.add("unbound 2"))
                    .doOnDrop(ignored -> called.add("drop 1"))
                    .doOnDrop(ignored -> called.add("drop 2")))) {
      server.connection().receive(view -> Integer.valueOf(view.asString())).subscribe();
      server.run();
      try (CapturedLog log = new CapturedLog()) {
        server.deliver("no number");
        server.run();
      }
      server.connection().dispose();
      server.run();
    }

    assertThat(called)
        .containsExactly(
            "bind 1", "bind 2", "bound 1", "bound 2", "drop 1", "drop 2", "unbound 1", "unbound 2");
  }
}
