package io.rioreactive.benchmarks.driver;

import io.rioreactive.benchmarks.report.Settings;
import java.util.List;

/** How long a run takes, before it begins. */
final class Reckoning {

  /**
   * Seconds from the start of a process to its first datagram, with all that one core has to do.
   */
  private static final double JVM_START = 1.3;

  private static final double C_START = 0.1;

  /** Seconds that it takes to read clocks, counters and sockets around a piece of load. */
  private static final double OBSERVATION = 0.01;

  private Reckoning() {}

  /** Seconds that one start of a workload takes, all contenders together. */
  static double ofStart(Workload workload, List<ContenderSpec> contenders, Settings settings) {
    double load =
        Rounds.WARM_UP_PIECES
                * workload.load().millis((double) settings.warmUpMillis() / Rounds.WARM_UP_PIECES)
            + settings.rounds() * workload.load().millis(settings.windowMillis());
    double each = load / 1e3 + (Rounds.WARM_UP_PIECES + settings.rounds()) * OBSERVATION;
    return contenders.stream()
        .filter(workload::isFor)
        .mapToDouble(contender -> each + (contender.isC() ? C_START : JVM_START))
        .sum();
  }

  /** Seconds that some workloads take. */
  static double of(List<Workload> workloads, List<ContenderSpec> contenders, Settings settings) {
    return settings.starts()
        * workloads.stream().mapToDouble(workload -> ofStart(workload, contenders, settings)).sum();
  }
}
