package io.rioreactive.samples.statsd;

/** How much there is of something: what was said last, and what was added to it since. */
final class Gauge extends Series<Gauge> {

  private double value;
  private boolean isSet; // else the value is what was added to what another knows

  @Override
  void onMetric(Metric metric) {
    if (metric.isChange()) {
      value += metric.value();
    } else {
      value = metric.value();
      isSet = true;
    }
  }

  @Override
  void onLater(Gauge later) {
    value = later.isSet ? later.value : value + later.value;
    isSet |= later.isSet;
  }

  @Override
  void onBegin() {}

  @Override
  Shown show(String name, double seconds) {
    return Shown.of(Kind.GAUGE, name, lines(), lines() / seconds, value);
  }
}
