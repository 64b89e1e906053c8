package io.rioreactive.spring.boot;

import io.rioreactive.Notification;
import io.rioreactive.Truncation;
import io.rioreactive.spring.RioUdpConnections;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What {@code rio.udp.*} says. A property that does not exist fails the start, as a mistyped one
 * would otherwise be a default in silence.
 *
 * <p>Example: {@code rio.udp.server.port=5050}.
 *
 * @param server The UDP server, if there is one; its name is "default".
 * @param servers UDP servers by their names.
 * @param pumpGroup Pump threads that all servers share; without it each server has its own.
 */
@ConfigurationProperties(prefix = "rio.udp", ignoreUnknownFields = false)
public record RioUdpProperties(
    @Nullable Server server, @DefaultValue Map<String, Server> servers, @Nullable Pumps pumpGroup) {

  /** Refuses two servers of one name. */
  public RioUdpProperties {
    servers = Collections.unmodifiableMap(new LinkedHashMap<>(servers)); // in their order
    if (server != null && servers.containsKey(RioUdpConnections.DEFAULT)) {
      throw new IllegalArgumentException(
          "rio.udp.server and rio.udp.servers.default are both the server named \"default\": give"
              + " the second another name");
    }
  }

  /** What is said of a server; null if nothing is. */
  @Nullable Server of(String name) {
    Server named = servers.get(name);
    return named == null && name.equals(RioUdpConnections.DEFAULT) ? server : named;
  }

  /** Where that is said. */
  String prefixOf(String name) {
    return servers.containsKey(name) ? "rio.udp.servers." + name : "rio.udp.server";
  }

  /**
   * One server. What each option means, and which values it takes, is said at the method of the
   * same name of {@link io.rioreactive.RioUdpServer}.
   *
   * @param host Local host name or address to bind. The loopback address by default.
   * @param port Local port to bind; 0 picks a free one.
   * @param receiveSlots Number of receives that can be posted to the system at once.
   * @param sendSlots Number of sends that can be with the system at once.
   * @param datagramSize Longest datagram, in both directions, at most 65507 bytes.
   * @param truncation What becomes of a received datagram that is longer.
   * @param provider Interface of the system to use: auto, linux-mmsg, linux-uring, windows-rio,
   *     windows-iocp or nio. Not together with a pump group, which has its own.
   * @param notification How the pump waits. Not together with a pump group, which has its own.
   * @param busyPoll How long an idle pump goes on asking before it sleeps. Not together with a pump
   *     group, which has its own.
   * @param pumps Number of sockets on the port, each on a pump of its own (Linux).
   * @param steerByCpu Whether a datagram goes to the pump of the CPU that received it (Linux).
   * @param packetInfo Whether datagrams tell where they came to, and replies leave from there.
   * @param segmentation Whether runs of equal datagrams are sent as one message, where the system
   *     can.
   * @param coalescing Whether the system may hand over several datagrams at once (Linux).
   * @param receiveBuffer Size of the socket's receive buffer. Room for all slots by default.
   * @param sendBuffer Size of the socket's send buffer. Room for all slots by default.
   * @param concurrency Number of handler calls at once. As many as there are receive slots, 256 at
   *     most, by default.
   * @param respondTimeout How long a handler call may take; 0 for no limit.
   * @param allowedSources Addresses and ranges whose datagrams are taken, as in 192.0.2.0/24. All
   *     by default.
   * @param rateLimit Number of datagrams a second that are taken of one source. No limit by
   *     default.
   * @param rateLimitBurst Number of datagrams that are taken of it at once, after a silence. As
   *     many as a second has by default.
   * @param refusedSourcePorts Ports whose datagrams are refused, since an answer there might be
   *     answered for ever; empty for none.
   * @param refuseOwnPort Whether datagrams from the port number it is bound to are refused. With a
   *     handler by default, unless the port is 0.
   * @param amplificationGuard Whether no more than three times the bytes are sent to an address
   *     that have come from it, until it is validated.
   * @param wiretap Whether each datagram is logged, at debug level.
   * @param wiretapFile File that each datagram is written to, for Wireshark (pcap). None by
   *     default.
   */
  public record Server(
      @Nullable String host,
      @DefaultValue("0") int port,
      @DefaultValue("1024") int receiveSlots,
      @DefaultValue("256") int sendSlots,
      @DefaultValue("2048B") DataSize datagramSize,
      @DefaultValue("drop") Truncation truncation,
      @Nullable String provider,
      @Nullable Notification notification,
      @Nullable Duration busyPoll,
      @DefaultValue("1") int pumps,
      @DefaultValue("false") boolean steerByCpu,
      @DefaultValue("false") boolean packetInfo,
      @DefaultValue("true") boolean segmentation,
      @DefaultValue("false") boolean coalescing,
      @Nullable DataSize receiveBuffer,
      @Nullable DataSize sendBuffer,
      @Nullable Integer concurrency,
      @DefaultValue("30s") Duration respondTimeout,
      @DefaultValue List<String> allowedSources,
      @Nullable Integer rateLimit,
      @Nullable Integer rateLimitBurst,
      @DefaultValue({"0", "7", "13", "17", "19", "37"}) List<Integer> refusedSourcePorts,
      @Nullable Boolean refuseOwnPort,
      @DefaultValue("false") boolean amplificationGuard,
      @DefaultValue("false") boolean wiretap,
      @Nullable Path wiretapFile) {}

  /**
   * The pump threads that all servers share. What each option means, and which values it takes, is
   * said at the method of the same name of {@link io.rioreactive.PumpGroup}.
   *
   * @param name Name of the threads, before a number.
   * @param size Number of pumps, each a thread.
   * @param provider Interface of the system to use: auto, linux-mmsg, linux-uring, windows-rio,
   *     windows-iocp or nio.
   * @param notification How the pumps wait.
   * @param busyPoll How long an idle pump goes on asking before it sleeps.
   * @param cpuAffinity Numbers of the CPUs to keep the pumps on, one each (Linux). Any by default.
   */
  public record Pumps(
      @DefaultValue("rio-pump") String name,
      @DefaultValue("1") int size,
      @DefaultValue("auto") String provider,
      @DefaultValue("completion-port") Notification notification,
      @DefaultValue("0s") Duration busyPoll,
      @DefaultValue List<Integer> cpuAffinity) {}
}
