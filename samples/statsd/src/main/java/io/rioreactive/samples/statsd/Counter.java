package io.rioreactive.samples.statsd;

/** How often something happened. */
final class Counter extends Series<Counter> {

  private double total;
  private double sinceLook;

  @Override
  void onMetric(Metric metric) {
    count(metric.value() * metric.weight());
  }

  @Override
  void onLater(Counter later) {
    count(later.sinceLook);
  }

  private void count(double more) {
    total += more;
    sinceLook += more;
  }

  @Override
  void onBegin() {
    sinceLook = 0;
  }

  @Override
  Shown show(String name, double seconds) {
    return Shown.of(Kind.COUNTER, name, lines(), sinceLook / seconds, total);
  }
}
