package io.rioreactive.test;

import io.rioreactive.Drop;
import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.assertj.core.api.AbstractAssert;
import org.jspecify.annotations.Nullable;

/**
 * Assertions of a {@link RioConnection}, made by {@link RioAssertions#assertThat(RioConnection)}. A
 * failure tells what was expected, all statistics and, where the kernel is simulated, the slot
 * table and the last events.
 *
 * <p>Counters are published at the end of each turn of the pump. Where the test turns it, by hand
 * or by virtual time, they are exact after each step. Where a thread turns it, on real sockets or
 * on a simulated network in the wall's time, they may lag: then use {@link #eventually()}.
 *
 * <p>Any thread.
 */
public final class RioConnectionAssert extends AbstractAssert<RioConnectionAssert, RioConnection> {

  private static final Duration SOON = Duration.ofSeconds(5);
  private static final long POLL_NANOS = 1_000_000;

  private Duration patience = Duration.ZERO;

  RioConnectionAssert(RioConnection actual) {
    super(actual, RioConnectionAssert.class);
  }

  /**
   * Each assertion that follows may become true within 5 seconds on the wall. For connections that
   * a thread turns; it moves no virtual time.
   */
  public RioConnectionAssert eventually() {
    return eventually(SOON);
  }

  /**
   * Each assertion that follows may become true within this time on the wall.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public RioConnectionAssert eventually(Duration patience) {
    if (patience.isNegative()) {
      throw new IllegalArgumentException(
          "eventually: the time is " + patience + ": allowed is 0 or more");
    }
    this.patience = patience;
    return this;
  }

  // ---- receiving

  /** So many receives are posted: the demand that the kernel knows of. */
  public RioConnectionAssert hasPosted(int receives) {
    return hasCount("receives posted", receives, RioStats::posted);
  }

  /** The subscriber has asked for so many datagrams and not got them; 0 without a subscriber. */
  public RioConnectionAssert hasUnmetDemand(long datagrams) {
    return hasCount("datagrams of unmet demand", datagrams, RioStats::demand);
  }

  /** The subscriber takes whatever comes. */
  public RioConnectionAssert hasUnboundedDemand() {
    return check(
        stats ->
            stats.isDemandUnbounded()
                ? null
                : "to have unbounded demand, but it is " + stats.demand());
  }

  /** So many datagrams were taken from the socket. */
  public RioConnectionAssert hasReceived(long datagrams) {
    return hasCount("datagrams received", datagrams, RioStats::received);
  }

  /** So many datagrams were given to the subscriber. */
  public RioConnectionAssert hasDelivered(long datagrams) {
    return hasCount("datagrams delivered", datagrams, RioStats::delivered);
  }

  /** So many datagrams were skipped by a decoder. */
  public RioConnectionAssert hasSkipped(long datagrams) {
    return hasCount("datagrams skipped", datagrams, RioStats::skipped);
  }

  /**
   * So many datagrams were received and dropped for this reason.
   *
   * @throws IllegalArgumentException if it is a reason not to send: see {@link #hasFailed}
   */
  public RioConnectionAssert hasDropped(DropReason reason, long datagrams) {
    requireDirection(reason, Drop.Direction.INBOUND, "hasDropped", "hasFailed");
    return hasCount("datagrams dropped: " + reason, datagrams, stats -> stats.count(reason));
  }

  /** Nothing that was received was dropped. What the kernel dropped is {@link #hasKernelDrops}. */
  public RioConnectionAssert hasDroppedNothing() {
    return hasCount("datagrams dropped", 0, RioStats::droppedTotal);
  }

  /**
   * The kernel dropped so many datagrams since the socket's receive buffer was full. Fails where
   * the kernel does not tell.
   */
  public RioConnectionAssert hasKernelDrops(long datagrams) {
    return check(
        stats ->
            stats.kernelDrops().isPresent() && stats.kernelDrops().getAsLong() == datagrams
                ? null
                : "to have "
                    + datagrams
                    + " datagrams dropped by the kernel, but "
                    + (stats.kernelDrops().isPresent()
                        ? "there are " + stats.kernelDrops().getAsLong()
                        : "the provider " + actual.provider() + " does not tell"));
  }

