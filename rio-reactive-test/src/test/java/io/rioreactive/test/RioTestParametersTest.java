package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What {@link RioTest} gives to a test, and what {@link Seeds} repeats. */
@Timeout(60)
@RioTest(virtualTime = true, seed = 5)
class RioTestParametersTest {

  private static final Duration SOON = Duration.ofSeconds(10);

  private SimulatedNetwork ofBefore;

  @BeforeEach
  void keep(SimulatedNetwork network) {
    ofBefore = network;
  }

  @AfterEach
  void isStillTheSame(SimulatedNetwork network) {
    assertThat(network).isSameAs(ofBefore);
  }

  @Test
  void everyParameterIsOfOneNetwork(
      SimulatedNetwork network,
      PumpGroup pumps,
      @Server(host = "10.0.0.1", port = 53) RioConnection server,
      @Client RioConnection client,
      @Client(host = "10.0.0.9", port = 9) RioUdpClient other) {
    assertThat(network).isSameAs(ofBefore);
    assertThat(network.seed()).isEqualTo(5);
    assertThat(network.pumps()).isSameAs(pumps);
    assertThat(server.localAddress()).hasToString("/10.0.0.1:53");
    assertThat(client.remoteAddress()).isEqualTo(server.localAddress());
    assertThat(other.connectNow().remoteAddress()).hasToString("/10.0.0.9:9");
    assertThat(VirtualTimeScheduler.isFactoryEnabled()).isTrue();
  }

  @Test
  @RioTest(seed = 6, keepingPosts = true)
  void theNearestAnnotationCounts(
      SimulatedNetwork network, @Server RioUdpServer server, @Client RioUdpClient client) {
    server.handle((in, out) -> out.send(in.receive())).bindNow();
    RioConnection connection = client.connectNow();

    Datagram answer =
        connection.send(Mono.just(Datagram.of("hi"))).then(connection.next()).block(SOON);

    assertThat(answer.asString()).isEqualTo("hi");
    assertThat(network.seed()).isEqualTo(6);
    assertThat(connection.stats().kernelDrops()).as("as on Windows").isEmpty();
    assertThat(VirtualTimeScheduler.isFactoryEnabled()).isFalse();
  }

  @Nested
  class InANestedClass {
    @Test
    void theEnclosingOneCounts(SimulatedNetwork network) {
      assertThat(network.seed()).isEqualTo(5);
    }
  }

  @RioTest
  static class ByHand {
    @Test
    void connectionsAreOnThePumpAndBindThemselves(
        SimulatedKernel kernel,
        ManualPump pump,
        PumpGroup group,
        @Server RioConnection server,
        @Client RioConnection client) {
      assertThat(group).isSameAs(pump.group());
      assertThat(kernel.sockets()).hasSize(2);
      assertThat(client.remoteAddress()).isEqualTo(server.localAddress());
      client.disposeNow();
      assertThat(kernel.openSockets()).isEqualTo(1);
    }
  }

  @Test
  void byHandAndNeverOnRealSockets() {
    JupiterRun.Outcome simulated = JupiterRun.of(ByHand.class).only();
    assertThat(simulated.isSuccessful()).as("%s", simulated).isTrue();
    assertThat(JupiterRun.of(ByHand.class, Map.of("rio.real", "true")).only().isAborted()).isTrue();
  }

  @RioTest(real = true)
  static class OnRealSockets {
    @Test
    void ofThisMachine(@Server RioConnection server, @Client RioConnection client) {
      assertThat(server.provider()).isNotEqualTo("simulated");
      client.send(Mono.just(Datagram.of("hi"))).block(SOON);
      assertThat(server.next().block(SOON).asString()).isEqualTo("hi");
    }
  }

  @Test
  void realSockets() {
    JupiterRun.Outcome outcome = JupiterRun.of(OnRealSockets.class).only();
    assertThat(outcome.isSuccessful()).as("%s", outcome).isTrue();
  }

  @RioTest
  static class Mistakes {
    @Test
    void aClientOfNobody(@Client RioConnection client) {}

    @Test
    void aClientOfTwo(
        @Server RioConnection a, @Server RioConnection b, @Client RioConnection client) {}

    @Test
    void aServerOfTheWrongType(@Server String server) {}

