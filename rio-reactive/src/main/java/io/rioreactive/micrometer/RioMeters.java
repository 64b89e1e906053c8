package io.rioreactive.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import java.util.Objects;
import reactor.core.Disposable;

/**
 * Registers the meters of connections in one of Micrometer's registries; {@code
 * RioUdpServer.metrics(true)} does the same with the global one. Immutable; any thread.
 *
 * <pre>{@code
 * RioConnection dns = RioUdpServer.create().name("dns").port(5360).respond(…).bindNow();
 * RioMeters.of(registry).tags("region", "eu").bind(dns);
 * }</pre>
 *
 * <p>They are read off {@link RioStats} when somebody asks for them, one snapshot for all that are
 * asked for at the same time (within 50 ms), and cost nothing for a datagram. docs/OPERATIONS.md
 * lists them, and what to do about each.
 *
 * <p>Their tags are {@code name}, that of the connection, those given here, and a {@code reason}
 * where there are several. Connections with the same tags share their meters: counters are summed,
 * and so are the sockets of a server with several pumps. What has been counted by one that closes
 * stays in the sum as long as any other is open, so it never falls. With the last of them the
 * meters are removed; if a connection with these tags comes again, its counters begin at 0 as after
 * a restart of the process, which is what rates expect. What was counted between the last reading
 * and the close is not read any more.
 */
@SuppressWarnings("exports") // whoever has a registry reads its module
public final class RioMeters {

  private final MeterRegistry registry;
  private final Tags tags;

  private RioMeters(MeterRegistry registry, Tags tags) {
    this.registry = registry;
    this.tags = tags;
  }

  /** Without further tags. */
  public static RioMeters of(MeterRegistry registry) {
    return new RioMeters(Objects.requireNonNull(registry, "registry"), Tags.empty());
  }

  /**
   * With further tags on each meter. Some registries want the same keys on all meters of a name.
   *
   * @param keyValues key and value, in turn
   * @throws IllegalArgumentException if their number is odd
   */
  public RioMeters tags(String... keyValues) {
    return new RioMeters(registry, tags.and(keyValues));
  }

  /**
   * Registers the meters of a connection, until it has closed.
   *
   * @return removes them earlier
   */
  public Disposable bind(RioConnection connection) {
    return MeterSet.bind(registry, Tags.of("name", connection.name()).and(tags), connection);
  }
}
