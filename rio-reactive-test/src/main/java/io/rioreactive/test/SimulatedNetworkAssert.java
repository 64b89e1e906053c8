package io.rioreactive.test;

import java.util.List;
import java.util.function.Function;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/**
 * Assertions of a {@link SimulatedNetwork}, made by {@link
 * RioAssertions#assertThat(SimulatedNetwork)}. A failure tells the seed, the statistics and the
 * last events. Any thread.
 */
public final class SimulatedNetworkAssert
    extends AbstractAssert<SimulatedNetworkAssert, SimulatedNetwork> {

  private static final int EVENTS = 40;

  SimulatedNetworkAssert(SimulatedNetwork actual) {
    super(actual, SimulatedNetworkAssert.class);
  }

  /** Every datagram is somewhere: delivered, lost, or under way. Holds at any time. */
  public SimulatedNetworkAssert conserves() {
    return check(Conservation::breach);
  }

  /** So many datagrams left a socket. */
  public SimulatedNetworkAssert hasSent(long datagrams) {
    return hasCount("datagrams sent", datagrams, NetworkStats::sent);
  }

  /** So many datagrams came to a socket. */
  public SimulatedNetworkAssert hasDelivered(long datagrams) {
    return hasCount("datagrams delivered", datagrams, NetworkStats::delivered);
  }

  /** So many datagrams are under way. */
  public SimulatedNetworkAssert hasInFlight(long datagrams) {
    return hasCount("datagrams in flight", datagrams, NetworkStats::inFlight);
  }

  /** So many datagrams were lost for this cause. */
  public SimulatedNetworkAssert hasLost(LossCause cause, long datagrams) {
    return hasCount("datagrams lost: " + cause, datagrams, stats -> stats.lost(cause));
  }

  /** Nothing was lost. */
  public SimulatedNetworkAssert hasLostNothing() {
    return hasCount("datagrams lost", 0, NetworkStats::lostTotal);
  }

  private SimulatedNetworkAssert hasCount(
      String what, long expected, Function<NetworkStats, Long> count) {
    return check(
        stats -> {
          long found = count.apply(stats);
          return found == expected
              ? null
              : "to have " + expected + " " + what + ", but there are " + found;
        });
  }

  private SimulatedNetworkAssert check(Function<NetworkStats, @Nullable String> fault) {
    isNotNull();
    String wrong = fault.apply(actual.stats());
    if (wrong != null) {
      List<String> events = actual.events();
      List<String> last = events.subList(Math.max(0, events.size() - EVENTS), events.size());
      throw failure(
          "Expected %s %s%n  last events:%n%s", actual, wrong, ConnectionReport.indented(last));
    }
    return this;
  }
}
