package io.rioreactive.spring;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioInbound;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * The UDP servers of the application, by name, for beans that receive and send by themselves. It
 * can be injected long before anything is bound.
 *
 * <pre>{@code
 * @RestController
 * class LineController {
 *
 *   private final Flux<String> lines;
 *
 *   LineController(RioUdpConnections connections) {
 *     lines = connections.receive("syslog").map(Datagram::asString).share();
 *   }
 *
 *   @GetMapping(path = "/lines", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
 *   Flux<String> lines() {
 *     return lines;
 *   }
 * }
 * }</pre>
 *
 * <p>Any thread may use it. A name that no server has is an {@link IllegalArgumentException} at the
 * call.
 */
public final class RioUdpConnections {

  /** The name of the server that {@code rio.udp.server.*} describes. */
  public static final String DEFAULT = "default";

  private final Set<String> names;

  /** Where the connection of each is awaited: another one after each end. */
  private final Map<String, Sinks.One<RioConnection>> awaited = new ConcurrentHashMap<>();

  private volatile Map<String, RioConnection> bound = Map.of();

  /** With nothing bound yet. */
  public RioUdpConnections(Collection<String> names) {
    this.names = Collections.unmodifiableSet(new LinkedHashSet<>(names));
    this.names.forEach(name -> awaited.put(name, Sinks.one()));
  }

  /** The names of all servers. */
  public Set<String> names() {
    return names;
  }

  /** Those that are bound now, by name: all of them while the application runs, and none else. */
  public Map<String, RioConnection> bound() {
    return bound;
  }

  /**
   * The connection of a server.
   *
   * @return a cold Mono; waits until the server is bound
   */
  public Mono<RioConnection> connection(String name) {
    if (!names.contains(name)) {
      throw new IllegalArgumentException(
          "there is no UDP server \"" + name + "\": there are " + names);
    }
    return Mono.defer(() -> Objects.requireNonNull(awaited.get(name)).asMono());
  }

  /**
   * The connection of the only server.
   *
   * @return as {@link #connection(String)}
   * @throws IllegalStateException if there are several, or none
   */
  public Mono<RioConnection> connection() {
    if (names.size() != 1) {
      throw new IllegalStateException("there is not one UDP server but " + names + ": name one");
    }
    return connection(names.iterator().next());
  }

  /**
   * What a server without a handler receives: {@link RioInbound#receive}, for one subscriber at a
   * time; {@code share()} it for several. It completes when the server stops.
   */
  public Flux<Datagram> receive(String name) {
    return connection(name).flatMapMany(RioConnection::receive);
  }

  /**
   * What the only server receives, as {@link #receive(String)}.
   *
   * @throws IllegalStateException if there are several, or none
   */
  public Flux<Datagram> receive() {
    return connection().flatMapMany(RioConnection::receive);
  }

  void onBound(Map<String, RioConnection> connections) {
    bound = Collections.unmodifiableMap(new LinkedHashMap<>(connections));
    bound.forEach(
        (name, connection) -> Objects.requireNonNull(awaited.get(name)).tryEmitValue(connection));
  }

  /** Those that were bound, which are to be closed. */
  Map<String, RioConnection> onUnbound() {
    Map<String, RioConnection> before = bound;
    bound = Map.of();
    before.keySet().forEach(name -> awaited.put(name, Sinks.one()));
    return before;
  }
}
