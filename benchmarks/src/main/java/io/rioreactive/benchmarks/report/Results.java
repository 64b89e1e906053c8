package io.rioreactive.benchmarks.report;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * All that has been measured, in one run or several, as the JSON file has it.
 *
 * @param workloads that were measured
 * @param leftOut those that were not, and why
 */
public record Results(List<Measured> workloads, List<LeftOut> leftOut) {

  /**
   * These with those of a later run. What that has measured again takes the place of the earlier.
   *
   * @param order names of all workloads, in the order of the results
   */
  public Results with(Results later, List<String> order) {
    Map<String, Measured> measured = new HashMap<>();
    Stream.of(this, later)
        .flatMap(results -> results.workloads.stream())
        .forEach(workload -> measured.put(workload.name(), workload));
    Map<String, LeftOut> missed = new LinkedHashMap<>();
    Stream.of(this, later)
        .flatMap(results -> results.leftOut.stream())
        .filter(left -> !measured.containsKey(left.workload()))
        .forEach(left -> missed.put(left.workload(), left));
    return new Results(
        measured.values().stream()
            .sorted(Comparator.comparingInt(workload -> order.indexOf(workload.name())))
            .toList(),
        List.copyOf(missed.values()));
  }

  /** The runs that have measured something, each once. */
  List<Origin> origins() {
    return workloads.stream().map(Measured::origin).distinct().toList();
  }

  /**
   * A workload, and everybody who took part.
   *
   * @param notes who did not and why, and what to think of when one reads the numbers
   */
  public record Measured(
      String name, String title, Origin origin, List<String> notes, List<Contestant> contestants) {

    Optional<Contestant> ceiling() {
      return contestants.stream().filter(c -> c.role() == Role.CEILING).findFirst();
    }

    Optional<Contestant> ceilingAgain() {
      return contestants.stream().filter(c -> c.role() == Role.CEILING_AGAIN).findFirst();
    }

    /** The one that a contestant is compared with besides the ceiling. */
    Optional<Contestant> rival(Contestant contestant) {
      return contestant.rival().isEmpty()
          ? ceiling().flatMap(this::bestPeer)
          : contestants.stream().filter(c -> c.name().equals(contestant.rival())).findFirst();
    }

    /** By the ratio that is shown of each: nanoseconds of different rounds are not compared. */
    private Optional<Contestant> bestPeer(Contestant ceiling) {
      return of(Role.PEER)
          .min(
              Comparator.comparingDouble(
                  peer -> Comparison.ratio(peer, ceiling, Sample::cpuNanos).median()));
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
