package io.rioreactive.samples.netty;

import static io.rioreactive.samples.netty.BothLibraries.LONG;
import static io.rioreactive.samples.netty.BothLibraries.NETTY_THREADS;
import static io.rioreactive.samples.netty.BothLibraries.RIO_THREADS;
import static io.rioreactive.samples.netty.BothLibraries.addressOf;
import static io.rioreactive.samples.netty.BothLibraries.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.concurrent.FastThreadLocalThread;
import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.Connection;

/** What the two share in one process, Reactor's hooks and schedulers, and what they do not. */
@Timeout(60)
class OneProcessTest {

  private final BothLibraries both = new BothLibraries();

  @AfterEach
  void close() {
    both.close();
  }

  private RioConnection ourEcho() {
    return both.bind(both.rioServer().handle(BothLibraries::echo));
  }

  private Connection itsEcho() {
    return both.bind(both.nettyServer().handle(BothLibraries::echo));
  }

  private void assertBothAnswer(RioConnection ours, Connection its) throws IOException {
    try (TestPeer peer = new TestPeer()) {
      assertThat(peer.ask(ours.localAddress(), "ours")).isEqualTo("ours");
      assertThat(peer.ask(addressOf(its), "its")).isEqualTo("its");
    }
  }

  @Test
  void eachSignalsOnThreadsOfItsOwn() throws IOException {
    RioConnection ours = both.bind(both.rioServer());
    Connection its = both.bind(both.nettyServer());
    try (TestPeer peer = new TestPeer()) {
      peer.send(ours.localAddress(), "to ours");
      peer.send(addressOf(its), "to its");
    }

    Thread pump = ours.next().map(datagram -> Thread.currentThread()).block(LONG);
    Thread loop = its.inbound().receive().map(buffer -> Thread.currentThread()).next().block(LONG);

    assertThat(pump).isNotInstanceOf(FastThreadLocalThread.class);
    assertThat(pump.getName()).startsWith(RIO_THREADS);
    assertThat(Schedulers.isNonBlockingThread(pump)).isTrue();
    assertThat(loop.getName()).startsWith(NETTY_THREADS);
    assertThat(Schedulers.isNonBlockingThread(loop)).isTrue();
  }

  @Test
  void hooksOfReactorAreForBoth() throws IOException {
    AtomicInteger assembled = new AtomicInteger();
    AtomicInteger scheduled = new AtomicInteger();
    Hooks.onOperatorDebug();
    Hooks.onEachOperator(
        "count",
        publisher -> {
          assembled.incrementAndGet();
          return publisher;
        });
    Schedulers.onScheduleHook(
        "count",
        task -> {
          scheduled.incrementAndGet();
          return task;
        });
    try {
      RioConnection ours =
          both.bind(
              both.rioServer()
                  .handle((in, out) -> out.send(in.receive().publishOn(Schedulers.parallel()))));
      Connection its = itsEcho();

      assertBothAnswer(ours, its);

      assertThat(assembled.get()).isPositive();
      assertThat(scheduled.get()).isPositive();
    } finally {
      Schedulers.resetOnScheduleHook("count");
      Hooks.resetOnEachOperator("count");
      Hooks.resetOnOperatorDebug();
    }
  }

  /** Each waits for the other on a scheduler that both use. */
  @Test
  void schedulersOfReactorAreForBoth() throws IOException {
    RioConnection ours = ourEcho();
    Connection its = itsEcho();
    RioConnection ourClient = both.connect(both.rioClient(addressOf(its)));
    Connection itsClient = both.connect(both.nettyClient(ours.localAddress()));

    List<String> answers =
        Flux.just("one", "two", "three")
            .publishOn(Schedulers.single())
            .concatMap(
                text ->
                    ourClient
                        .send(Mono.just(Datagram.of(text)))
                        .then(ourClient.next())
                        .map(Datagram::asString)
                        .publishOn(Schedulers.single()))
            .collectList()
            .block(LONG);
    String answer =
        itsClient
            .outbound()
            .sendString(Mono.just("four").publishOn(Schedulers.single()))
            .then()
            .then(itsClient.inbound().receive().asString().next())
            .publishOn(Schedulers.single())
            .block(LONG);

    assertThat(answers).containsExactly("one", "two", "three");
    assertThat(answer).isEqualTo("four");
  }

  @Test
  void oursStopsFirstAndItsGoesOn() throws IOException {
    RioConnection ours = ourEcho();
    Connection its = itsEcho();
    assertBothAnswer(ours, its);

    ours.disposeNow();
    both.stopRio();
    eventually(() -> assertThat(threads(RIO_THREADS)).isEmpty());

    try (TestPeer peer = new TestPeer()) {
      assertThat(peer.ask(addressOf(its), "its")).isEqualTo("its");
    }
    its.disposeNow(LONG);
    both.stopNetty();
    eventually(() -> assertThat(threads(NETTY_THREADS)).isEmpty());
  }

  @Test
  void itsStopsFirstAndOursGoesOn() throws IOException {
    RioConnection ours = ourEcho();
    Connection its = itsEcho();
    assertBothAnswer(ours, its);

    its.disposeNow(LONG);
    both.stopNetty();
    eventually(() -> assertThat(threads(NETTY_THREADS)).isEmpty());

    try (TestPeer peer = new TestPeer()) {
      assertThat(peer.ask(ours.localAddress(), "ours")).isEqualTo("ours");
    }
    ours.disposeNow();
    both.stopRio();
    eventually(() -> assertThat(threads(RIO_THREADS)).isEmpty());
  }

  private static List<String> threads(String prefix) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(name -> name.startsWith(prefix))
        .toList();
  }
}
