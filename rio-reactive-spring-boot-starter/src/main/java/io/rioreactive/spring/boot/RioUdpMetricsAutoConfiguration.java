package io.rioreactive.spring.boot;

import io.micrometer.core.instrument.MeterRegistry;
import io.rioreactive.micrometer.RioMeters;
import io.rioreactive.spring.RioUdpServerBoundEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;

/**
 * The meters {@code rio.udp.*} of each bound server, in the application's registry.
 *
 * <p>Example: {@code management.metrics.enable.rio.udp=false} leaves them out.
 */
@AutoConfiguration(
    after = RioUdpAutoConfiguration.class,
    afterName = {
      "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration",
      "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration"
    })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnSingleCandidate(MeterRegistry.class)
public final class RioUdpMetricsAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean
  RioMeters rioMeters(MeterRegistry registry) {
    return RioMeters.of(registry);
  }

  @Bean
  BindsMeters rioBindsMeters(RioMeters meters) {
    return new BindsMeters(meters);
  }

  /** They are removed by themselves when the connection is closed. */
  record BindsMeters(RioMeters meters) implements ApplicationListener<RioUdpServerBoundEvent> {

    private static final Logger LOG = LoggerFactory.getLogger(BindsMeters.class);

    @Override
    public void onApplicationEvent(RioUdpServerBoundEvent event) {
      try {
        meters.bind(event.connection());
      } catch (RuntimeException refused) { // a filter or a registry of the application, for one
        LOG.error(
            "UDP server \"{}\" has no meters, since they cannot be registered",
            event.name(),
            refused);
      }
    }
  }
}
