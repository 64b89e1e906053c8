package io.rioreactive.samples.statsd;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** All metrics, in memory: what the sink has stored. Any thread. */
@Component
final class Metrics {

  private static final int MOST_SHOWN = 50;

  /** Ten minutes of looks. */
  private static final int MOST_QUIET = 1_200;

  private static final Comparator<Shown> BUSIEST_FIRST =
      Comparator.comparingLong(Shown::lines)
          .reversed()
          .thenComparing(Shown::name)
          .thenComparing(Shown::kind);

  private final SeriesTable series = new SeriesTable();
  private final Map<Fault, Long> faults = new EnumMap<>(Fault.class);
  private long stored;

  Metrics() {
    for (Fault fault : Fault.values()) {
      faults.put(fault, 0L);
    }
  }

  /**
   * What there is now.
   *
   * @param stored lines that became part of a metric, since the start
   * @param faults lines that did not, by reason; every reason is there
   * @param busiest the metrics with the most lines since the last look, and what they have become
   */
  record Look(long stored, Map<Fault, Long> faults, List<Shown> busiest) {

    /** Lines that are no part of a metric, for whatever reason. */
    long refused() {
      return faults.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  /** Stores what came later than all that was stored before. */
  synchronized void add(Batch batch) {
    long refused = series.addLater(batch.series());
    stored += batch.metrics() - refused;
    faults.merge(Fault.TOO_MANY, refused, Long::sum);
    batch.faults().forEach((fault, count) -> faults.merge(fault, count, Long::sum));
  }

  /** Looks, and begins anew with what is told of one look only; so there is one who looks. */
  Look look(double seconds) {
    List<Shown> all;
    long storedNow;
    Map<Fault, Long> faultsNow;
    synchronized (this) {
      all = series.show(seconds, MOST_QUIET);
      storedNow = stored;
      faultsNow = new EnumMap<>(faults);
    }
    List<Shown> busiest = all.stream().sorted(BUSIEST_FIRST).limit(MOST_SHOWN).toList();
    return new Look(storedNow, faultsNow, busiest);
  }
}