    @Test
    void theServerIsNotBound(@Server RioUdpServer server, @Client RioConnection client) {}

    @Test
    void handAndNetwork(ManualPump pump, SimulatedNetwork network) {}
  }

  @Test
  void eachMistakeSaysHowToMendIt() {
    Map<String, String> texts =
        Map.of(
            "aClientOfNobody", "0 are a @Server: name a host and a port, or have one server",
            "aClientOfTwo", "2 are a @Server: name a host and a port, or have one server",
            "aServerOfTheWrongType", "allowed are RioConnection and RioUdpServer",
            "theServerIsNotBound", "has not been bound: call bindNow() first, or name a port",
            "handAndNetwork", "leave one of the parameters out");
    List<JupiterRun.Outcome> outcomes = JupiterRun.of(Mistakes.class).outcomes();

    assertThat(outcomes).hasSize(texts.size());
    for (JupiterRun.Outcome outcome : outcomes) {
      String test = outcome.name().substring(0, outcome.name().indexOf('('));
      assertThat(outcome.failure()).as(test).hasStackTraceContaining(texts.get(test));
    }
  }

  @RioTest
  static class InAConstructor {
    InAConstructor(SimulatedNetwork network) {}

    @Test
    void broken() {}
  }

  @Test
  void aNetworkIsThereForOneTest() {
    assertThat(JupiterRun.of(InAConstructor.class).only().failure())
        .hasStackTraceContaining("as a parameter of the test method, or of @BeforeEach");
  }

  @RioTest(seed = 7)
  static class AnySeed {
    @Test
    void is18(SimulatedNetwork network) {
      assertThat(network.seed()).isEqualTo(18);
    }
  }

  @Test
  void thePropertyIsStrongerThanTheAnnotation() {
    JupiterRun.Outcome outcome = JupiterRun.of(AnySeed.class, Map.of("rio.seed", "18")).only();
    assertThat(outcome.isSuccessful()).as("%s", outcome).isTrue();
  }

  // ---- seeds

  static class Repeats {
    static final List<Long> SEEDS = new CopyOnWriteArrayList<>();

    @Seeds(10)
    void failsWithTheFourth(SimulatedNetwork network) {
      SEEDS.add(network.seed());
      assertThat(network.seed()).isNotEqualTo(4);
    }
  }

  @Test
  void seedsAreRunUntilOneFails() {
    Repeats.SEEDS.clear();
    List<JupiterRun.Outcome> outcomes = JupiterRun.of(Repeats.class).outcomes();

    assertThat(Repeats.SEEDS).containsExactly(1L, 2L, 3L, 4L);
    assertThat(outcomes).hasSize(4);
    assertThat(outcomes.getLast().name()).contains("seed 4");
    assertThat(outcomes.getLast().failure()).hasStackTraceContaining("-Drio.seed=4,");
  }

  @Test
  void aPropertySaysWhichSeedRunsAlone() {
    Repeats.SEEDS.clear();
    JupiterRun.Outcome outcome = JupiterRun.of(Repeats.class, Map.of("rio.seed", "17")).only();

    assertThat(outcome.isSuccessful()).as("%s", outcome).isTrue();
    assertThat(Repeats.SEEDS).containsExactly(17L);
    assertThat(JupiterRun.of(Repeats.class, Map.of("rio.seed", "x")).only().failure())
        .hasStackTraceContaining("the property rio.seed is \"x\": allowed is a whole number");
  }

  @RioTest(seed = 1)
  static class Named {
    static final List<Long> SEEDS = new CopyOnWriteArrayList<>();

    @Seeds(of = {4711, -3})
    void these(SimulatedNetwork network, @Server RioConnection server) {
      SEEDS.add(network.seed());
    }
  }

  static class NoSeeds {
    @Seeds
    void none() {}
  }

  @Test
  void seedsCanBeNamed() {
    Named.SEEDS.clear();
    assertThat(JupiterRun.of(Named.class).outcomes())
        .hasSize(2)
        .allMatch(JupiterRun.Outcome::isSuccessful);
    assertThat(Named.SEEDS).containsExactly(4711L, -3L);
    assertThat(JupiterRun.of(NoSeeds.class).only().failure())
        .hasStackTraceContaining("either say how many, @Seeds(1000), or which");
  }
}
