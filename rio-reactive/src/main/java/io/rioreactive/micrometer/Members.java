package io.rioreactive.micrometer;

import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import java.util.ArrayList;
import java.util.List;

/**
 * The sockets behind a set of meters, and what those have counted that were among them before.
 * Immutable, so that a reading has each socket once: as open or as gone.
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

  Members with(List<MeterSet.Binding> sockets) {
    List<MeterSet.Binding> more = new ArrayList<>(bindings);
    more.addAll(sockets);
    return new Members(List.copyOf(more), gone, goneKernelDrops);
  }

  /** What its socket has counted so far stays. */
  Members without(MeterSet.Binding binding) {
    List<MeterSet.Binding> fewer = new ArrayList<>(bindings);
    if (!fewer.remove(binding)) {
      return this;
    }
    RioConnection socket = binding.socket();
    boolean isStillBound = fewer.stream().anyMatch(other -> other.socket() == socket);
    Reading last =
        new Reading(isStillBound ? List.of() : List.of(socket.stats()), gone, goneKernelDrops);
    return new Members(List.copyOf(fewer), last.counters(), last.kernelDrops());
  }

  Reading read() {
    List<RioStats> open =
        bindings.stream()
            .map(MeterSet.Binding::socket)
            .distinct()
            .map(RioConnection::stats)
            .toList();
    return new Reading(open, gone, goneKernelDrops);
  }
}
