package io.rioreactive.micrometer;

import io.rioreactive.RioStats;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What all meters of a set are read off.
 *
 * @param open of each open socket
 * @param gone by {@link CounterDefinition#ALL}, of those that were among them before
 */
record Reading(List<RioStats> open, List<Long> gone, long goneKernelDrops) {

  /** By its place in {@link CounterDefinition#ALL}. */
  long counter(int index) {
    return gone.get(index) + total(CounterDefinition.ALL.get(index));
  }

  List<Long> counters() {
    return IntStream.range(0, gone.size()).mapToObj(this::counter).toList();
  }

  long kernelDrops() {
    return goneKernelDrops + total(CounterDefinition.KERNEL_DROPS);
  }

  private long total(CounterDefinition definition) {
    return open.stream().mapToLong(definition.value()).sum();
  }
}
