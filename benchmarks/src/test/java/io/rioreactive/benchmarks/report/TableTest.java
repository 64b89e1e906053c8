package io.rioreactive.benchmarks.report;

import static io.rioreactive.benchmarks.report.Examples.contestant;
import static io.rioreactive.benchmarks.report.Examples.sample;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.benchmarks.report.Results.Contestant;
import io.rioreactive.benchmarks.report.Results.Measured;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableTest {

  /** The best peer takes 200 ns, and C differs from itself by 10 %. */
  @ParameterizedTest
  @CsvSource({"100, ahead", "181, ahead", "183, equal", "200, equal", "221, equal", "223, behind"})
  void theVerdictAllowsForTheSpreadOfTheCeiling(double cpuNanos, String verdict) {
    Contestant ours = contestant("rio decoder", Role.OURS, cpuNanos, cpuNanos, cpuNanos);

    assertThat(lines(Examples.measured("w", ours)))
        .filteredOn(line -> line.contains("rio decoder against the best peer, Peer, tuned"))
        .singleElement()
        .asString()
        .endsWith(", " + verdict);
  }

  @Test
  void lossesAreThoseOfTheKernelAndThoseOfNobody() {
    Contestant lossy = contestant("lossy", Role.PEER, sample(1_000, 200, 50, 100));

    List<String> lines = lines(Examples.measured("w", lossy));

    assertThat(lines)
        .anySatisfy(line -> assertThat(line).contains("lossy").containsPattern("\\b25\\.00 +50$"))
        .contains("  lossy: 50 datagrams of 1000 are not accounted for");
  }

  @Test
  void whatIsAccountedForIsNotMentioned() {
    Contestant lossy = contestant("lossy", Role.PEER, sample(1_000, 200, 0, -1));

    assertThat(lines(Examples.measured("w", lossy)))
        .noneMatch(line -> line.contains("accounted"))
        .anySatisfy(line -> assertThat(line).contains("lossy").containsPattern("\\b20\\.00 +-$"));
  }

  @Test
  void aShortRunSaysThatItIsNoEvidence() {
    Measured full = Examples.measured("w");
    Origin quick =
        new Origin("run", full.origin().machine(), Settings.aQuickTry(), List.of("C: no compiler"));
    Measured shortOne = new Measured("w", "w", quick, List.of(), full.contestants());

    assertThat(lines(full)).noneMatch(line -> line.contains("NO EVIDENCE"));
    assertThat(lines(shortOne))
        .anyMatch(line -> line.startsWith("NO EVIDENCE"))
        .contains("left out: C: no compiler");
  }

  /** What both have stands in the head; each has what is its own. */
  @Test
  void partsSayWhereTheyComeFrom() {
    Measured a = Examples.measured("a");
    Measured b =
        new Measured(
            "b", "title of b", Examples.origin("another", "2"), List.of(), a.contestants());

    List<String> lines = lines(a, b);

    assertThat(lines.getFirst()).isEqualTo("Linux 6; CPU <a> & b; cores");
    assertThat(lines.get(lines.indexOf("title of a") + 1)).startsWith("  run, commit 1, 2026");
    assertThat(lines.get(lines.indexOf("title of b") + 1)).startsWith("  another, commit 2, 2026");
  }

  @Test
  void oneRunSaysItOnce() {
    List<String> lines = lines(Examples.measured("a"), Examples.measured("b"));

    assertThat(lines.getFirst()).startsWith("run, commit 1, 2026");
    assertThat(lines).filteredOn(line -> line.contains("commit 1")).hasSize(1);
  }

  @Test
  void notesAndWhatWasLeftOutStandThere() {
    Measured a = Examples.measured("a");
    Measured noted =
        new Measured("a", "a", a.origin(), List.of("the sender is measured"), a.contestants());
    Results results = new Results(List.of(noted), List.of(new LeftOut("paced", "needs a core")));

    assertThat(Table.of(results).lines())
        .contains("  the sender is measured", "left out: paced: needs a core");
  }

  @Test
  void withoutAnyMeasurementItSaysSo() {
    Results results = new Results(List.of(), List.of(new LeftOut("paced", "needs a core")));

    assertThat(Table.of(results).lines())
        .contains("nothing was measured", "left out: paced: needs a core");
  }

  private static List<String> lines(Measured... measured) {
    return Table.of(Examples.results(measured)).lines().toList();
  }
}
