package io.rioreactive.samples.statsd;

/** What a line of a datagram is: a metric, or why it is none. */
sealed interface Line permits Metric, Fault {}
