package io.rioreactive.kernel.linux;

import java.util.Arrays;

/**
 * Peers to whom the system lately refused a run, and how large its datagrams were. What is known of
 * one gives way to another that falls on the same place; then there is one refused call more.
 *
 * <p>A path changes, so now and then it is tried again. One socket's; the queue's thread alone.
 */
final class SegmentRefusals {

  private static final int PLACES = 64;

  /** Runs that go plain before one is tried again: a refused call in a thousand costs nothing. */
  static final int RUNS_UNTIL_RETRY = 1_000;

  private static final int NOTHING_REFUSED = Integer.MAX_VALUE;

  private final long[] peers = new long[PLACES];
  private final int[] sizes = new int[PLACES];
  private final int[] runsLeft = new int[PLACES];

  SegmentRefusals() {
    Arrays.fill(sizes, NOTHING_REFUSED);
  }

  /** An address in one number. */
  static long peer(long high, long low, long portAndScope) {
    long mixed = (high * 31 + low) * 31 + portAndScope;
    return mixed * 0x9E37_79B9_7F4A_7C15L; // into the upper bits, which tell the place
  }

  private static int place(long peer) {
    return (int) (peer >>> (Long.SIZE - Integer.numberOfTrailingZeros(PLACES)));
  }

  /** A run of datagrams of this size was refused. */
  void add(long peer, int size) {
    int i = place(peer);
    peers[i] = peer;
    sizes[i] = size;
    runsLeft[i] = RUNS_UNTIL_RETRY;
  }

  /** Whether the next run is not to be tried: its datagrams are as large as those refused. */
  boolean forbid(long peer, int size) {
    int i = place(peer);
    if (peers[i] != peer || size < sizes[i]) {
      return false;
    }
    if (--runsLeft[i] == 0) {
      sizes[i] = NOTHING_REFUSED;
    }
    return true;
  }
}
