package io.rioreactive;

import io.rioreactive.kernel.KernelException;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of datagrams that were sent earlier and did not arrive: to the counters, at debug level to
 * the log, and to {@link RioUdpClient#doOnUnreachable}. That is news, and the connection goes on.
 *
 * <p>On the pump.
 */
final class UnreachableLog {

  private static final Logger LOG = LoggerFactory.getLogger(RioConnection.class);

  private final UdpConnection connection;
  private final @Nullable Consumer<? super IOException> consumer;
  private final LogBudget budget = new LogBudget();

  /** Whether the consumer has thrown before. */
  private boolean hasThrown;

  UnreachableLog(UdpConnection connection, @Nullable Consumer<? super IOException> consumer) {
    this.connection = connection;
    this.consumer = consumer;
  }

  void onUnreachable(KernelException why) {
    connection.counters().increment(Counters.UNREACHABLE);
    if (LOG.isDebugEnabled() && budget.takes()) {
      LOG.debug("{}: {}{}", connection, why.getMessage(), budget.leftOut());
    }
    if (consumer != null) {
      try {
        consumer.accept(why);
      } catch (Throwable thrown) {
        onThrown(thrown);
      }
    }
  }

  private void onThrown(Throwable thrown) {
    if (!hasThrown) {
      hasThrown = true;
      LOG.error(
          "{}: doOnUnreachable threw; later ones are logged at debug level", connection, thrown);
    } else if (LOG.isDebugEnabled() && budget.takes()) {
      LOG.debug("{}: doOnUnreachable threw {}", connection, thrown.getClass().getName());
    }
  }
}
