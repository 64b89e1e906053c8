package io.rioreactive.test;

import static io.rioreactive.test.SimulatedServer.datagram;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** {@code metrics(true)}, and the {@code name} by which a connection is known. */
class MetricsOptionTest {

  private SimpleMeterRegistry registry = new SimpleMeterRegistry();

  private void inTheGlobalRegistry() {
    Metrics.addRegistry(registry);
  }

  @AfterEach
  void remove() {
    Metrics.removeRegistry(registry);
  }

  private double counted(String name) {
    return registry.get("rio.udp." + name).tag("name", "dns").functionCounter().count();
  }

  @Test
  void metersAreInTheGlobalRegistryWhileTheConnectionIsOpen() {
    inTheGlobalRegistry();
    SimulatedServer server = SimulatedServer.bind(it -> it.metrics(true).name("dns"));
    try (server) {
      server.connection().receive().subscribe();
      server.run();
      server.deliver("a", "bc");
      server.run();
      server.send(Flux.just(datagram("def")));

      assertThat(counted("received")).isEqualTo(2);
      assertThat(counted("data.received")).isEqualTo(3);
      assertThat(counted("sent")).isEqualTo(1);
      assertThat(counted("kernel.drops")).isZero();
    }
    assertThat(registry.getMeters()).isEmpty();
  }

  @Test
  void withoutTheOptionThereAreNone() {
    inTheGlobalRegistry();
    try (SimulatedServer server = SimulatedServer.bind(it -> it.metrics(true).metrics(false))) {
      assertThat(server.connection().isDisposed()).isFalse();
      assertThat(registry.getMeters()).isEmpty();
    }
  }

  @Test
  void aRegistryThatRefusesThemStopsNothing() {
    registry =
        new SimpleMeterRegistry() {
          @Override
          protected <T> Gauge newGauge(Meter.Id id, T of, ToDoubleFunction<T> value) {
            throw new IllegalStateException("no gauges here");
          }
        };
    inTheGlobalRegistry();
    try (CapturedLog log = new CapturedLog();
        SimulatedServer server = SimulatedServer.bind(it -> it.metrics(true).name("dns"))) {
      server.connection().receive().subscribe();
      server.run();
      server.deliver("a");
      server.run();

      assertThat(server.stats().delivered()).isEqualTo(1);
      assertThat(log.errors()).singleElement().asString().contains("dns (udp ", "has no meters");
    }
  }

  @Test
  void aNameIsShownInTheLog() {
    try (SimulatedServer server = SimulatedServer.bind(it -> it.name("dns"))) {
      assertThat(server.connection().name()).isEqualTo("dns");
      assertThat(server.connection().toString())
          .isEqualTo("dns (udp 127.0.0.1:" + server.connection().localAddress().getPort() + ")");
    }
  }

  @Test
  void withoutOneItIsHostAndPortAsTheyWereGiven() {
    try (SimulatedServer server = SimulatedServer.bind(it -> it.host("127.0.0.1").port(5_050))) {
      assertThat(server.connection().name()).isEqualTo("127.0.0.1:5050");
      assertThat(server.connection().toString()).isEqualTo("udp 127.0.0.1:5050");
      RioConnection other =
          server.bindAnother(
              it -> it.bindAddress(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), 53)));
      assertThat(other.name()).isEqualTo("127.0.0.2:53");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " "})
  void aBlankNameIsRefused(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RioUdpServer.create().name(name))
        .withMessageContaining("name is blank");
  }

  /** In a JVM whose class path has no Micrometer. */
  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "it is the same there, and JVMs start slowly")
  @Timeout(60)
  void withoutMicrometerTheOptionIsRefusedAndEverythingElseWorks() throws Exception {
    List<String> command = OtherJvm.command(List.of(), NoMicrometerProgram.class);

    assertThat(ProcessRun.of(command).lines())
        .contains("IllegalStateException", "names the dependency", "public methods are there")
        .contains("answered hello");
  }
}
