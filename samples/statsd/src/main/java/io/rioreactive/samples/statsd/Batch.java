package io.rioreactive.samples.statsd;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What the lines of one window add up to: what the sink is given. One thread at a time. */
final class Batch {

  private final SeriesTable series = new SeriesTable();
  private final Map<Fault, Long> faults = new EnumMap<>(Fault.class);
  private long metrics;

  /** Takes the lines of a datagram. */
  void add(List<Line> lines) {
    for (Line line : lines) {
      switch (line) {
        case Metric metric -> take(metric);
        case Fault fault -> count(fault);
      }
    }
  }

  private void take(Metric metric) {
    if (series.add(metric)) {
      metrics++;
    } else {
      count(Fault.TOO_MANY);
    }
  }

  private void count(Fault fault) {
    faults.merge(fault, 1L, Long::sum);
  }

  SeriesTable series() {
    return series;
  }

  /** How many lines were metrics. */
  long metrics() {
    return metrics;
  }

  /** How many were not, by reason. */
  Map<Fault, Long> faults() {
    return faults;
  }
}
