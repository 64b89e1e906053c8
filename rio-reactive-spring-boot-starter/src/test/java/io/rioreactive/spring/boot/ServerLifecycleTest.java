package io.rioreactive.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.spring.RioDatagramHandler;
import io.rioreactive.spring.RioUdpConnections;
import io.rioreactive.spring.RioUdpServerBoundEvent;
import io.rioreactive.spring.RioUdpServerLifecycle;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** When servers are bound, and how they end. */
@Timeout(120)
class ServerLifecycleTest {

  private static final int CALLS = 20;

  private static ApplicationContextRunner withHandler(Class<?> handler) {
    return Runner.create()
        .withPropertyValues("rio.udp.server.port=0")
        .withUserConfiguration(handler);
  }

  /** Answers when the test says so. */
  interface Held {

    int entered();

    void release();
  }

  static class HeldMono implements Held {

    private final AtomicInteger entered = new AtomicInteger();
    private final Sinks.Empty<Void> released = Sinks.empty();

    @RioDatagramHandler
    Mono<String> answer(String query) {
      entered.incrementAndGet();
      return released.asMono().thenReturn(query);
    }

    @Override
    public int entered() {
      return entered.get();
    }

    @Override
    public void release() {
      released.tryEmitEmpty();
    }
  }

  static class HeldThread implements Held {

    private final AtomicInteger entered = new AtomicInteger();
    private final CountDownLatch released = new CountDownLatch(1);

    @RioDatagramHandler
    String answer(String query) throws InterruptedException {
      entered.incrementAndGet();
      released.await();
      return query;
    }

    @Override
    public int entered() {
      return entered.get();
    }

    @Override
    public void release() {
      released.countDown();
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {HeldMono.class, HeldThread.class})
  void repliesUnderWayLeaveBeforeTheSocketCloses(Class<?> handler) {
    withHandler(handler)
        .withPropertyValues("spring.threads.virtual.enabled=true") // a thread for each call
        .run(
            context -> {
              try (Peer peer = new Peer()) {
                RioConnection bound = Peer.bound(context, "default");
                Held held = context.getBean(Held.class);
                List<String> sent = IntStream.range(0, CALLS).mapToObj(i -> "call " + i).toList();
                for (String query : sent) {
                  peer.send(bound.localAddress(), query);
                }
                await().until(() -> held.entered() == CALLS);

                Thread closing = Thread.startVirtualThread(context::close);
                await().until(bound::isDisposed); // it drains
                held.release();

                List<String> replies = new ArrayList<>();
                for (int i = 0; i < CALLS; i++) {
                  replies.add(peer.receive());
                }
                assertThat(replies).containsExactlyInAnyOrderElementsOf(sent);
                closing.join();
                bound.onDispose().block();
                assertThat(bound.stats().sent()).isEqualTo(CALLS);
                try (Peer again = new Peer(bound.localAddress().getPort())) {
                  assertThat(again.port()).isEqualTo(bound.localAddress().getPort());
                }
              }
            });
  }

  @ParameterizedTest
  @ValueSource(classes = {HeldMono.class, HeldThread.class})
  void whatDoesNotEndIsCancelledWhenTheTimeIsUp(Class<?> handler) {
    withHandler(handler)
        .withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=300ms")
        .run(
            context -> {
              try (Peer peer = new Peer()) {
                RioConnection bound = Peer.bound(context, "default");
                Held held = context.getBean(Held.class);
                peer.send(bound.localAddress(), "never ends");
                await().until(() -> held.entered() == 1);

                CompletableFuture<Boolean> closedByThen = new CompletableFuture<>();
                context
                    .getBean(RioUdpServerLifecycle.class)
                    .stop(() -> closedByThen.complete(bound.onDispose().toFuture().isDone()));

                assertThat(closedByThen).succeedsWithin(Duration.ofSeconds(60)).isEqualTo(true);
                assertThat(bound.stats().sent()).isZero();
              }
            });
  }

  @ParameterizedTest
  @CsvSource({"30s, 29s", "10s, 9s", "1s, 900ms", "0s, 0s"})
  void aLittleOfThePhaseIsKeptForClosing(String phase, String drain) {
    assertThat(RioUdpAutoConfiguration.drain(DurationStyle.SIMPLE.parse(phase)))
        .isEqualTo(DurationStyle.SIMPLE.parse(drain));
  }

  @Test
  void withoutTimeToDrainItClosesAtOnce() {
    withHandler(HeldMono.class)
        .withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=0s")
        .run(
            context -> {
              try (Peer peer = new Peer()) {
                RioConnection bound = Peer.bound(context, "default");
                Held held = context.getBean(Held.class);
                peer.send(bound.localAddress(), "never ends");
                await().until(() -> held.entered() == 1);

                context.getBean(RioUdpServerLifecycle.class).stop();

                assertThat(bound.onDispose().toFuture()).isDone();
              }
            });
  }

  @Test
  void isBoundAfterTheWebServerAndClosedBeforeItsGracefulEnd() {
    withHandler(HeldMono.class)
        .withUserConfiguration(GracefulWebServer.class)
        .run(
            context -> {
              GracefulWebServer webServer = context.getBean(GracefulWebServer.class);
              RioConnection bound = Peer.bound(context, "default");
              assertThat(webServer.boundAtStart).isZero();

              context.close();

              assertThat(webServer.boundAtStop).isZero();
              assertThat(bound.isDisposed()).isTrue();
            });
  }

  /** In the phase of Boot's own. */
  static class GracefulWebServer implements SmartLifecycle {

