package io.rioreactive.spring;

import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.diagnostics.FailureAnalyzedException;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.SmartLifecycle;
import reactor.core.publisher.Mono;

/**
 * Binds the application's UDP servers when its context has started, and shuts them down before
 * anything else stops. A context that is stopped and started again binds again.
 *
 * <p>Example: {@code lifecycle.stop()} takes the servers away while the rest of the application
 * goes on, {@code lifecycle.start()} brings them back.
 *
 * <p>To stop is {@link RioConnection#shutdown} of all servers at once: nothing more is received,
 * calls under way end and their replies leave, then the sockets close; when the time is up, what is
 * left is cancelled.
 */
public final class RioUdpServerLifecycle implements SmartLifecycle {

  private static final Logger LOG = LoggerFactory.getLogger(RioUdpServerLifecycle.class);

  private final Supplier<Map<String, RioUdpServer>> servers;
  private final RioUdpConnections connections;
  private final Duration shutdownTimeout;
  private final ApplicationEventPublisher events;
  private volatile boolean running;

  /**
   * Binds nothing yet.
   *
   * @param servers by name, with what they do; asked for at each start
   * @param connections where what is bound is to be found
   * @param shutdownTimeout the longest that a stop drains; not positive to close at once
   * @param events who is told of what is bound
   */
  public RioUdpServerLifecycle(
      Supplier<Map<String, RioUdpServer>> servers,
      RioUdpConnections connections,
      Duration shutdownTimeout,
      ApplicationEventPublisher events) {
    this.servers = servers;
    this.connections = connections;
    this.shutdownTimeout = shutdownTimeout;
    this.events = events;
  }

  /**
   * The last to start and the first to stop. A datagram knows no connection that could be refused:
   * it comes as soon as the port is bound, so whatever handlers use has started before. And what
   * they use still runs while they drain; the web server too, whose own graceful end would
   * otherwise wait for event streams that only end with the server they show.
   */
  @Override
  public int getPhase() {
    return DEFAULT_PHASE;
  }

  /**
   * Binds all servers, or none.
   *
   * @throws FailureAnalyzedException if one cannot be bound: which, why, and what to do
   */
  @Override
  public synchronized void start() {
    if (running) {
      return;
    }
    Map<String, RioConnection> bound = bindAll();
    running = true;
    connections.onBound(bound);
    keepAlive(bound.values());
    bound.forEach(
        (name, connection) ->
            events.publishEvent(new RioUdpServerBoundEvent(this, name, connection)));
  }

  private Map<String, RioConnection> bindAll() {
    Map<String, RioConnection> bound = new LinkedHashMap<>();
    boolean isComplete = false;
    try {
      servers.get().forEach((name, server) -> bound.put(name, bind(name, server)));
      isComplete = true;
      return bound;
    } finally {
      if (!isComplete) {
        bound.values().forEach(RioConnection::disposeNow);
      }
    }
  }

  private static RioConnection bind(String name, RioUdpServer server) {
    try {
      RioConnection connection = server.bindNow();
      LOG.info("UDP server \"{}\" is bound: {}, {}", name, connection, connection.provider());
      return connection;
    } catch (UncheckedIOException | IllegalArgumentException | IllegalStateException refused) {
      throw new FailureAnalyzedException(
          "The UDP server \"%s\" could not be bound: %s.".formatted(name, refused.getMessage()),
          remedy(name, refused),
          refused);
    }
  }

  private static String remedy(String name, RuntimeException refused) {
    String prefix =
        name.equals(RioUdpConnections.DEFAULT) ? "rio.udp.server" : "rio.udp.servers." + name;
    String setting =
        switch (refused.getCause()) {
          case BindException _ ->
              "Change %1$s.host if this machine has no such address; if the port is taken, stop the"
                  + " program that has it (on Linux, `ss -lunp` shows which) or change %1$s.port";
          case UnknownHostException _ -> "Correct %1$s.host";
          case null, default -> "Change what the description names, in %1$s.*";
        };
    return (setting + ", or the bean that makes this server.").formatted(prefix);
  }

  /** A pump is a daemon, and an application may have no other thread that keeps it alive. */
  private static void keepAlive(Collection<RioConnection> bound) {
    if (!bound.isEmpty()) {
      Mono<Void> closed =
          Mono.when(bound.stream().map(it -> it.onDispose().onErrorComplete()).toList());
      Thread.ofPlatform().name("rio-udp-keep-alive").daemon(false).start(closed::block);
    }
  }

  /** Returns at once; the callback is called when all is closed. */
  @Override
  public void stop(Runnable callback) {
    shutdown().doFinally(ignored -> callback.run()).subscribe();
  }

  /** Waits until all is closed. */
  @Override
  public void stop() {
    shutdown().block();
  }

  private synchronized Mono<Void> shutdown() {
    running = false;
    return Mono.when(
        connections.onUnbound().entrySet().stream()
            .map(entry -> shutdown(entry.getKey(), entry.getValue()))
            .toList());
  }

  private Mono<Void> shutdown(String name, RioConnection connection) {
    return closed(connection)
        .doOnTerminate( // before the next phase of the shutdown begins
            () -> LOG.info("UDP server \"{}\" is closed: {}", name, connection.stats()));
  }

  private Mono<Void> closed(RioConnection connection) {
    if (shutdownTimeout.isPositive()) {
      return connection.shutdown(shutdownTimeout);
    }
    return Mono.fromRunnable(connection::dispose).then(connection.onDispose()).onErrorComplete();
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
