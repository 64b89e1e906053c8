package io.rioreactive.spring.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.rioreactive.micrometer.RioMeters;
import io.rioreactive.spring.RioUdpServerLifecycle;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class MetersTest {

  private static final ApplicationContextRunner WITHOUT_REGISTRY =
      Runner.create()
          .withConfiguration(AutoConfigurations.of(RioUdpMetricsAutoConfiguration.class))
          .withPropertyValues("rio.udp.servers.dns.port=0", "rio.udp.servers.log.port=0");

  private static final ApplicationContextRunner RUNNER =
      WITHOUT_REGISTRY.withBean(MeterRegistry.class, SimpleMeterRegistry::new);

  private static List<Meter> metersOf(MeterRegistry registry, String server) {
    return registry.getMeters().stream()
        .filter(meter -> meter.getId().getName().startsWith("rio.udp."))
        .filter(meter -> server.equals(meter.getId().getTag("name")))
        .toList();
  }

  @Test
  void eachServerHasItsOwnByItsName() {
    RUNNER.run(
        context -> {
          MeterRegistry registry = context.getBean(MeterRegistry.class);
          assertThat(metersOf(registry, "dns")).isNotEmpty();
          assertThat(metersOf(registry, "log")).hasSameSizeAs(metersOf(registry, "dns"));
        });
  }

  @Test
  void theyEndWithTheServerAndComeBackWithIt() {
    RUNNER.run(
        context -> {
          MeterRegistry registry = context.getBean(MeterRegistry.class);
          RioUdpServerLifecycle lifecycle = context.getBean(RioUdpServerLifecycle.class);
          int before = metersOf(registry, "dns").size();
          assertThat(before).isPositive();

          lifecycle.stop();
          await().untilAsserted(() -> assertThat(metersOf(registry, "dns")).isEmpty());

          lifecycle.start();
          assertThat(metersOf(registry, "dns")).hasSize(before);
        });
  }

  @Test
  void theApplicationMayAddTags() {
    RUNNER
        .withUserConfiguration(WithTags.class)
        .run(
            context ->
                assertThat(metersOf(context.getBean(MeterRegistry.class), "dns"))
                    .isNotEmpty()
                    .allMatch(meter -> "eu".equals(meter.getId().getTag("region"))));
  }

  @Configuration(proxyBeanMethods = false)
  static class WithTags {
    @Bean
    RioMeters rioMeters(MeterRegistry registry) {
      return RioMeters.of(registry).tags("region", "eu");
    }
  }

  @Test
  void aRegistryThatRefusesThemStopsNoServer() {
    WITHOUT_REGISTRY
        .withBean(MeterRegistry.class, Refusing::new)
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(Peer.bound(context, "dns").isDisposed()).isFalse();
            });
  }

  private static final class Refusing extends SimpleMeterRegistry {
    @Override
    protected <T> Gauge newGauge(Meter.Id id, T of, ToDoubleFunction<T> value) {
      throw new IllegalStateException("no gauges here");
    }
  }

  @Test
  void withoutARegistryThereAreNone() {
    WITHOUT_REGISTRY.run(
        context -> assertThat(context).hasNotFailed().doesNotHaveBean(RioMeters.class));
  }

  @Test
  void withoutMicrometerThereAreNone() {
    WITHOUT_REGISTRY
        .withClassLoader(new FilteredClassLoader("io.micrometer"))
        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("rioMeters"));
  }
}
