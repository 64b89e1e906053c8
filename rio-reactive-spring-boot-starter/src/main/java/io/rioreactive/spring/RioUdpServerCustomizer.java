package io.rioreactive.spring;

import io.rioreactive.RioUdpServer;

/**
 * A bean that has the last word on each server made from properties: for what has no property.
 *
 * <pre>{@code
 * @Bean
 * RioUdpServerCustomizer groups() {
 *   return (name, server) ->
 *       name.equals("discovery") ? server.join(Membership.of("239.1.2.3")) : server;
 * }
 * }</pre>
 *
 * <p>Several are called by their order. Servers that are beans of the application's own are not
 * customized. A server that is given a {@code handle} or {@code respond} here has no {@link
 * RioDatagramHandler}.
 */
@FunctionalInterface
public interface RioUdpServerCustomizer {

  /**
   * Changes a server, which is immutable.
   *
   * @param name of the server: that of {@code rio.udp.servers.<name>}, or {@link
   *     RioUdpConnections#DEFAULT}
   * @param server with what the properties say
   * @return the server to bind
   */
  RioUdpServer customize(String name, RioUdpServer server);
}
