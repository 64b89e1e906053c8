package io.rioreactive.test;

import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The laws that hold for every connection and network. Any thread. */
final class Conservation {

  private Conservation() {}

  /** Answers which law does not hold, and with which numbers; null if both do. */
  static @Nullable String breach(RioStats stats) {
    long accountedFor = stats.delivered() + stats.skipped() + stats.droppedTotal();
    if (stats.received() != accountedFor) {
      return "to conserve what it received, but received %d ≠ delivered %d + skipped %d + dropped %d"
          .formatted(stats.received(), stats.delivered(), stats.skipped(), stats.droppedTotal());
    }
    long gone = stats.sent() + stats.failedTotal() + stats.discarded() + stats.inFlight();
    if (stats.accepted() != gone) {
      return ("to conserve what it accepted, but accepted %d ≠ sent %d + failed %d + discarded %d"
              + " + in flight %d")
          .formatted(
              stats.accepted(),
              stats.sent(),
              stats.failedTotal(),
              stats.discarded(),
              stats.inFlight());
    }
    return null;
  }

  /** The same for a network. */
  static @Nullable String breach(NetworkStats stats) {
    long accountedFor = stats.delivered() + stats.lostTotal() + stats.inFlight();
    if (stats.sent() + stats.duplicated() == accountedFor) {
      return null;
    }
    return "to conserve datagrams, but sent %d + duplicated %d ≠ delivered %d + lost %d + in flight %d"
        .formatted(
            stats.sent(),
            stats.duplicated(),
            stats.delivered(),
            stats.lostTotal(),
            stats.inFlight());
  }

  /** Whether nothing of it is left, with or without an error. */
  static boolean isClosed(RioConnection connection) {
    CompletableFuture<?> closed = connection.onDispose().toFuture();
    boolean isClosed = closed.isDone();
    closed.cancel(false);
    return isClosed;
  }
}
