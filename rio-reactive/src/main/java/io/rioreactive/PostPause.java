package io.rioreactive;

import io.rioreactive.kernel.KernelException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import reactor.core.scheduler.Schedulers;

/**
 * The pause of a receiving half that the kernel will not serve for now: it refuses posts for want
 * of something, or gives one posted receive after the other back with an error. Trying again at
 * once would keep the pump busy with nothing.
 *
 * <p>Each state is logged when it begins, not each time it is met. That receives fail is in the
 * hands of whoever sends, so after the first time it is logged at debug level. Pump only.
 */
final class PostPause {

  private static final Logger LOG = LoggerFactory.getLogger(PostPause.class);

  private static final Duration PAUSE = Duration.ofMillis(10);

  /**
   * So many receives may fail with no datagram between them and be posted again at once: an error
   * may be an earlier send's, and a peer that is gone can cause as many as were sent to it.
   */
  private static final int FAILURES_IN_A_ROW = 256;

  private final UdpConnection connection;

  private boolean scheduled;

  /** Since the last turn that posted all it wanted. */
  private int refusals;

  /** Since the last datagram, or the last pause. */
  private int failures;

  /** They fail one after the other, and no datagram has come since. */
  private boolean failing;

  private Level levelOfFailing = Level.WARN;

  /** A flood may bring about one refusal after the other. */
  private final LogBudget budget = new LogBudget();

  /** Whether the refusals of now have been told of. */
  private boolean isTold;

  PostPause(UdpConnection connection) {
    this.connection = connection;
  }

  /** Whether receives may be posted now; if not, the connection is signalled when they may. */
  boolean isOver() {
    if (failures < FAILURES_IN_A_ROW) {
      return true;
    }
    schedule();
    return false;
  }

  /** A post was refused that may succeed later. */
  void onRefused(KernelException refusal) {
    if (!scheduled && refusals++ == 0 && budget.takes()) {
      isTold = true;
      LOG.warn(
          "{}: is tried again every {} ms until it succeeds: {}{}",
          connection,
          PAUSE.toMillis(),
          refusal.getMessage(),
          budget.leftOut());
    }
    schedule();
  }

  void onPostedAll() {
    if (isTold) {
      LOG.info("{}: posts receives again, after {} refusals", connection, refusals);
      isTold = false;
    }
    refusals = 0;
  }

  /** A posted receive came back with an error. */
  void onFailed(KernelException failure) {
    failures++;
    if (failures == FAILURES_IN_A_ROW && !failing) {
      failing = true;
      LOG.atLevel(levelOfFailing)
          .log(
              "{}: {} receives failed one after the other; posts pause for {} ms after each {}"
                  + " until a datagram comes: {}",
              connection,
              failures,
              PAUSE.toMillis(),
              FAILURES_IN_A_ROW,
              failure.getMessage());
      levelOfFailing = Level.DEBUG;
    }
  }

  void onReceived() {
    failures = 0;
    failing = false;
  }

  private void schedule() {
    if (!scheduled) {
      scheduled = true;
      Schedulers.parallel()
          .schedule(() -> connection.execute(this::onEnd), PAUSE.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void onEnd() {
    scheduled = false;
    failures = 0;
    connection.signal(false);
  }
}
