package io.rioreactive.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Memory cut into equal slots. Slot {@code i} begins at {@code i * stride} and holds an address
 * area of {@link SocketAddressFormat#SIZE} bytes and a payload.
 *
 * @param memory native memory that holds all slots
 * @param slots how many
 * @param stride bytes from one slot to the next
 * @param addressOffset where in a slot the peer's address stands
 * @param payloadOffset where in a slot the payload begins
 * @param payloadSize the most bytes of payload that a datagram may have
 */
public record SlotRegion(
    MemorySegment memory,
    int slots,
    long stride,
    int addressOffset,
    int payloadOffset,
    int payloadSize) {

  private static final int CACHE_LINE = 64;

  /**
   * The bytes from slot to slot that serve slots of so many bytes best: whole cache lines, and an
   * odd number of them, so that the slots' beginnings spread over all sets of a cache instead of
   * falling into a few.
   */
  public static long stride(long bytes) {
    long lines = (bytes + CACHE_LINE - 1) / CACHE_LINE;
    return (lines | 1) * CACHE_LINE;
  }

  /** Offset in {@link #memory} of a slot's address area. */
  public long addressAt(int slot) {
    return slot * stride + addressOffset;
  }

  /** Offset in {@link #memory} of a slot's payload. */
  public long payloadAt(int slot) {
    return slot * stride + payloadOffset;
  }
}
