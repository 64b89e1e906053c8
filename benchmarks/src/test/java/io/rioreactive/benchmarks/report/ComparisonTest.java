package io.rioreactive.benchmarks.report;

import static io.rioreactive.benchmarks.report.Examples.contestant;
import static io.rioreactive.benchmarks.report.Examples.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rioreactive.benchmarks.report.Results.Contestant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTest {

  /** Round by round both double: between them nothing varies, though each by itself does. */
  @Test
  void ratiosAreOfTheSameRound() {
    Contestant c = contestant("C", Role.CEILING, 100, 200, 400);
    Contestant ours = contestant("ours", Role.OURS, 50, 100, 200);

    assertThat(Comparison.cpu(c, ours)).isEqualTo(new Estimate(2, 2, 2));
  }

  @Test
  void andOfTheSameStart() {
    Contestant c =
        new Contestant(
            "C", "C", Role.CEILING, "", "", List.of(List.of(sample(10)), List.of(sample(90))));
    Contestant ours =
        new Contestant(
            "o", "o", Role.OURS, "", "", List.of(List.of(sample(10)), List.of(sample(90))));

    assertThat(Comparison.cpu(c, ours)).isEqualTo(new Estimate(1, 1, 1));
  }

  /** Its number is how many times less CPU it takes, so higher is better. */
  @Test
  void higherIsBetter() {
    Contestant c = contestant("C", Role.CEILING, 100);

    assertThat(Comparison.cpu(c, contestant("a", Role.PEER, 200)).median()).isEqualTo(0.5);
    assertThat(Comparison.cpu(c, contestant("b", Role.OURS, 50)).median()).isEqualTo(2);
  }

  @Test
  void theSpreadIsTheFartherEndOfTheCeilingWithItself() {
    assertThat(Comparison.spread(Examples.measured("w"))).isCloseTo(0.1, within(1e-9));
    assertThat(Comparison.spread(againstItself(0.7, 1, 1.1))).isCloseTo(0.3, within(1e-9));
    assertThat(Comparison.spread(againstItself(0.9, 1, 1.4))).isCloseTo(0.4, within(1e-9));
  }

  private static Results.Measured againstItself(double... cpuNanos) {
    return new Results.Measured(
        "w",
        "w",
        Examples.origin("run", "1"),
        List.of(),
        List.of(
            contestant("C again", Role.CEILING_AGAIN, 1, 1, 1),
            contestant("C", Role.CEILING, cpuNanos)));
  }

  @Test
  void theRivalIsTheBestPeerUnlessNamed() {
    Contestant ours = contestant("ours", Role.OURS, 100, 100, 100);
    Contestant nobodys = new Contestant("n", "n", Role.OURS, "-", "", ours.starts());
    Contestant named = new Contestant("x", "x", Role.OURS, "ours", "", ours.starts());
    Results.Measured measured = Examples.measured("w", ours, nobodys, named);

    assertThat(measured.rival(ours)).map(Contestant::label).hasValue("Peer, tuned");
    assertThat(measured.rival(nobodys)).isEmpty();
    assertThat(measured.rival(named)).hasValue(ours);
  }

  /** The steady one is at 0.8 of C in each round, the other by median nanoseconds ahead of it. */
  @Test
  void theBestPeerIsTheOneWithTheBestRatio() {
    Contestant ours = contestant("ours", Role.OURS, 100, 200, 400);
    Results.Measured measured =
        new Results.Measured(
            "w",
            "w",
            Examples.origin("run", "1"),
            List.of(),
            List.of(
                contestant("C", Role.CEILING, 100, 200, 400),
                ours,
                contestant("by nanoseconds", Role.PEER, 240, 240, 600),
                contestant("steady", Role.PEER, 125, 250, 500)));

    assertThat(measured.rival(ours)).map(Contestant::label).hasValue("steady");
  }
}
