package io.rioreactive.micrometer;

import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The connections behind a set of meters, and what those have counted that were among them before.
 * Immutable, so that a reading has each connection once: as open or as gone.
 *
 * @param bindings of those that are open; one that was bound twice is there twice
 * @param gone by {@link CounterDefinition#ALL}
 * @param goneKernelDrops what the kernels of those dropped
 */
record Members(List<MeterSet.Binding> bindings, List<Long> gone, long goneKernelDrops) {

  static final Members NONE =
      new Members(List.of(), CounterDefinition.ALL.stream().map(definition -> 0L).toList(), 0);

  boolean isEmpty() {
    return bindings.isEmpty();
  }

  Members with(MeterSet.Binding binding) {
    List<MeterSet.Binding> more = new ArrayList<>(bindings);
    more.add(binding);
    return new Members(List.copyOf(more), gone, goneKernelDrops);
  }

  /** What its connection has counted so far stays. */
  Members without(MeterSet.Binding binding) {
    List<MeterSet.Binding> fewer = new ArrayList<>(bindings);
    if (!fewer.remove(binding)) {
      return this;
    }
    RioConnection connection = binding.connection();
    boolean isStillBound = fewer.stream().anyMatch(other -> other.connection() == connection);
    Reading last =
        new Reading(isStillBound ? List.of() : statsOf(connection).toList(), gone, goneKernelDrops);
    return new Members(List.copyOf(fewer), last.counters(), last.kernelDrops());
  }

  Reading read() {
    List<RioStats> open =
        bindings.stream()
            .map(MeterSet.Binding::connection)
            .distinct()
            .flatMap(Members::statsOf)
            .toList();
    return new Reading(open, gone, goneKernelDrops);
  }

  /** Of each of its sockets. */
  private static Stream<RioStats> statsOf(RioConnection connection) {
    return connection.connections().stream().map(RioConnection::stats);
  }
}
