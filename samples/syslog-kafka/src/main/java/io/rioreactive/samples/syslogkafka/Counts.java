package io.rioreactive.samples.syslogkafka;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What became of the datagrams that were received. Any thread. */
final class Counts {

  private static final Logger LOG = LoggerFactory.getLogger(Counts.class);

  private final LongAdder stored = new LongAdder();
  private final LongAdder notStored = new LongAdder();
  private final LongAdder plain = new LongAdder();
  private final Map<String, LongAdder> causes = new ConcurrentHashMap<>();

  /** A message of such a form goes to Kafka. */
  void parsed(SyslogMessage.Format format) {
    if (format == SyslogMessage.Format.PLAIN) {
      plain.increment();
    }
  }

  /**
   * Kafka has acknowledged a record, or refused it. The first of each class of failure is logged:
   * they come by the thousand.
   */
  void ended(@Nullable Exception failure) {
    if (failure == null) {
      stored.increment();
      return;
    }
    notStored.increment();
    causes
        .computeIfAbsent(
            failure.getClass().getSimpleName(),
            cause -> {
              LOG.warn("not stored: {}; others of the kind are only counted", failure.toString());
              return new LongAdder();
            })
        .increment();
  }

  /** Acknowledged by Kafka. */
  long stored() {
    return stored.sum();
  }

  /** Refused by Kafka, or given up when the collector ended. */
  long notStored() {
    return notStored.sum();
  }

  /** Went to Kafka as they came, since they are of neither RFC. */
  long plain() {
    return plain.sum();
  }

  /** Of those not stored, how many by which exception; by name. */
  Map<String, Long> causes() {
    Map<String, Long> counts = new TreeMap<>();
    causes.forEach((cause, count) -> counts.put(cause, count.sum()));
    return Collections.unmodifiableMap(counts);
  }
}
