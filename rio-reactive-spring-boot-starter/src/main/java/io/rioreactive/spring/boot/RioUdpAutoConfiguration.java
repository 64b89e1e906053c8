package io.rioreactive.spring.boot;

import io.rioreactive.PumpGroup;
import io.rioreactive.RioUdpServer;
import io.rioreactive.spring.DatagramCodecs;
import io.rioreactive.spring.RioUdpConnections;
import io.rioreactive.spring.RioUdpServerCustomizer;
import io.rioreactive.spring.RioUdpServerLifecycle;
import java.time.Duration;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.context.LifecycleProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/**
 * UDP servers from {@code rio.udp.*}, with the application's handler methods, bound while the
 * application runs.
 *
 * <p>Example: with {@code rio.udp.server.port=5050} there is a bean {@code rioUdpServer}, unless
 * the application has a {@link RioUdpServer} of its own.
 */
@AutoConfiguration
@EnableConfigurationProperties(RioUdpProperties.class)
@Import(NamedServersRegistrar.class)
public final class RioUdpAutoConfiguration {

  static final String SERVER_FACTORY = "rioUdpServerFactory";

  /** What Spring allows a shutdown phase where Boot does not say. */
  private static final Duration UNTOLD = Duration.ofSeconds(10);

  /** The most of a shutdown phase that is kept for closing what did not end by itself. */
  private static final Duration RESERVE = Duration.ofSeconds(1);

  @Bean(SERVER_FACTORY)
  ServerFactory rioUdpServerFactory(
      RioUdpProperties properties,
      ObjectProvider<PumpGroup> pumpGroup,
      ObjectProvider<RioUdpServerCustomizer> customizers) {
    return new ServerFactory(properties, pumpGroup, customizers);
  }

  @Bean(ServerNames.DEFAULT_BEAN)
  @ConditionalOnMissingBean
  @ConditionalOnAnyProperty("rio.udp.server")
  RioUdpServer rioUdpServer(ServerFactory factory) {
    return factory.create(RioUdpConnections.DEFAULT);
  }

  @Bean(destroyMethod = "dispose")
  @ConditionalOnMissingBean
  @ConditionalOnAnyProperty("rio.udp.pump-group")
  PumpGroup rioPumpGroup(RioUdpProperties properties) {
    return PumpGroupFactory.create(Objects.requireNonNull(properties.pumpGroup()));
  }

  @Bean
  HandlerThreads rioHandlerThreads(Environment environment) {
    return new HandlerThreads(environment);
  }

  @Bean
  DatagramHandlers rioDatagramHandlers(
      ConfigurableListableBeanFactory factory,
      RioUdpProperties properties,
      DatagramCodecs codecs,
      HandlerThreads threads) {
    return new DatagramHandlers(factory, properties, codecs, threads);
  }

  @Bean
  RioUdpConnections rioUdpConnections(ConfigurableListableBeanFactory factory) {
    return new RioUdpConnections(ServerNames.beansIn(factory).keySet());
  }

  @Bean
  RioUdpServerLifecycle rioUdpServerLifecycle(
      DatagramHandlers handlers,
      RioUdpConnections connections,
      ObjectProvider<LifecycleProperties> lifecycle,
      ApplicationEventPublisher events) {
    LifecycleProperties said = lifecycle.getIfAvailable();
    Duration phase = said == null ? UNTOLD : said.getTimeoutPerShutdownPhase();
    return new RioUdpServerLifecycle(handlers::servers, connections, drain(phase), events);
  }

  /** A little less than the phase has: what has not ended by then is cancelled within it. */
  static Duration drain(Duration phase) {
    Duration tenth = phase.dividedBy(10);
    return phase.minus(tenth.compareTo(RESERVE) < 0 ? tenth : RESERVE);
  }
}
