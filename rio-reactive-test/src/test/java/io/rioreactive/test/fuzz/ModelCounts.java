package io.rioreactive.test.fuzz;

import io.rioreactive.DropReason;
import io.rioreactive.RioStats;
import java.util.EnumMap;
import java.util.Map;

/** What is to be counted of one connection, and the laws that its statistics keep. */
final class ModelCounts {

  private final Model model;
  private final ModelConnection connection;

  long received;
  long delivered;
  long bytesReceived;
  long skipped;
  long receiveErrors;
  long unreachable;
  long accepted;
  long sent;
  long bytesSent;
  long discarded;

  private final Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);

  ModelCounts(Model model, ModelConnection connection) {
    this.model = model;
    this.connection = connection;
  }

  void onDelivered(int bytes) {
    delivered++;
    bytesReceived += bytes;
  }

  void onSent(int bytes) {
    sent++;
    bytesSent += bytes;
  }

  void onDrop(DropReason reason) {
    drops.merge(reason, 1L, Long::sum);
  }

  /** All that a connection counts whoever takes what it receives. */
  void check(RioStats stats) {
    checkLaws(stats);
    checkEach(stats);
  }

  private void checkLaws(RioStats stats) {
    model.require(
        stats.received() == stats.delivered() + stats.skipped() + stats.droppedTotal(),
        "received = delivered + skipped + dropped does not hold on %s: %s",
        connection,
        stats);
    model.require(
        stats.accepted()
            == stats.sent() + stats.failedTotal() + stats.discarded() + stats.inFlight(),
        "accepted = sent + failed + discarded + in flight does not hold on %s: %s",
        connection,
        stats);
  }

  /** What one is counted by itself. */
  private void checkEach(RioStats stats) {
    same("received", received, stats.received());
    same("delivered", delivered, stats.delivered());
    same("skipped", skipped, stats.skipped());
    same("bytes received", bytesReceived, stats.bytesReceived());
    same("receive errors", receiveErrors, stats.receiveErrors());
    same("unreachable", unreachable, stats.unreachable());
    for (DropReason reason : DropReason.values()) {
      same("drops " + reason, drops.getOrDefault(reason, 0L), stats.count(reason));
    }
    same("sent", sent, stats.sent());
    same("bytes sent", bytesSent, stats.bytesSent());
  }

  /** One number of the statistics. */
  void same(String what, long wanted, long told) {
    model.require(wanted == told, "%s of %s: %d, and stats say %d", what, connection, wanted, told);
  }
}
