package io.rioreactive.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/** A pump turned by hand, from the bind to its end. */
class ManualPumpTest {

  private static final InetSocketAddress PEER =
      new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 4711);

  private final SimulatedKernel kernel = SimulatedKernel.withdrawingPosts();
  private final ManualPump pump = ManualPump.over(kernel);

  /** Takes what it asked for, on the thread that turns the pump. */
  private static class Taker extends BaseSubscriber<Datagram> {

    final List<String> taken = new ArrayList<>();

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      // the test asks
    }

    @Override
    protected void hookOnNext(Datagram datagram) {
      taken.add(datagram.asString());
    }
  }

  @Test
  void nothingHappensBetweenTurns() {
    Taker taker = new Taker();
    bind().receive().subscribe(taker);
    pump.run();
    taker.request(2);
    assertThat(kernel.lastSocket().posted()).isEmpty();

    pump.run();
    assertThat(kernel.lastSocket().committed()).hasSize(2);

    kernel.lastSocket().deliver("a".getBytes(UTF_8), PEER);
    assertThat(taker.taken).isEmpty();
    assertThat(pump.turn()).isTrue();
    assertThat(taker.taken).containsExactly("a");
    pump.close();
  }

  @Test
  void wakesOfTheParkedPumpAreCounted() {
    Taker taker = new Taker();
    bind().receive().subscribe(taker);
    pump.run();
    int before = pump.wakes();
    taker.request(1);
    taker.request(1);
    assertThat(pump.wakes()).as("the second finds it woken").isEqualTo(before + 1);
    pump.close();
  }

  @Test
  void runTurnsUntilNothingIsLeft() {
    assertThat(pump.run()).as("no bind, no pump").isZero();
    bind();
    assertThat(pump.run()).isZero();
    assertThat(pump.turn()).isFalse();
    pump.close();
  }

  @Test
  void closeEndsThePumpAndLeavesNothing() {
    bind();
    bind();
    assertThat(kernel.openSockets()).isEqualTo(2);
    pump.close();
    assertThat(pump.isEnded()).isTrue();
    assertThat(kernel.openSockets()).isZero();
    assertThat(kernel.violations()).isEmpty();
    assertThat(pump.turn()).isFalse();
  }

  @Test
  void aTurnInsideATurnIsRefused() {
    Taker taker =
        new Taker() {
          @Override
          protected void hookOnNext(Datagram datagram) {
            assertThatThrownBy(pump::turn).isInstanceOf(IllegalStateException.class);
            super.hookOnNext(datagram);
          }
        };
    bind().receive().subscribe(taker);
    taker.request(1);
    pump.run();
    kernel.lastSocket().deliver("a".getBytes(UTF_8), PEER);
    pump.run();
    assertThat(taker.taken).containsExactly("a");
    pump.close();
  }

  private RioConnection bind() {
    return bind(pump);
  }

  private static RioConnection bind(ManualPump pump) {
    AtomicReference<RioConnection> bound = new AtomicReference<>();
    RioUdpServer.create().runOn(pump.group()).bind().subscribe(bound::set);
    pump.run();
    assertThat(bound.get()).isNotNull();
    return bound.get();
  }
}
