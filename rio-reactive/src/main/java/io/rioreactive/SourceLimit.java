package io.rioreactive;

import io.rioreactive.kernel.SocketAddressFormat;
import java.util.Arrays;

/**
 * A {@link RateLimit} at work: for each source that is busy the time at which it would be back
 * where it began, had it sent at exactly its rate (the "virtual scheduling" of ITU-T I.371). It may
 * be ahead of that by its burst.
 *
 * <pre>
 * admitted if due - now &lt;= (burst - 1) intervals;   then due = max(due, now) + 1 interval
 * </pre>
 *
 * <p>A set-associative table without a key object or a removal: a source whose time is over is as
 * good as one that was never there. A new source takes the place of the one in its set that is due
 * soonest, and with it what that had left to wait. So the sum of nobody's share is ever forgotten:
 * whoever comes back into a set finds no less to wait than he left there. And who is over his limit
 * is the last to be displaced, however many forged addresses arrive.
 *
 * <p>Its memory is allocated at once and does not grow. Owned by the pump; no other thread.
 */
final class SourceLimit {

  private static final int WAYS = 8;
  private static final long NANOS_A_SECOND = 1_000_000_000;

  /** 64:ff9b::/96, behind which a translator has all of IPv4 (RFC 6052). */
  private static final long TRANSLATED = 0x0064_ff9b_0000_0000L;

  /** The upper ten bits of fe80::/10: the network of all neighbours, who are told apart whole. */
  private static final long LINK_LOCAL = 0x3fa;

  private static final int LINK_LOCAL_SHIFT = Long.SIZE - 10;

  /** No source: all bits set is a multicast address. */
  private static final long NOBODY = -1;

  /** Nanoseconds a datagram, rounded up: never more than the rate. */
  private final long interval;

  private final long tolerance;
  private final long ipv4Mask;
  private final long ipv6HighMask;
  private final long ipv6LowMask;

  private final SourceHash hash;
  private final long[] high;
  private final long[] low;

  /** On the caller's clock, which begins with 0. */
  private final long[] due;

  SourceLimit(RateLimit limit) {
    interval = (NANOS_A_SECOND + limit.datagrams() - 1) / limit.datagrams();
    tolerance = (limit.burst() - 1) * interval;
    ipv4Mask = AddressPrefixes.mask(32 + limit.ipv4Prefix()); // and what says that it is IPv4
    ipv6HighMask = AddressPrefixes.mask(limit.ipv6Prefix());
    ipv6LowMask = AddressPrefixes.mask(limit.ipv6Prefix() - Long.SIZE);
    int entries = entriesFor(limit.sources());
    hash = new SourceHash(entries / WAYS);
    high = new long[entries];
    low = new long[entries];
    due = new long[entries];
    Arrays.fill(high, NOBODY);
    Arrays.fill(low, NOBODY);
  }

  private static int entriesFor(int sources) {
    int entries = WAYS;
    while (entries < sources) {
      entries *= 2;
    }
    return entries;
  }

  /** How many sources it can tell apart. */
  int capacity() {
    return due.length;
  }

  /**
   * Whether a source may have one more datagram now, which is then counted.
   *
   * @param now nanoseconds since some beginning, never less than before
   */
  boolean admits(long sourceHigh, long sourceLow, long now) {
    boolean isV4 =
        SocketAddressFormat.isV4(sourceHigh, sourceLow) || isTranslated(sourceHigh, sourceLow);
    boolean isWhole = ipv6HighMask != 0 && sourceHigh >>> LINK_LOCAL_SHIFT == LINK_LOCAL;
    long itsHigh = isV4 ? 0 : sourceHigh & (isWhole ? -1 : ipv6HighMask);
    long itsLow =
        isV4
            ? SocketAddressFormat.lowOfV4((int) sourceLow) & ipv4Mask
            : sourceLow & (isWhole ? -1 : ipv6LowMask);
    int entry = entryOf(itsHigh, itsLow);
    long from = Math.max(now, due[entry]);
    if (from - now > tolerance) {
      return false;
    }
    high[entry] = itsHigh;
    low[entry] = itsLow;
    due[entry] = from + interval;
    return true;
  }

  private static boolean isTranslated(long high, long low) {
    return high == TRANSLATED && low >>> Integer.SIZE == 0;
  }

  /** Its own, or else the one of its set that is due soonest. */
  private int entryOf(long itsHigh, long itsLow) {
    int first = hash.setOf(itsHigh, itsLow, 0) * WAYS;
    int soonest = first;
    for (int i = first; i < first + WAYS; i++) {
      if (low[i] == itsLow && high[i] == itsHigh) {
        return i;
      }
      if (due[i] < due[soonest]) {
        soonest = i;
      }
    }
    return soonest;
  }
}
