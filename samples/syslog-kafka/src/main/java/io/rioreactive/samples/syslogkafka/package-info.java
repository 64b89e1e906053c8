/** Syslog by UDP into a Kafka topic; {@code samples/run syslog-kafka} starts it. */
@NullMarked
package io.rioreactive.samples.syslogkafka;

import org.jspecify.annotations.NullMarked;
