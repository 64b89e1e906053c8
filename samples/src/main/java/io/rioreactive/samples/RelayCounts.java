package io.rioreactive.samples;

import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/** What went one way through a relay, and what was lost on it, by reason. Any thread. */
final class RelayCounts {

  private final LongAdder relayed = new LongAdder();
  private final Map<String, LongAdder> losses = new ConcurrentSkipListMap<>();

  void relayed() {
    relayed.increment();
  }

  void lost(String reason) {
    lost(reason, 1);
  }

  void lost(String reason, long count) {
    if (count > 0) {
      losses.computeIfAbsent(reason, first -> new LongAdder()).add(count);
    }
  }

  long relayedCount() {
    return relayed.sum();
  }

  long lostCount(String reason) {
    LongAdder count = losses.get(reason);
    return count == null ? 0 : count.sum();
  }

  /**
   * {@code 1,234, lost seeded 12, queue full 3}.
   *
   * @param inKernel losses in receive buffers that are not counted here yet
   */
  String text(long inKernel) {
    Map<String, Long> all = new TreeMap<>();
    losses.forEach((reason, count) -> all.put(reason, count.sum()));
    if (inKernel > 0) {
      all.merge(RelayClient.KERNEL_DROPS, inKernel, Long::sum);
    }
    StringJoiner text = new StringJoiner(", ", "lost ", "").setEmptyValue("lost 0");
    all.forEach((reason, count) -> text.add("%s %,d".formatted(reason, count)));
    return "%,d, %s".formatted(relayedCount(), text);
  }
}
