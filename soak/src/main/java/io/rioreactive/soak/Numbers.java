package io.rioreactive.soak;

import java.nio.ByteBuffer;

/**
 * What the load's datagrams contain: a number, and bytes that follow from it, as many as follow
 * from it. So one that comes back says of itself whether it is whole, and nobody has to remember
 * what was sent.
 */
final class Numbers {

  /** Bytes of the longest. */
  static final int LARGEST = 1_200;

  private static final int SMALLEST = Long.BYTES;

  /** Of 64-bit linear congruential generators. */
  private static final long FACTOR = 6_364_136_223_846_793_005L;

  private final long seed;

  Numbers(long seed) {
    this.seed = seed;
  }

  /** Puts the datagram with a number into the buffer, which is cleared before and flipped after. */
  void write(long number, ByteBuffer buffer) {
    buffer.clear().limit(length(number)).putLong(0, number);
    long noise = mix(number);
    for (int i = Long.BYTES; i < buffer.limit(); i++) {
      buffer.put(i, (byte) (noise >>> (i & 31)));
    }
    buffer.position(0);
  }

  /** The number of the datagram in a buffer; -1 if it is not one, or not whole. */
  long read(ByteBuffer buffer) {
    if (buffer.remaining() < SMALLEST) {
      return -1;
    }
    long number = buffer.getLong(0);
    if (buffer.remaining() != length(number)) {
      return -1;
    }
    long noise = mix(number);
    for (int i = Long.BYTES; i < buffer.limit(); i++) {
      if (buffer.get(i) != (byte) (noise >>> (i & 31))) {
        return -1;
      }
    }
    return number;
  }

  private int length(long number) {
    return SMALLEST + (int) Math.floorMod(mix(number) >>> 17, (long) (LARGEST - SMALLEST + 1));
  }

  private long mix(long number) {
    return (number + 1) * FACTOR ^ seed;
  }
}
