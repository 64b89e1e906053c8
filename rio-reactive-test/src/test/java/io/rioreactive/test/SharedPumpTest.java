package io.rioreactive.test;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.kernel.KernelException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Hooks;

@DisplayName("Connections on one pump do not stop each other")
class SharedPumpTest {

  private final Rig rig = Rig.create();
  private final RioConnection other = rig.bind(server -> server.receiveSlots(4));
  private final SimulatedSocket otherSocket = rig.kernel().lastSocket();
  private final Probe<Datagram> well = Probe.unbounded();

  SharedPumpTest() {
    other.receive().subscribe(well);
    rig.run();
  }

  @AfterEach
  void close() {
    Hooks.resetOnErrorDropped();
    rig.close();
  }

  @Test
  @DisplayName("one without demand: the other receives")
  void withoutDemand() {
    rig.texts().subscribe(new Probe<>());

    bothReceive();

    assertThat(well.values()).hasSize(3);
    rig.assertPosted(0);
  }

  @Test
  @DisplayName("one whose subscriber throws: the other receives, in the same turn too")
  void throwing() {
    Hooks.onErrorDropped(error -> {});
    Probe<Datagram> broken = Probe.unbounded();
    broken.onNext(
        value -> {
          throw new IllegalStateException("broken");
        });
    rig.connection().receive().subscribe(broken);
    rig.run();

    bothReceive();

    assertThat(broken.values()).hasSize(1);
    assertThat(well.values()).hasSize(3);
    assertThat(other.stats().posted()).isEqualTo(4);
  }

  @Test
  @DisplayName("one whose decoder throws each time: the other receives")
  void throwingDecoder() {
    rig.connection()
        .receive(
            view -> {
              throw new StackOverflowError();
            })
        .subscribe();
    rig.run();

    bothReceive();

    assertThat(well.values()).hasSize(3);
  }

  @Test
  @DisplayName("one whose socket fails: the other receives")
  void failing() {
    Probe<String> probe = Probe.unbounded();
    rig.texts().subscribe(probe);
    rig.run();
    rig.socket().failSocket(KernelException.Kind.OTHER, 9);

    bothReceive();

    assertThat(probe.error()).isNotNull();
    assertThat(well.values()).hasSize(3);
  }

  @Test
  @DisplayName("one that is disposed by the other's subscriber: the other receives")
  void disposedByTheOther() {
    Probe<String> probe = Probe.unbounded();
    rig.texts().subscribe(probe);
    well.onNext(datagram -> rig.connection().dispose());
    rig.run();

    bothReceive();

    assertThat(probe.isComplete()).isTrue();
    assertThat(well.values()).hasSize(3);
    assertThat(well.isLive()).isTrue();
  }

  @Test
  @DisplayName("one with more traffic than a turn takes: the other's datagrams come in between")
  void busy() {
    List<String> order = new ArrayList<>();
    rig.kernel().dequeueAtMost(4);
    rig.texts().subscribe(order::add);
    well.onNext(datagram -> order.add("other"));
    rig.run();

    for (int i = 0; i < 60; i++) {
      rig.arrive("busy");
    }
    otherSocket.deliver(new byte[1], Rig.PEER);
    rig.run();

    assertThat(order).hasSize(61);
    assertThat(order.indexOf("other")).isLessThan(20);
  }

  @Test
  @DisplayName("each has its own slots: posted is counted for each")
  void ownSlots() {
    rig.texts().subscribe(Probe.requesting(5));
    rig.run();

    rig.assertPosted(5);
    assertThat(other.stats().posted()).isEqualTo(4);
    assertThat(otherSocket.posted()).hasSize(4);
  }

  @Test
  @DisplayName("many connections, each with its own datagrams")
  void many() {
    List<Probe<String>> probes = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      Probe<String> probe = Probe.requesting(2);
      rig.bind(server -> server).receive().map(Datagram::asString).subscribe(probe);
      probes.add(probe);
    }
    rig.run();

    List<SimulatedSocket> sockets = rig.kernel().sockets();
    for (int i = 0; i < 50; i++) {
      sockets.get(i + 2).deliver(("for " + i).getBytes(UTF_8), Rig.PEER);
    }
    rig.run();

    for (int i = 0; i < 50; i++) {
      assertThat(probes.get(i).values()).containsExactly("for " + i);
    }
  }

  private void bothReceive() {
    rig.arrive("a", "b", "c");
    for (int i = 0; i < 3; i++) {
      otherSocket.deliver(new byte[1], Rig.PEER);
    }
    rig.run();
  }
}
