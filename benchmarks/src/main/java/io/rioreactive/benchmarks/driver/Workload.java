package io.rioreactive.benchmarks.driver;

import io.rioreactive.benchmarks.contender.Task;
import io.rioreactive.benchmarks.load.Cores;
import io.rioreactive.benchmarks.load.Program;
import java.util.Set;

/**
 * What the contenders are measured at.
 *
 * @param name for the command line
 * @param title for people
 * @param task what each is told to do
 * @param load what it is put under
 * @param variant of the ceiling in C that is that of the mechanism; empty for its plain one
 * @param special which special contenders take part; empty for none
 * @param needs what it needs besides
 */
record Workload(
    String name, String title, Task task, Load load, String variant, String special, Need needs) {

  /** The ways to wait for a datagram. */
  static final String WAITS = "waits";

  /** The number of receive slots. */
  static final String SLOTS = "slots";

  /** Receiving several datagrams at once. */
  static final String COALESCED = "coalesced";

  /** With meters that are scraped, and without. */
  static final String METRICS = "metrics";

  private static final Set<String> NOBODY_ELSE = Set.of(SLOTS, WAITS, COALESCED, METRICS);

  /** What a workload may need. */
  enum Need {
    /** Nothing that is not everywhere. */
    NOTHING,
    /** A core for the load alone, which spins. */
    TWO_CORES,
    /** The program. */
    SOCKPERF,
    /** The program. */
    DNSPERF;

    /** Why a workload that needs this is left out; empty if it is not. */
    String reasonAgainst(Cores cores) {
      return switch (this) {
        case NOTHING -> "";
        case TWO_CORES -> cores.areTwo() ? "" : "its load needs a core of its own";
        case SOCKPERF -> Program.isInstalled("sockperf") ? "" : "sockperf is not installed";
        case DNSPERF -> Program.isInstalled("dnsperf") ? "" : "dnsperf is not installed";
      };
    }
  }

  Workload(String name, String title, Task task, Load load) {
    this(name, title, task, load, "", "", Need.NOTHING);
  }

  Workload variant(String other) {
    return new Workload(name, title, task, load, other, special, needs);
  }

  Workload special(String others) {
    return new Workload(name, title, task, load, variant, others, needs);
  }

  Workload needs(Need need) {
    return new Workload(name, title, task, load, variant, special, need);
  }

  /** Whether those whose turn it is not stand still, since some never sleep. */
  boolean isOneAtATime() {
    return special.equals(WAITS);
  }

  /**
   * Whether a contender takes part. Special ones have their speciality in the name; but for those
   * that send in runs they are among themselves.
   */
  boolean isFor(ContenderSpec contender) {
    int colon = contender.name().indexOf(':');
    if (colon >= 0) {
      return contender.name().substring(colon + 1).equals(special);
    }
    return !NOBODY_ELSE.contains(special) || contender.isCeiling();
  }
}
