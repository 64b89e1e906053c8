package io.rioreactive.samples.statsd;

/**
 * What the lines of one metric add up to: in a {@link Batch} since that began, in {@link Metrics}
 * since the metric was first seen.
 *
 * @param <S> itself
 */
abstract sealed class Series<S extends Series<S>> permits Counter, Gauge, Timer, Members {

  private long lines;
  private int quietLooks;

  /** Lines since it was last shown. */
  final long lines() {
    return lines;
  }

  /** Takes a line. */
  final void add(Metric metric) {
    lines++;
    onMetric(metric);
  }

  /** Takes what came later than all that this knows. */
  final void addLater(S later) {
    lines += later.lines();
    onLater(later);
  }

  /**
   * Begins anew with what is told of one look only.
   *
   * @return for how many looks in a row there has been no line
   */
  final int begin() {
    quietLooks = lines == 0 ? quietLooks + 1 : 0;
    lines = 0;
    onBegin();
    return quietLooks;
  }

  abstract void onMetric(Metric metric);

  abstract void onLater(S later);

  abstract void onBegin();

  /** How it is shown, after so many seconds since the last look. */
  abstract Shown show(String name, double seconds);
}
