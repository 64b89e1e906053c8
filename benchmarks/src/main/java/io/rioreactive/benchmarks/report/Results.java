package io.rioreactive.benchmarks.report;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All that a run has measured, as the JSON file has it.
 *
 * @param command that made it
 * @param machine it was made on
 * @param settings how long and how often
 * @param workloads that were measured
 * @param leftOut who or what was not, and why
 */
public record Results(
    String command,
    Machine machine,
    Settings settings,
    List<Measured> workloads,
    List<String> leftOut) {

  /** A workload, and everybody who took part. */
  public record Measured(String name, String title, List<Contestant> contestants) {

    Optional<Contestant> ceiling() {
      return contestants.stream().filter(c -> c.role() == Role.CEILING).findFirst();
    }

    Optional<Contestant> ceilingAgain() {
      return contestants.stream().filter(c -> c.role() == Role.CEILING_AGAIN).findFirst();
    }

    /** The one that a contestant is compared with besides the ceiling. */
    Optional<Contestant> rival(Contestant contestant) {
      return contestant.rival().isEmpty()
          ? of(Role.PEER)
              .min(Comparator.comparingDouble(peer -> Comparison.median(peer, Sample::cpuNanos)))
          : contestants.stream().filter(c -> c.name().equals(contestant.rival())).findFirst();
    }

    Stream<Contestant> of(Role role) {
      return contestants.stream().filter(c -> c.role() == role);
    }
  }

  /**
   * One contender at one workload.
   *
   * @param rival name of the one it is compared with besides the ceiling; empty for the best peer,
   *     {@code -} for nobody
   * @param transport as it said itself
   * @param starts the samples of its rounds, for each start of its process; round by round those of
   *     all contestants belong together
   */
  public record Contestant(
      String name,
      String label,
      Role role,
      String rival,
      String transport,
      List<List<Sample>> starts) {

    Stream<Sample> samples() {
      return starts.stream().flatMap(List::stream);
    }
  }
}
