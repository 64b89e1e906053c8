package io.rioreactive.samples.syslogkafka;

import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** What the collector says of itself. {@link #second} is for one thread, the rest for any. */
final class Status {

  private final RioConnection connection;
  private final Counts counts;
  private final StallWatch stalls = new StallWatch();
  private long receivedBefore;
  private long storedBefore;

  Status(RioConnection connection, Counts counts) {
    this.connection = connection;
    this.counts = counts;
  }

  /** Counts so far, and in brackets the rates of the second since it was last asked. */
  String second() {
    RioStats stats = connection.stats();
    long received = stats.received();
    long stored = counts.stored();
    String line =
        String.format(
            Locale.ROOT,
            "received %,d (%,d/s), stored %,d (%,d/s), under way %,d, posted %,d of %,d, %s",
            received,
            received - receivedBefore,
            stored,
            stored - storedBefore,
            underWay(stats),
            stats.posted(),
            stats.receiveSlots(),
            losses(stats));
    receivedBefore = received;
    storedBefore = stored;
    return line;
  }

  /** Whether Kafka stands still, or goes on; null if that is no news. For the same thread. */
  @Nullable String news() {
    return stalls.onSecond(counts.stored() + counts.notStored(), underWay(connection.stats()));
  }

  /**
   * All there was; what is still under way has been given up by now.
   *
   * @param topicSize what the topic has, in words
   */
  String totals(String topicSize) {
    RioStats stats = connection.stats();
    StringJoiner causes = new StringJoiner(", ", " (", ")").setEmptyValue("");
    counts
        .causes()
        .forEach((cause, count) -> causes.add(String.format(Locale.ROOT, "%s %,d", cause, count)));
    return String.format(
        Locale.ROOT,
        "received %,d, stored %,d, not stored %,d%s, given up %,d, %s; of neither RFC %,d; %s",
        stats.received(),
        counts.stored(),
        counts.notStored(),
        causes,
        underWay(stats),
        losses(stats),
        counts.plain(),
        topicSize);
  }

  /** Taken from the socket, and Kafka has not said yet what became of it. */
  private long underWay(RioStats stats) {
    return Math.max(0, stats.delivered() - counts.stored() - counts.notStored());
  }

  /** What was lost before it came to Kafka, the kernel's share included. */
  private static String losses(RioStats stats) {
    StringJoiner losses = new StringJoiner(", ", "lost ", "").setEmptyValue("lost 0");
    for (DropReason reason : DropReason.values()) {
      long count = stats.count(reason);
      if (count > 0) {
        losses.add(String.format(Locale.ROOT, "%s %,d", reason, count));
      }
    }
    long kernelDrops = stats.kernelDrops().orElse(0);
    if (kernelDrops > 0) {
      losses.add(String.format(Locale.ROOT, "receive buffer full %,d", kernelDrops));
    }
    return losses.toString();
  }
}
