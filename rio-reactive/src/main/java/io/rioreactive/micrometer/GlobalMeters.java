package io.rioreactive.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import io.rioreactive.RioConnection;
import java.util.function.Consumer;

/**
 * Registers meters in the global registry. Made by {@code io.rioreactive}, which knows it by its
 * name alone; that fails where Micrometer is missing.
 */
final class GlobalMeters implements Consumer<RioConnection> {

  private final MeterRegistry registry = Metrics.globalRegistry;

  GlobalMeters() {}

  @Override
  public void accept(RioConnection connection) {
    RioMeters.of(registry).bind(connection);
  }
}
