package io.rioreactive;

import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;

/**
 * What the log says of failures of the application's code on one connection: the first of each
 * class of exception with its stack, later ones in a line at debug level, a few a second. Whoever
 * provokes failures fills no log; and what was sent does not get there ({@link Withheld}).
 *
 * <p>Not synchronised: failures come one after the other.
 */
final class FailureLog {

  private final Logger log;
  private final UdpConnection connection;
  private final String what;
  private final String consequence;
  private final Set<Class<?>> seen = new HashSet<>();
  private final LogBudget budget = new LogBudget();

  /**
   * A log that has told nothing yet.
   *
   * @param what has failed: {@code "the handler failed"}
   * @param consequence how that sentence goes on
   */
  FailureLog(Logger log, UdpConnection connection, String what, String consequence) {
    this.log = log;
    this.connection = connection;
    this.what = what;
    this.consequence = consequence;
  }

  void onFailure(Throwable failure) {
    if (seen.add(failure.getClass())) {
      log.warn(
          "{}: {}{}. Later failures of this class are counted in stats(), and logged at debug"
              + " level",
          connection,
          what,
          consequence,
          Withheld.of(failure, connection.options()));
    } else if (log.isDebugEnabled() && budget.takes()) {
      log.debug(
          "{}: {}: {}{}",
          connection,
          what,
          Withheld.text(failure, connection.options()),
          budget.leftOut());
    }
  }
}