    volatile int boundAtStart = -1;
    volatile int boundAtStop = -1;
    private final RioUdpConnections connections;
    private volatile boolean running;

    GracefulWebServer(RioUdpConnections connections) {
      this.connections = connections;
    }

    @Override
    public int getPhase() {
      return WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE;
    }

    @Override
    public void start() {
      boundAtStart = connections.bound().size();
      running = true;
    }

    @Override
    public void stop() {
      boundAtStop = connections.bound().size();
      running = false;
    }

    @Override
    public boolean isRunning() {
      return running;
    }
  }

  static class Echo {
    @RioDatagramHandler
    Mono<String> answer(String query) {
      return Mono.just(query);
    }
  }

  @Test
  void aContextThatIsStoppedAndStartedBindsAgain() throws Exception {
    int port = Peer.freePort();
    withHandler(Echo.class)
        .withPropertyValues("rio.udp.server.port=" + port)
        .run(
            context -> {
              try (Peer peer = new Peer()) {
                ConfigurableApplicationContext application = context;
                InetSocketAddress address = Peer.addressOf(context, "default");
                RioConnection before = Peer.bound(context, "default");
                assertThat(peer.ask(address, "one")).isEqualTo("one");

                application.stop();
                assertThat(context.getBean(RioUdpConnections.class).bound()).isEmpty();
                try (Peer other = new Peer(port)) { // it is free
                  assertThat(other.port()).isEqualTo(port);
                }

                application.start();
                assertThat(Peer.bound(context, "default")).isNotSameAs(before);
                assertThat(peer.ask(address, "two")).isEqualTo("two");
              }
            });
  }

  @Test
  void theConnectionIsAwaitedAlsoAfterARestart() {
    withHandler(Echo.class)
        .run(
            context -> {
              RioUdpConnections connections = context.getBean(RioUdpConnections.class);
              RioUdpServerLifecycle lifecycle = context.getBean(RioUdpServerLifecycle.class);
              RioConnection first = connections.connection().block();

              lifecycle.stop();
              List<RioConnection> next = new ArrayList<>();
              connections.connection("default").subscribe(next::add);
              assertThat(next).isEmpty();

              lifecycle.start();
              assertThat(next).containsExactly(Peer.bound(context, "default"));
              assertThat(next).doesNotContain(first);
            });
  }

  @Test
  void aTakenPortFailsTheStartAndLeavesNothingBound() throws Exception {
    int free = Peer.freePort();
    try (Peer taken = new Peer()) {
      Runner.create()
          .withPropertyValues(
              "rio.udp.servers.a.port=" + free,
              "rio.udp.servers.b.host=127.0.0.1",
              "rio.udp.servers.b.port=" + taken.port())
          .run(
              context ->
                  assertThat(Runner.analysisOf(context))
                      .contains("The UDP server \"b\" could not be bound: ")
                      .contains(Integer.toString(taken.port()))
                      .contains("change rio.udp.servers.b.port"));
      try (Peer again = new Peer(free)) {
        assertThat(again.port()).isEqualTo(free);
      }
    }
  }

  @Test
  void aHostThatNobodyKnowsFailsTheStart() {
    Runner.create()
        .withPropertyValues("rio.udp.server.host=no-such-host.invalid")
        .run(
            context ->
                assertThat(Runner.analysisOf(context))
                    .contains("no-such-host.invalid")
                    .contains("Correct rio.udp.server.host"));
  }

  @Test
  void whatTheProviderLacksFailsTheStart() {
    Runner.create()
        .withPropertyValues("rio.udp.server.provider=nio", "rio.udp.server.packet-info=true")
        .run(
            context ->
                assertThat(Runner.analysisOf(context))
                    .contains("packetInfo is on, and the provider nio")
                    .contains("Change what the description names, in rio.udp.server.*"));
  }

  @Test
  void whoListensIsToldOfEachServerWhenAllAreBound() {
    Runner.create()
        .withPropertyValues("rio.udp.servers.a.port=0", "rio.udp.servers.b.port=0")
        .withUserConfiguration(Listener.class)
        .run(
            context ->
                assertThat(context.getBean(Listener.class).told)
                    .containsExactly("a of 2 bound", "b of 2 bound"));
  }

  static class Listener {

    final List<String> told = new ArrayList<>();
    private final RioUdpConnections connections;

    Listener(RioUdpConnections connections) {
      this.connections = connections;
    }

    @EventListener
    void onBound(RioUdpServerBoundEvent event) {
      assertThat(connections.bound()).containsEntry(event.name(), event.connection());
      told.add(event.name() + " of " + connections.bound().size() + " bound");
    }
  }

  @Test
  void anApplicationWithNothingElseStaysAlive() {
    withHandler(Echo.class)
        .run(
            context -> {
              await().until(() -> keepAlives().size() == 1); // others of before are ending
              assertThat(keepAlives()).noneMatch(Thread::isDaemon);
              context.close();
              await().until(() -> keepAlives().isEmpty());
            });
  }

  private static List<Thread> keepAlives() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("rio-udp-keep-alive"))
        .toList();
  }

  @Test
  void sharedPumpsEndWithTheContextAndNotWithAStop() {
    withHandler(Echo.class)
        .withPropertyValues("rio.udp.pump-group.size=1")
        .run(
            context -> {
              PumpGroup pumps = context.getBean(PumpGroup.class);
              ConfigurableApplicationContext application = context;
              application.stop();
              application.start();
              assertThat(pumps.isDisposed()).isFalse();
              application.close();
              assertThat(pumps.isDisposed()).isTrue();
            });
  }
}
