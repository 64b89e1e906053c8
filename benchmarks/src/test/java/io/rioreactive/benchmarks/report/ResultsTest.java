package io.rioreactive.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.benchmarks.report.Results.Measured;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResultsTest {

  private static final List<String> ORDER = List.of("a", "b", "c");

  @Test
  void jsonHasEverything() throws Exception {
    Measured measured =
        new Measured(
            "a",
            "title",
            Examples.origin("run \"x\"", "1"),
            List.of("a note"),
            List.of(Examples.contestant("C", Role.CEILING, Examples.sample(1_000, 200, 50, 100))));
    Results results = new Results(List.of(measured), List.of(new LeftOut("b", "why")));

    assertThat(Json.parse(Json.of(results))).isEqualTo(results);
  }

  @Test
  void whatIsMeasuredAgainTakesThePlaceOfTheEarlier() {
    Measured earlier = Examples.measured("b");
    Measured later =
        new Measured("b", "b", Examples.origin("later", "2"), List.of(), earlier.contestants());
    Measured other = Examples.measured("c");

    Results both = Examples.results(other, earlier).with(Examples.results(later), ORDER);

    assertThat(both.workloads()).containsExactly(later, other);
  }

  @Test
  void whatHasBeenMeasuredIsNotLeftOut() {
    Results nothing =
        new Results(List.of(), List.of(new LeftOut("a", "no core"), new LeftOut("b", "no disk")));

    Results both = nothing.with(Examples.results(Examples.measured("a")), ORDER);

    assertThat(both.leftOut()).containsExactly(new LeftOut("b", "no disk"));
  }

  @Test
  void evidenceIsFifteenRoundsInThreeStarts() {
    assertThat(Settings.full().isEvidence()).isTrue();
    assertThat(Settings.full().withStarts(2).withRounds(20).isEvidence()).isFalse();
    assertThat(Settings.full().withRounds(4).isEvidence()).isFalse();
    assertThat(Settings.full().withStarts(5).withRounds(3).isEvidence()).isTrue();
    assertThat(Settings.aQuickTry().withStarts(3).withRounds(15).isEvidence()).isFalse();
  }
}