  // ---- sending

  /** The kernel took so many datagrams. */
  public RioConnectionAssert hasSent(long datagrams) {
    return hasCount("datagrams sent", datagrams, RioStats::sent);
  }

  /** So many datagrams are in send slots, not yet completed by the kernel. */
  public RioConnectionAssert hasInFlight(int datagrams) {
    return hasCount("datagrams in flight", datagrams, RioStats::inFlight);
  }

  /**
   * So many datagrams were accepted and not sent for this reason.
   *
   * @throws IllegalArgumentException if it is a reason to drop what was received: see {@link
   *     #hasDropped}
   */
  public RioConnectionAssert hasFailed(DropReason reason, long datagrams) {
    requireDirection(reason, Drop.Direction.OUTBOUND, "hasFailed", "hasDropped");
    return hasCount("datagrams failed: " + reason, datagrams, stats -> stats.count(reason));
  }

  /** So often the network said that a datagram of this client could not be delivered. */
  public RioConnectionAssert hasUnreachable(long times) {
    return hasCount("times unreachable", times, RioStats::unreachable);
  }

  private static void requireDirection(
      DropReason reason, Drop.Direction wanted, String call, String other) {
    if (reason.direction() != wanted) {
      throw new IllegalArgumentException(
          call
              + ": the reason is "
              + reason
              + ", which is "
              + reason.direction()
              + ": use "
              + other
              + " for it");
    }
  }

  // ---- the whole

  /**
   * Both laws of {@link RioStats} hold: what was received, and what was accepted for sending, is
   * accounted for to the last datagram.
   */
  public RioConnectionAssert conserves() {
    return check(Conservation::breach);
  }

  /** It has not been told to end. */
  public RioConnectionAssert isOpen() {
    return check(stats -> actual.isDisposed() ? "to be open, but it is closed or ending" : null);
  }

  /** It is closed, with or without an error: nothing of it is left in the kernel. */
  public RioConnectionAssert isClosed() {
    return check(
        stats ->
            Conservation.isClosed(actual)
                ? null
                : "to be closed, but it is " + (actual.isDisposed() ? "only ending" : "open"));
  }

  /** It is connected to this peer. */
  public RioConnectionAssert hasRemoteAddress(InetSocketAddress peer) {
    return check(
        stats ->
            Objects.equals(actual.remoteAddress(), peer)
                ? null
                : "to be connected to " + peer + ", but it is to " + actual.remoteAddress());
  }

  /** It is bound to this address. */
  public RioConnectionAssert hasLocalAddress(InetSocketAddress address) {
    return check(
        stats ->
            actual.localAddress().equals(address)
                ? null
                : "to be bound to " + address + ", but it is to " + actual.localAddress());
  }

  // ---- how

  private RioConnectionAssert hasCount(String what, long expected, ToLongFunction<RioStats> count) {
    return check(
        stats -> {
          long found = count.applyAsLong(stats);
          return found == expected
              ? null
              : "to have " + text(expected) + " " + what + ", but there are " + text(found);
        });
  }

  private static String text(long count) {
    return count == Long.MAX_VALUE ? "unbounded" : Long.toString(count);
  }

  /**
   * @param fault answers what is wrong, null if nothing is
   */
  private RioConnectionAssert check(Function<RioStats, @Nullable String> fault) {
    isNotNull();
    long started = System.nanoTime();
    long longest = TimeUnit.NANOSECONDS.convert(patience); // 292 years, if it is longer
    String wrong = fault.apply(actual.stats());
    while (wrong != null && System.nanoTime() - started < longest) {
      LockSupport.parkNanos(POLL_NANOS);
      wrong = fault.apply(actual.stats());
    }
    if (wrong != null) {
      String waited = patience.isZero() ? "" : " within " + patience;
      throw failure("Expected %s %s%s%n%s", actual, wrong, waited, ConnectionReport.of(actual));
    }
    return this;
  }
}
