package io.rioreactive.micrometer;

import io.rioreactive.RioStats;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * A meter of what is now.
 *
 * @param unit what it counts
 * @param value of all open sockets together
 */
record GaugeDefinition(
    String name, String unit, String description, ToDoubleFunction<List<RioStats>> value) {

  private static final double NANOS_A_SECOND = 1e9;

  static final List<GaugeDefinition> ALL =
      List.of(
          of("sockets", "sockets", "Sockets that are open", List::size),
          of(
              "demand",
              "datagrams",
              "Datagrams asked for and not delivered; infinite if unbounded",
              GaugeDefinition::demand),
          of(
              "demand.unbounded",
              "sockets",
              "Sockets whose subscriber takes whatever comes",
              all -> all.stream().filter(RioStats::isDemandUnbounded).count()),
          sum("posted", "Receives posted to the kernel", RioStats::posted),
          sum("receive.slots", "The most that can be posted", RioStats::receiveSlots),
          sum("surplus", "Datagrams read beyond the demand", RioStats::surplus),
          sum("in.flight", "Sends that the kernel has not completed", RioStats::inFlight),
          sum("send.slots", "The most that can be in flight", RioStats::sendSlots),
          of(
              "batch.size",
              "datagrams",
              "Datagrams a batch, the mean since the bind",
              GaugeDefinition::batchSize));

  /** The longest turn of their pumps, in seconds. */
  static double longestTurn(List<RioStats> all) {
    return all.stream().mapToLong(stats -> stats.longestTurn().toNanos()).max().orElse(0)
        / NANOS_A_SECOND;
  }

  private static double demand(List<RioStats> all) {
    return all.stream()
        .mapToDouble(stats -> stats.isDemandUnbounded() ? Double.POSITIVE_INFINITY : stats.demand())
        .sum();
  }

  private static double batchSize(List<RioStats> all) {
    long batches = total(all, RioStats::batches);
    return batches == 0 ? 0 : (double) total(all, RioStats::received) / batches;
  }

  private static long total(List<RioStats> all, ToLongFunction<RioStats> value) {
    return all.stream().mapToLong(value).sum();
  }

  private static GaugeDefinition sum(
      String name, String description, ToLongFunction<RioStats> value) {
    return of(name, "datagrams", description, all -> total(all, value));
  }

  private static GaugeDefinition of(
      String name, String unit, String description, ToDoubleFunction<List<RioStats>> value) {
    return new GaugeDefinition(MeterSet.PREFIX + name, unit, description, value);
  }
}
