package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import io.rioreactive.hook.PumpDriver;
import io.rioreactive.hook.PumpHook;
import io.rioreactive.hook.PumpTurns;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.NonBlocking;
import reactor.test.StepVerifier;

/** Threads that several servers share, on the kernel of this machine. */
class PumpGroupTest {

  /** Only so that a defect does not hang the build. */
  private static final Duration AT_MOST = Duration.ofSeconds(30);

  private final PumpGroup group = PumpGroup.create().name("edge").size(2);
  private final Map<RioConnection, Thread> threads = new ConcurrentHashMap<>();
  private final RioUdpServer server =
      RioUdpServer.create()
          .receiveSlots(1)
          .sendSlots(1)
          .runOn(group)
          .doOnBound(bound -> threads.put(bound, Thread.currentThread()));

  @AfterEach
  void dispose() {
    group.dispose();
  }

  private List<RioConnection> bind(int count) {
    return Flux.range(0, count).flatMap(i -> server.bind()).collectList().block(AT_MOST);
  }

  @Test
  void socketsAreSpreadOverThePumpsAlsoWhenTheyAreBoundAtTheSameTime() {
    bind(6);

    assertThat(
            threads.values().stream()
                .collect(Collectors.groupingBy(thread -> thread, Collectors.counting())))
        .hasSize(2)
        .allSatisfy((thread, sockets) -> assertThat(sockets).isEqualTo(3));
  }

  @Test
  void aSocketGoesToThePumpWithTheFewest() {
    List<RioConnection> four = bind(4);
    Thread pump = threads.get(four.getFirst());
    List<RioConnection> closed =
        four.stream().filter(each -> pump.equals(threads.get(each))).toList();
    closed.forEach(RioConnection::disposeNow);

    List<RioConnection> again = bind(2);

    assertThat(again).allMatch(each -> pump.equals(threads.get(each)));
  }

  @Test
  void threadsAreNamedDaemonsThatMustNotBlock() {
    bind(2);

    assertThat(threads.values())
        .extracting(Thread::getName)
        .containsExactlyInAnyOrder("edge-1", "edge-2");
    assertThat(threads.values())
        .allSatisfy(
            thread -> {
              assertThat(thread.isDaemon()).isTrue();
              assertThat(thread).isInstanceOf(NonBlocking.class);
            });
  }

  @Test
  void threadsWithoutANameDoNotShareOne() {
    PumpGroup first = PumpGroup.create();
    PumpGroup second = PumpGroup.create();
    try {
      server.runOn(first).bindNow();
      server.runOn(second).bindNow();

      assertThat(threads.values())
          .extracting(Thread::getName)
          .doesNotHaveDuplicates()
          .allMatch(name -> name.startsWith("rio-pump-"));
    } finally {
      first.dispose();
      second.dispose();
    }
  }

  @Test
  void aThreadThatCannotBeStartedFailsOneBindAndTheNextStartsIt() {
    List<PumpTurns> started = new ArrayList<>();
    AtomicInteger starts = new AtomicInteger();
    PumpDriver driver =
        new PumpDriver() {
          @Override
          public void start(PumpTurns pump) {
            if (starts.incrementAndGet() == 2) {
              throw new IllegalThreadStateException("not the second");
            }
            started.add(pump);
          }

          @Override
          public void wake() {}
        };
    RioUdpServer onTwo =
        server.runOn(
            PumpHook.newGroup(PumpGroup.class, SimulatedKernel.withdrawingPosts(), driver).size(2));

    var first = onTwo.bind().toFuture();
    StepVerifier.create(onTwo.bind()).verifyError(IllegalThreadStateException.class);
    var third = onTwo.bind().toFuture();
    started.forEach(PumpTurns::turn);

    assertThat(started).hasSize(2);
    assertThat(first).isCompleted();
    assertThat(third).isCompleted();
  }

  @Test
  void theProviderIsTheGroups() {
    PumpGroup nio = PumpGroup.create().provider("nio");
    try {
      RioConnection connection = RioUdpServer.create().runOn(nio).bindNow();
      assertThat(connection.provider()).isEqualTo("nio");
    } finally {
      nio.dispose();
    }
  }

  @Test
  void disposeClosesAllConnectionsAndEndsTheThreads() throws InterruptedException {
    List<RioConnection> all = bind(4);

    group.dispose();

    Mono.when(all.stream().map(RioConnection::onDispose).toList()).block(AT_MOST);
    assertThat(all).allMatch(RioConnection::isDisposed);
    for (Thread thread : threads.values()) {
      thread.join();
    }
  }

  @Test
  void aConnectionThatClosesLeavesItsThreadToTheOthers() {
    List<RioConnection> four = bind(4);
    four.subList(0, 3).forEach(RioConnection::disposeNow);

    assertThat(threads.values()).allMatch(Thread::isAlive);
    assertThat(four.getLast().isDisposed()).isFalse();
  }
}
