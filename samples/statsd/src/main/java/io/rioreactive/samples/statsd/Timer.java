package io.rioreactive.samples.statsd;

import java.util.Arrays;

/**
 * How long things took, or how large they were: how many, their mean, and how they are spread, in a
 * fixed number of buckets. A percentile is at most an eighth too high.
 */
final class Timer extends Series<Timer> {

  /** In bucket 0 is what is smaller than 2 to this power: a microsecond, of milliseconds. */
  private static final int LEAST_EXPONENT = -10;

  private static final int MOST_EXPONENT = Math.getExponent(Decimal.LARGEST);

  /** An eighth of the way from one power of two to the next. */
  private static final int PARTS = 8;

  private static final int BUCKETS = 1 + (MOST_EXPONENT - LEAST_EXPONENT + 1) * PARTS;

  private final double[] counts = new double[BUCKETS];
  private double total;
  private double count;
  private double sum;
  private double max;

  @Override
  void onMetric(Metric metric) {
    double value = metric.value();
    counts[bucket(value)] += metric.weight();
    total += metric.weight();
    count += metric.weight();
    sum += value * metric.weight();
    max = Math.max(max, value);
  }

  @Override
  void onLater(Timer later) {
    for (int i = 0; i < BUCKETS; i++) {
      counts[i] += later.counts[i];
    }
    total += later.count;
    count += later.count;
    sum += later.sum;
    max = Math.max(max, later.max);
  }

  @Override
  void onBegin() {
    if (count > 0) {
      Arrays.fill(counts, 0);
    }
    count = 0;
    sum = 0;
    max = 0;
  }

  @Override
  Shown show(String name, double seconds) {
    double perSecond = count / seconds;
    return count == 0
        ? Shown.of(Kind.TIMER, name, lines(), perSecond, total)
        : new Shown(
            Kind.TIMER, name, lines(), perSecond, total, sum / count, percentile(0.95), max);
  }

  /** No less than such a share of all, and at most an eighth more than it has to be. */
  double percentile(double share) {
    double wanted = count * share;
    double seen = 0;
    for (int i = 0; i < BUCKETS; i++) {
      seen += counts[i];
      if (seen >= wanted) {
        return Math.min(upperEnd(i), max);
      }
    }
    return max;
  }

  private static int bucket(double value) {
    int exponent = Math.getExponent(value);
    if (exponent < LEAST_EXPONENT) {
      return 0;
    }
    int part = (int) (Double.doubleToRawLongBits(value) >>> 49) & (PARTS - 1);
    return 1 + (exponent - LEAST_EXPONENT) * PARTS + part;
  }

  private static double upperEnd(int bucket) {
    if (bucket == 0) {
      return Math.scalb(1.0, LEAST_EXPONENT);
    }
    int place = bucket - 1;
    double power = Math.scalb(1.0, LEAST_EXPONENT + place / PARTS);
    return power * (1 + (place % PARTS + 1.0) / PARTS);
  }
}
