package io.rioreactive.spring.boot;

import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import io.rioreactive.spring.RioUdpConnections;
import org.springframework.boot.health.contributor.AbstractHealthIndicator;
import org.springframework.boot.health.contributor.Health;

/**
 * One server: up while it is bound, down when it is not or its socket has failed. Losses are told
 * and judged by nobody here: UDP has them.
 */
final class RioUdpHealthIndicator extends AbstractHealthIndicator {

  private final String name;
  private final RioUdpConnections connections;

  RioUdpHealthIndicator(String name, RioUdpConnections connections) {
    super("UDP server " + name + " could not be asked");
    this.name = name;
    this.connections = connections;
  }

  @Override
  protected void doHealthCheck(Health.Builder health) {
    RioConnection connection = connections.bound().get(name);
    if (connection == null) {
      health.down().withDetail("state", "not bound");
      return;
    }
    if (connection.isDisposed()) {
      health.down().withDetail("state", "closed");
      connection
          .onDispose()
          .subscribe(ignored -> {}, why -> health.withDetail("error", why.toString()));
    } else {
      health.up();
    }
    describe(health, connection);
  }

  private static void describe(Health.Builder health, RioConnection connection) {
    RioStats stats = connection.stats();
    long open = connection.connections().stream().filter(it -> !it.isDisposed()).count();
    health
        .withDetail("socket", connection.toString())
        .withDetail("provider", connection.provider())
        .withDetail("open", open + " of " + connection.connections().size())
        .withDetail("demand", stats.isDemandUnbounded() ? "unbounded" : stats.demand())
        .withDetail("received", stats.received())
        .withDetail("dropped", stats.droppedTotal())
        .withDetail("kernelDrops", kernelDrops(stats))
        .withDetail("sent", stats.sent())
        .withDetail("failed", stats.failedTotal())
        .withDetail("handlerFailures", stats.handlerFailures())
        .withDetail("respondTimeouts", stats.respondTimeouts());
  }

  private static Object kernelDrops(RioStats stats) {
    return stats.kernelDrops().isPresent() ? stats.kernelDrops().getAsLong() : "unknown";
  }
}
