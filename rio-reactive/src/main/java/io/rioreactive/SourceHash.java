package io.rioreactive;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Spreads sources over the sets of a table, by keys that are drawn anew for each table: who may
 * choose addresses, and anybody who forges them may, shall not find any that fall into the set of
 * somebody else.
 *
 * <p>Three rounds of wyhash's mixing (Wang Yi). Sums of products by random factors would be
 * cheaper, and linear: then two sources whose addresses differ in the upper bits of both halves
 * meet whatever the factors are. So is a single round for what differs in a few low bits: without
 * the last one the ports of one address, one after the other, would meet in a few sets of every
 * fortieth table.
 *
 * <p>Immutable; any thread.
 */
final class SourceHash {

  private final long highKey = ThreadLocalRandom.current().nextLong();
  private final long lowKey = ThreadLocalRandom.current().nextLong();
  private final long restKey = ThreadLocalRandom.current().nextLong();
  private final long endKey = ThreadLocalRandom.current().nextLong();

  /** 63 less the bits of a set's number. */
  private final int shift;

  /**
   * For a table of so many sets.
   *
   * @param sets a power of two
   */
  SourceHash(int sets) {
    shift = Long.SIZE - 1 - Integer.numberOfTrailingZeros(sets);
  }

  /** The number of its set, from 0. */
  int setOf(long high, long low, long rest) {
    long spread = mix(mix(mix(high ^ highKey, low ^ lowKey), rest ^ restKey), endKey);
    return (int) (spread >>> 1 >>> shift); // in two steps, since by 64 nothing is shifted
  }

  /** Both halves of a product of 128 bits. */
  private static long mix(long one, long other) {
    return (one * other) ^ Math.unsignedMultiplyHigh(one, other);
  }
}
