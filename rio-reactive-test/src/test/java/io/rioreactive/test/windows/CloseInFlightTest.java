package io.rioreactive.test.windows;

import static io.rioreactive.test.Eventually.eventually;
import static io.rioreactive.test.windows.RioRig.LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.Notification;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.test.LoopbackPeer;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/**
 * A close while the kernel has a thousand receives and a thousand sends: nothing is freed before
 * the last of them has come back, and then all of it. The rig looks for what is left.
 */
@OnRioDouble
@ParameterizedClass
@EnumSource
class CloseInFlightTest {

  private static final int SLOTS = 1_000;

  @Parameter Notification notification;

  @RegisterExtension final RioRig rig = new RioRig();

  @Test
  void closingCompletesEverythingThatIsPosted() {
    RioConnection connection =
        rig.bind(rig.server(notification).receiveSlots(SLOTS).sendSlots(SLOTS));
    putInFlight(connection, rig.peer().address());

    connection.dispose();
    RioDouble.control("hold-sends off");

    StepVerifier.create(connection.onDispose()).expectComplete().verify(LONG);
    rig.requireNothingIsLeft();
    assertThat(rig.log().errors()).isEmpty();
  }

  @Test
  void nothingIsFreedWhileCompletionsAreHeldBack() {
    PumpGroup pumps = rig.pumps(notification);
    RioConnection connection = rig.bind(rig.server(pumps).receiveSlots(SLOTS).sendSlots(SLOTS));
    RioDouble.control("hold-receives on");
    putInFlight(connection, rig.peer().address());
    long queues = RioDouble.count("live.rq");
    long buffers = RioDouble.count("live.buffers");
    long bytes = RioDouble.count("bytes.registered");
    AtomicBoolean closed = new AtomicBoolean();
    connection.onDispose().subscribe(null, null, () -> closed.set(true));

    connection.dispose();

    eventually(() -> assertThat(RioDouble.count("live.rq")).isEqualTo(queues - 1));
    for (int i = 0; i < 10; i++) { // the pump turns meanwhile
      rig.bind(rig.server(pumps)).disposeNow();
    }
    assertThat(closed).isFalse();
    assertThat(RioDouble.count("live.buffers")).isEqualTo(buffers);
    assertThat(RioDouble.count("bytes.registered")).isEqualTo(bytes);

    RioDouble.control("hold-receives off");
    eventually(() -> assertThat(connection.stats().posted()).isZero());
    assertThat(closed).isFalse();
    assertThat(RioDouble.count("live.buffers")).isEqualTo(buffers);

    RioDouble.control("hold-sends off");
    eventually(() -> assertThat(closed).isTrue());
    pumps.dispose();
    rig.requireNothingIsLeft();
  }

  @Test
  void theEndOfThePumpWaitsForAllItsSockets() {
    PumpGroup pumps = rig.pumps(notification);
    InetSocketAddress sink = rig.peer().address();
    RioConnection[] connections = new RioConnection[8];
    for (int i = 0; i < connections.length; i++) {
      connections[i] = rig.bind(rig.server(pumps).receiveSlots(100).sendSlots(100));
    }
    RioDouble.control("hold-receives on");
    for (RioConnection connection : connections) {
      putInFlight(connection, sink);
    }
    long completionQueues = RioDouble.count("live.cq");
    long buffers = RioDouble.count("live.buffers");

    pumps.dispose();
    eventually(() -> assertThat(RioDouble.count("live.rq")).isZero());
    assertThat(RioDouble.count("live.cq")).isEqualTo(completionQueues);
    assertThat(RioDouble.count("live.buffers")).isEqualTo(buffers);

    RioDouble.control("hold-receives off");
    RioDouble.control("hold-sends off");
    for (RioConnection connection : connections) {
      StepVerifier.create(connection.onDispose()).expectComplete().verify(LONG);
    }
    rig.requireNothingIsLeft();
  }

  @Test
  void oneOfManyClosesWhileTheOthersGoOnAndItsPlaceIsUsedAgain() {
    PumpGroup pumps = rig.pumps(notification);
    RioConnection[] others = new RioConnection[4];
    for (int i = 0; i < others.length; i++) {
      others[i] = rig.echo(rig.server(pumps));
    }
    LoopbackPeer peer = rig.peer();
    InetSocketAddress sink = rig.peer().address();
    long completionQueues = RioDouble.count("live.cq");
    long buffers = RioDouble.count("live.buffers");

    for (int round = 0; round < 20; round++) {
      RioConnection one = rig.bind(rig.server(pumps).receiveSlots(100 + round).sendSlots(100));
      putInFlight(one, sink);
      one.dispose();
      for (RioConnection other : others) {
        String text = "round " + round;
        peer.send(text, other.localAddress());
      }
      RioDouble.control("hold-sends off");
      for (int i = 0; i < others.length; i++) {
        assertThat(peer.receiveText()).isEqualTo("round " + round);
      }
      StepVerifier.create(one.onDispose()).expectComplete().verify(LONG);
      assertThat(RioDouble.count("live.buffers")).isEqualTo(buffers);
      assertThat(RioDouble.count("live.cq")).isEqualTo(completionQueues);
    }
    for (RioConnection other : others) {
      eventually(() -> assertThat(other.stats().received()).isEqualTo(20));
      assertThat(other.isDisposed()).isFalse();
    }
  }

  /** Posts a receive in each slot, and a send in each slot that does not complete. */
  private static void putInFlight(RioConnection connection, InetSocketAddress sink) {
    connection.receive().subscribe();
    eventually(
        () -> assertThat(connection.stats().posted()).isEqualTo(connection.stats().receiveSlots()));
    RioDouble.control("hold-sends on");
    int slots = connection.stats().sendSlots();
    connection
        .send(Flux.range(0, slots).map(i -> Datagram.to(sink, "no. " + i)))
        .subscribe(null, closed -> {});
    eventually(() -> assertThat(connection.stats().inFlight()).isEqualTo(slots));
  }
}
