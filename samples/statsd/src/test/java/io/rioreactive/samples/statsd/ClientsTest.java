package io.rioreactive.samples.statsd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.statsd.StatsdConfig;
import io.micrometer.statsd.StatsdFlavor;
import io.micrometer.statsd.StatsdMeterRegistry;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The clients that people have. */
@Timeout(180)
class ClientsTest {

  @TempDir private Path folder;

  @Test
  void statsdOfPyPi() throws Exception {
    Path python = Programs.pythonWith("statsd");
    Path script = folder.resolve("client.py");
    try (InputStream source = ClientsTest.class.getResourceAsStream("client.py")) {
      Files.copy(Objects.requireNonNull(source), script);
    }
    try (RunningStatsd statsd = RunningStatsd.start()) {
      String port = String.valueOf(statsd.udp().getPort());
      String printed = Programs.run(List.of(python.toString(), script.toString(), port));

      int sampled = Integer.parseInt(printed.strip());
      assertThat(sampled).isBetween(1, 999);
      assertArrives(statsd, Kind.COUNTER, "py.hits", 103);
      assertArrives(statsd, Kind.COUNTER, "py.piped", 200);
      assertArrives(statsd, Kind.COUNTER, "py.sampled", 4.0 * sampled);
      assertArrives(statsd, Kind.GAUGE, "py.depth", 9);
      assertArrives(statsd, Kind.GAUGE, "py.below", -5);
      assertArrives(statsd, Kind.TIMER, "py.timed", 1);
      assertArrives(statsd, Kind.SET, "py.users", 2);
      Shown took = statsd.await(Kind.TIMER, "py.took", it -> it.mean() != null);
      assertThat(took.mean()).isCloseTo(320, within(1e-9));
      assertNothingWasRefused(statsd);
    }
  }

  private static void assertArrives(RunningStatsd statsd, Kind kind, String name, double value) {
    assertThat(statsd.await(kind, name, it -> it.value() == value).value()).isEqualTo(value);
  }

  private static void assertNothingWasRefused(RunningStatsd statsd) {
    Tick tick = statsd.await(it -> true);
    assertThat(tick.refused().values()).containsOnly(0L);
    assertThat(tick.dropped().values()).containsOnly(0L);
  }

  @ParameterizedTest
  @EnumSource(
      value = StatsdFlavor.class,
      names = {"ETSY", "DATADOG", "TELEGRAF"})
  void statsdRegistryOfMicrometer(StatsdFlavor flavor) {
    try (RunningStatsd statsd = RunningStatsd.start()) {
      StatsdMeterRegistry registry =
          new StatsdMeterRegistry(config(statsd.udp().getPort(), flavor), Clock.SYSTEM);
      try {
        awaitConnected(registry, statsd);

        Counter orders = registry.counter("orders", "region", "eu");
        for (int i = 0; i < 100; i++) {
          orders.increment();
        }
        AtomicInteger depth = Objects.requireNonNull(registry.gauge("depth", new AtomicInteger(7)));
        registry.timer("latency").record(Duration.ofMillis(20));
        DistributionSummary sizes = registry.summary("sizes");
        sizes.record(512);
        sizes.record(1_024);

        assertArrives(statsd, Kind.COUNTER, "orders", 100);
        assertArrives(statsd, Kind.GAUGE, "depth", depth.get());
        assertArrives(statsd, Kind.TIMER, "latency", 1);
        assertArrives(statsd, Kind.TIMER, "sizes", 2);
        assertNothingWasRefused(statsd);
      } finally {
        registry.close();
      }
    }
  }

  /** It connects in its own time, and loses what it is given before. */
  private static void awaitConnected(StatsdMeterRegistry registry, RunningStatsd statsd) {
    Counter first = registry.counter("first");
    await()
        .atMost(RunningStatsd.LONG)
        .until(
            () -> {
              first.increment();
              return statsd.connection().stats().received() > 0;
            });
  }

  private static StatsdConfig config(int port, StatsdFlavor flavor) {
    return new StatsdConfig() {
      @Override
      public String get(String key) {
        return null;
      }

      @Override
      public StatsdFlavor flavor() {
        return flavor;
      }

      @Override
      public String host() {
        return "127.0.0.1";
      }

      @Override
      public int port() {
        return port;
      }

      @Override
      public Duration pollingFrequency() {
        return Duration.ofMillis(20);
      }
    };
  }
}
