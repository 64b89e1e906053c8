package io.rioreactive.benchmarks.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * A median and the interval that holds it with 95 %: by the bootstrap, in which first starts and
 * then rounds of each are drawn with replacement, since rounds of one start resemble each other.
 *
 * @param median of all rounds of all starts
 * @param low end of the interval
 * @param high end of it
 */
public record Estimate(double median, double low, double high) {

  private static final int RESAMPLES = 2_000;

  /**
   * Of one number a round.
   *
   * @param starts for each start its rounds
   */
  public static Estimate of(List<double[]> starts) {
    double[] all = starts.stream().flatMapToDouble(Arrays::stream).toArray();
    Random random = new Random(1); // the same interval for the same samples
    double[] medians = new double[RESAMPLES];
    for (int i = 0; i < RESAMPLES; i++) {
      medians[i] = median(resample(starts, random));
    }
    Arrays.sort(medians);
    return new Estimate(
        median(all), medians[RESAMPLES * 25 / 1_000], medians[RESAMPLES * 975 / 1_000]);
  }

  private static double[] resample(List<double[]> starts, Random random) {
    List<Double> drawn = new ArrayList<>();
    for (int s = 0; s < starts.size(); s++) {
      double[] rounds = starts.get(random.nextInt(starts.size()));
      for (int r = 0; r < rounds.length; r++) {
        drawn.add(rounds[random.nextInt(rounds.length)]);
      }
    }
    return drawn.stream().mapToDouble(Double::doubleValue).toArray();
  }

  static double median(double[] values) {
    if (values.length == 0) {
      return Double.NaN;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** As {@code 0.97 [0.95 0.99]}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%.2f [%.2f %.2f]", median, low, high);
  }
}
