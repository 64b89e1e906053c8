package io.rioreactive.samples.statsd;

import io.rioreactive.Drop;
import io.rioreactive.DropReason;
import io.rioreactive.RioStats;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the page is told twice a second. Counts are since the start, so a browser that has missed
 * some ticks still knows every rate.
 *
 * @param run the same for all ticks of a run of the program
 * @param number of the tick in its run, from 1
 * @param time in milliseconds since 1970; a clock that is set back makes it less than before
 * @param datagrams taken from the socket
 * @param lines that became part of a metric
 * @param refused lines that did not, by reason; every reason is there
 * @param demand datagrams that were asked for and had not come, on average of several looks; null
 *     if without a bound
 * @param posted receives the kernel knew of, on average of the same looks
 * @param slots the most that can be posted
 * @param dropped datagrams that were received in vain, by reason; every reason is there
 * @param kernelDrops datagrams that found the socket's buffer full; null if the kernel does not
 *     tell
 * @param delayMillis how long the sink takes for a batch
 * @param metrics the busiest
 */
record Tick(
    long run,
    long number,
    long time,
    long datagrams,
    long lines,
    Map<Fault, Long> refused,
    @Nullable Double demand,
    double posted,
    int slots,
    Map<DropReason, Long> dropped,
    @Nullable Long kernelDrops,
    int delayMillis,
    List<Shown> metrics) {

  /**
   * What several looks at the socket and one at the metrics tell, now.
   *
   * @param socket not empty, the last one last
   */
  static Tick of(
      long run, long number, List<RioStats> socket, Metrics.Look metrics, int delayMillis) {
    RioStats last = socket.getLast();
    boolean isBounded = socket.stream().noneMatch(RioStats::isDemandUnbounded);
    OptionalLong kernelDrops = last.kernelDrops();
    return new Tick(
        run,
        number,
        System.currentTimeMillis(),
        last.received(),
        metrics.stored(),
        metrics.faults(),
        isBounded ? socket.stream().mapToLong(RioStats::demand).average().orElse(0) : null,
        socket.stream().mapToInt(RioStats::posted).average().orElse(0),
        last.receiveSlots(),
        dropped(last),
        kernelDrops.isPresent() ? kernelDrops.getAsLong() : null,
        delayMillis,
        metrics.busiest());
  }

  private static Map<DropReason, Long> dropped(RioStats stats) {
    Map<DropReason, Long> dropped = new TreeMap<>();
    for (DropReason reason : DropReason.values()) {
      if (reason.direction() == Drop.Direction.INBOUND) {
        dropped.put(reason, stats.count(reason));
      }
    }
    return dropped;
  }
}
