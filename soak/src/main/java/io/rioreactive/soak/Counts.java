package io.rioreactive.soak;

import io.rioreactive.RioStats;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * What a connection has counted, as it goes through the pipe: numbers in this order.
 *
 * @param kernelDrops -1 where the provider does not tell
 */
record Counts(
    long received,
    long delivered,
    long skipped,
    long dropped,
    long accepted,
    long sent,
    long failed,
    long discarded,
    long inFlight,
    long posted,
    long unreachable,
    long kernelDrops) {

  static Counts of(RioStats stats) {
    return new Counts(
        stats.received(),
        stats.delivered(),
        stats.skipped(),
        stats.droppedTotal(),
        stats.accepted(),
        stats.sent(),
        stats.failedTotal(),
        stats.discarded(),
        stats.inFlight(),
        stats.posted(),
        stats.unreachable(),
        stats.kernelDrops().orElse(-1));
  }

  static Counts parse(String text) {
    long[] n = Arrays.stream(text.split(" ", -1)).mapToLong(Long::parseLong).toArray();
    return new Counts(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9], n[10], n[11]);
  }

  String text() {
    return LongStream.of(
            received,
            delivered,
            skipped,
            dropped,
            accepted,
            sent,
            failed,
            discarded,
            inFlight,
            posted,
            unreachable,
            kernelDrops)
        .mapToObj(Long::toString)
        .collect(Collectors.joining(" "));
  }

  /** Whether both laws of {@link RioStats} hold, with nothing under way. */
  boolean conserve() {
    return received == delivered + skipped + dropped
        && accepted == sent + failed + discarded
        && inFlight == 0;
  }
}
