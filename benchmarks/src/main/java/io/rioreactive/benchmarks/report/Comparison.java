package io.rioreactive.benchmarks.report;

import io.rioreactive.benchmarks.report.Results.Contestant;
import io.rioreactive.benchmarks.report.Results.Measured;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Two contestants, round by round. */
final class Comparison {

  private Comparison() {}

  /** A number of one divided by that of another, in the same round. */
  static Estimate ratio(Contestant above, Contestant below, ToDoubleFunction<Sample> number) {
    List<double[]> starts = new ArrayList<>();
    int count = Math.min(above.starts().size(), below.starts().size());
    for (int s = 0; s < count; s++) {
      List<Sample> a = above.starts().get(s);
      List<Sample> b = below.starts().get(s);
      double[] ratios = new double[Math.min(a.size(), b.size())];
      for (int r = 0; r < ratios.length; r++) {
        ratios[r] = number.applyAsDouble(a.get(r)) / number.applyAsDouble(b.get(r));
      }
      starts.add(ratios);
    }
    return Estimate.of(starts);
  }

  /** CPU a datagram of one, measured in that of another: higher is better for the second. */
  static Estimate cpu(Contestant other, Contestant contestant) {
    return ratio(other, contestant, Sample::cpuNanos);
  }

  /**
   * How far the ceiling is from itself: the end of that interval which is farther from 1. What is
   * within is reported as equal.
   */
  static double spread(Measured measured) {
    return measured
        .ceiling()
        .flatMap(first -> measured.ceilingAgain().map(second -> cpu(first, second)))
        .map(aa -> Math.max(Math.abs(aa.low() - 1), Math.abs(aa.high() - 1)))
        .orElse(0.0);
  }

  static double median(Contestant contestant, ToDoubleFunction<Sample> number) {
    return Estimate.median(contestant.samples().mapToDouble(number).toArray());
  }
}
