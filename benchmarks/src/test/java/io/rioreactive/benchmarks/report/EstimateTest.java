package io.rioreactive.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EstimateTest {

  @Test
  void theMedianIsThatOfAllRounds() {
    assertThat(Estimate.median(new double[] {3, 1, 2})).isEqualTo(2);
    assertThat(Estimate.median(new double[] {4, 1, 3, 2})).isEqualTo(2.5);
    assertThat(Estimate.median(new double[0])).isNaN();
    assertThat(Estimate.of(List.of(new double[] {1, 9}, new double[] {2, 3, 8})).median())
        .isEqualTo(3);
  }

  @Test
  void whatDoesNotVaryHasNoInterval() {
    Estimate estimate = Estimate.of(List.of(new double[] {5, 5, 5}, new double[] {5, 5, 5}));

    assertThat(estimate).isEqualTo(new Estimate(5, 5, 5));
  }

  /** Each start is steady, but they differ: five times as many rounds say nothing more. */
  @Test
  void roundsOfOneStartDoNotMakeUpForFewStarts() {
    Estimate estimate =
        Estimate.of(
            List.of(
                new double[] {1, 1, 1, 1, 1},
                new double[] {2, 2, 2, 2, 2},
                new double[] {3, 3, 3, 3, 3}));

    assertThat(estimate.low()).isEqualTo(1);
    assertThat(estimate.median()).isEqualTo(2);
    assertThat(estimate.high()).isEqualTo(3);
  }

  /** The interval of a known distribution: the median of N normal ones varies by 1.25 / root N. */
  @Test
  void theIntervalIsAsWideAsTheoryHasIt() {
    Random random = new Random(7);
    double[] rounds = random.doubles(400).map(ignored -> random.nextGaussian()).toArray();

    Estimate estimate = Estimate.of(List.of(rounds));

    assertThat(estimate.high() - estimate.low()).isCloseTo(2 * 1.96 * 1.2533 / 20, within(0.1));
    assertThat(estimate.low()).isLessThan(estimate.median());
    assertThat(estimate.high()).isGreaterThan(estimate.median());
  }

  @Test
  void theSameSamplesHaveTheSameInterval() {
    List<double[]> starts = List.of(new double[] {1, 4, 2}, new double[] {8, 5, 7});

    assertThat(Estimate.of(starts)).isEqualTo(Estimate.of(starts));
  }
}
