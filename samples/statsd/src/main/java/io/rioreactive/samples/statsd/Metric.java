package io.rioreactive.samples.statsd;

/**
 * One line that is a metric.
 *
 * @param kind what is done with it
 * @param name with its tags, if it has any: {@code requests #route:a,zone:b}
 * @param value the number; 0 of a set
 * @param weight how many there were for each that is told: 1 / sample rate
 * @param isChange whether the value is to be added to the gauge, for it had a sign
 * @param member of a set; else empty
 */
record Metric(Kind kind, String name, double value, double weight, boolean isChange, String member)
    implements Line {}
