package io.rioreactive.samples.statsd;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Metrics by kind and name: so many, and no more. One thread at a time. */
final class SeriesTable {

  /** Whoever sends names without end fills this, and no memory. */
  static final int MOST = 10_000;

  /** Of all sets together, between two looks. */
  static final int MOST_MEMBERS = 100_000;

  private final Map<String, Counter> counters = new HashMap<>();
  private final Map<String, Gauge> gauges = new HashMap<>();
  private final Map<String, Timer> timers = new HashMap<>();
  private final Map<String, Members> sets = new HashMap<>();
  private final Members.Room room = new Members.Room(MOST_MEMBERS);

  private final List<Map<String, ? extends Series<?>>> kinds =
      List.of(counters, gauges, timers, sets);

  int size() {
    return counters.size() + gauges.size() + timers.size() + sets.size();
  }

  /** Answers whether there was room for it. */
  boolean add(Metric metric) {
    String name = metric.name();
    Series<?> series =
        switch (metric.kind()) {
          case COUNTER -> find(counters, name, Counter::new);
          case GAUGE -> find(gauges, name, Gauge::new);
          case TIMER -> find(timers, name, Timer::new);
          case SET -> find(sets, name, () -> new Members(room));
        };
    if (series == null) {
      return false;
    }
    series.add(metric);
    return true;
  }

  /** Takes what came later; answers how many lines there was no room for. */
  long addLater(SeriesTable later) {
    return addLater(counters, later.counters, Counter::new)
        + addLater(gauges, later.gauges, Gauge::new)
        + addLater(timers, later.timers, Timer::new)
        + addLater(sets, later.sets, () -> new Members(room));
  }

  private <S extends Series<S>> long addLater(
      Map<String, S> all, Map<String, S> later, Supplier<S> fresh) {
    long refused = 0;
    for (Map.Entry<String, S> each : later.entrySet()) {
      S series = find(all, each.getKey(), fresh);
      if (series == null) {
        refused += each.getValue().lines();
      } else {
        series.addLater(each.getValue());
      }
    }
    return refused;
  }

  private <S extends Series<S>> @Nullable S find(
      Map<String, S> all, String name, Supplier<S> fresh) {
    S series = all.get(name);
    if (series == null && size() < MOST) {
      series = fresh.get();
      all.put(name, series);
    }
    return series;
  }

  /**
   * Shows all, and begins anew with what is told of one look only.
   *
   * @param seconds since the last look
   * @param mostQuiet after more looks in a row without a line a metric is forgotten
   */
  List<Shown> show(double seconds, int mostQuiet) {
    List<Shown> shown = new ArrayList<>(size());
    for (Map<String, ? extends Series<?>> kind : kinds) {
      kind.forEach((name, series) -> shown.add(series.show(name, seconds)));
      kind.values().removeIf(series -> series.begin() > mostQuiet);
    }
    return shown;
  }
}
