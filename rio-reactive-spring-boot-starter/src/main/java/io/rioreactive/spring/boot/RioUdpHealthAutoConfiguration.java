package io.rioreactive.spring.boot;

import io.rioreactive.RioUdpServer;
import io.rioreactive.spring.RioUdpConnections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributor;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * The health of each server, as {@code rioUdp} with a component for each.
 *
 * <p>Example: {@code management.health.rio-udp.enabled=false} leaves it out.
 */
@AutoConfiguration(after = RioUdpAutoConfiguration.class)
@ConditionalOnClass({HealthContributor.class, ConditionalOnEnabledHealthIndicator.class})
@ConditionalOnBean(RioUdpServer.class)
@ConditionalOnEnabledHealthIndicator("rio-udp")
public final class RioUdpHealthAutoConfiguration {

  @Bean
  @ConditionalOnMissingBean(name = "rioUdpHealthContributor")
  HealthContributor rioUdpHealthContributor(RioUdpConnections connections) {
    Map<String, HealthIndicator> indicators = new LinkedHashMap<>();
    for (String name : connections.names()) {
      indicators.put(name, new RioUdpHealthIndicator(name, connections));
    }
    return CompositeHealthContributor.fromMap(indicators);
  }
}
