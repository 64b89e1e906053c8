package io.rioreactive.spring.boot;

import io.rioreactive.PumpGroup;
import io.rioreactive.RateLimit;
import io.rioreactive.RioUdpServer;
import io.rioreactive.SourceView;
import io.rioreactive.spring.RioUdpServerCustomizer;
import io.rioreactive.spring.boot.RioUdpProperties.Server;
import java.net.StandardSocketOptions;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.util.StringUtils;
import org.springframework.util.unit.DataSize;
import reactor.core.publisher.Mono;

/** Makes a server from its properties, on the shared pumps if there are any, and customizes it. */
final class ServerFactory {

  private final RioUdpProperties properties;
  private final ObjectProvider<PumpGroup> pumpGroup;
  private final ObjectProvider<RioUdpServerCustomizer> customizers;

  ServerFactory(
      RioUdpProperties properties,
      ObjectProvider<PumpGroup> pumpGroup,
      ObjectProvider<RioUdpServerCustomizer> customizers) {
    this.properties = properties;
    this.pumpGroup = pumpGroup;
    this.customizers = customizers;
  }

  /**
   * A server.
   *
   * @throws InvalidConfigurationPropertyValueException if a value is out of its range, or two
   *     exclude each other: by property, with what is allowed
   */
  RioUdpServer create(String name) {
    Server said = Objects.requireNonNull(properties.of(name), name);
    RioUdpServer server = fromProperties(properties.prefixOf(name), said).name(name);
    for (RioUdpServerCustomizer customizer : customizers.orderedStream().toList()) {
      server =
          Objects.requireNonNull(
              customizer.customize(name, server),
              () -> customizer.getClass().getName() + " returned null for the server " + name);
    }
    return server;
  }

  private RioUdpServer fromProperties(String prefix, Server said) {
    RioUdpServer begun = RioUdpServer.create();
    PumpGroup shared = pumpGroup.getIfUnique();
    return new Settings(prefix, shared != null, shared == null ? begun : begun.runOn(shared))
        .set("host", said.host(), RioUdpServer::host)
        .set("port", said.port(), RioUdpServer::port)
        .set("receive-slots", said.receiveSlots(), RioUdpServer::receiveSlots)
        .set("send-slots", said.sendSlots(), RioUdpServer::sendSlots)
        .set("datagram-size", said.datagramSize(), (it, size) -> it.datagramSize(bytes(size)))
        .set("truncation", said.truncation(), RioUdpServer::truncation)
        .set("provider", said.provider(), RioUdpServer::provider)
        .set("notification", said.notification(), RioUdpServer::notification)
        .set("busy-poll", said.busyPoll(), RioUdpServer::busyPoll)
        .set("pumps", said.pumps(), RioUdpServer::pumps)
        .set("steer-by-cpu", said.steerByCpu(), RioUdpServer::steerByCpu)
        .set("packet-info", said.packetInfo(), RioUdpServer::packetInfo)
        .set("segmentation", said.segmentation(), RioUdpServer::segmentation)
        .set("coalescing", said.coalescing(), RioUdpServer::coalescing)
        .set(
            "receive-buffer",
            said.receiveBuffer(),
            (it, size) -> it.option(StandardSocketOptions.SO_RCVBUF, bytes(size)))
        .set(
            "send-buffer",
            said.sendBuffer(),
            (it, size) -> it.option(StandardSocketOptions.SO_SNDBUF, bytes(size)))
        .set("concurrency", said.concurrency(), ServerFactory::checkConcurrency)
        .set("respond-timeout", said.respondTimeout(), RioUdpServer::respondTimeout)
        .set("allowed-sources", said.allowedSources(), ServerFactory::allow)
        .set("rate-limit", said.rateLimit(), (it, rate) -> it.rateLimit(RateLimit.perSecond(rate)))
        .set(
            "rate-limit-burst",
            said.rateLimitBurst(),
            (it, burst) -> limit(it, said.rateLimit(), burst))
        .set("refused-source-ports", said.refusedSourcePorts(), ServerFactory::refusePorts)
        .set("refuse-own-port", said.refuseOwnPort(), RioUdpServer::refuseOwnPort)
        .set("amplification-guard", said.amplificationGuard(), RioUdpServer::amplificationGuard)
        .set("wiretap", said.wiretap(), RioUdpServer::wiretap)
        .set("wiretap-file", said.wiretapFile(), RioUdpServer::wiretap)
        .server;
  }

  /** The nearest that an int can say: what is beyond is out of every range. */
  private static int bytes(DataSize size) {
    return Math.clamp(size.toBytes(), Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  private static RioUdpServer allow(RioUdpServer server, List<String> sources) {
    return sources.isEmpty()
        ? server
        : server.sourceFilter(SourceView.in(sources.toArray(String[]::new)));
  }

  private static RioUdpServer limit(RioUdpServer server, @Nullable Integer rate, int burst) {
    if (rate == null) {
      throw new IllegalArgumentException("there is no rate to go with it: set rate-limit as well");
    }
    return server.rateLimit(RateLimit.perSecond(rate).withBurst(burst));
  }

  private static RioUdpServer refusePorts(RioUdpServer server, List<Integer> ports) {
    return server.refusedSourcePorts(ports.stream().mapToInt(Integer::intValue).toArray());
  }

  /** It is said again with the handler; here a wrong one is refused by its property. */
  private static RioUdpServer checkConcurrency(RioUdpServer server, int calls) {
    RioUdpServer _ = server.respond(query -> Mono.empty(), calls);
    return server;
  }

  /** A server that is told one property after the other. */
  private static final class Settings {

    private final String prefix;
    private final boolean isShared;
    private RioUdpServer server;

    Settings(String prefix, boolean isShared, RioUdpServer server) {
      this.prefix = prefix;
      this.isShared = isShared;
      this.server = server;
    }

    <V> Settings set(
        String property, @Nullable V value, BiFunction<RioUdpServer, V, RioUdpServer> setter) {
      if (value != null) {
        try {
          server = setter.apply(server, value);
        } catch (IllegalArgumentException refused) {
          throw refusal(prefix + "." + property, value, refused);
        } catch (IllegalStateException refused) {
          throw beside(property, value, refused);
        }
      }
      return this;
    }

    /** What another excludes: the polling that never sleeps, or pumps that are shared. */
    private InvalidConfigurationPropertyValueException beside(
        String property, Object value, IllegalStateException refused) {
      String remedy = isShared ? ": rio.udp.pump-group." + property + ", or in its bean" : "";
      return refusal(prefix + "." + property, value, refused.getMessage() + remedy, refused);
    }
  }

  /** What the library says against a value, in the words of Boot. */
  static InvalidConfigurationPropertyValueException refusal(
      String property, Object value, RuntimeException refused) {
    return refusal(property, value, String.valueOf(refused.getMessage()), refused);
  }

  private static InvalidConfigurationPropertyValueException refusal(
      String property, Object value, String why, RuntimeException refused) {
    return new InvalidConfigurationPropertyValueException(
        property, value, StringUtils.capitalize(why) + ".", refused);
  }
}
