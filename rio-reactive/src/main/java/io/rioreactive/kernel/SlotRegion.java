package io.rioreactive.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Memory cut into equal slots. Slot {@code i} begins at {@code i * stride} and holds an address
 * area of {@link SocketAddressFormat#SIZE} bytes, a payload and, if the socket was asked for it, an
 * area of {@link PacketInfo#SIZE} bytes.
 *
 * @param memory native memory that holds all slots
 * @param slots how many
 * @param stride bytes from one slot to the next
 * @param addressOffset where in a slot the peer's address stands
 * @param payloadOffset where in a slot the payload begins
 * @param payloadSize the most bytes of payload that a datagram may have
 * @param infoOffset where in a slot its {@link PacketInfo} stands; {@link #NO_INFO} for nowhere
 */
public record SlotRegion(
    MemorySegment memory,
    int slots,
    long stride,
    int addressOffset,
    int payloadOffset,
    int payloadSize,
    int infoOffset) {

  /** {@link #infoOffset} of slots that have no {@link PacketInfo}. */
  public static final int NO_INFO = -1;

  private static final int CACHE_LINE = 64;

  /** Without {@link PacketInfo}. */
  public SlotRegion(
      MemorySegment memory,
      int slots,
      long stride,
      int addressOffset,
      int payloadOffset,
      int payloadSize) {
    this(memory, slots, stride, addressOffset, payloadOffset, payloadSize, NO_INFO);
  }

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

  /** Whether the slots have {@link PacketInfo}. */
  public boolean hasInfo() {
    return infoOffset != NO_INFO;
  }

  /** Offset in {@link #memory} of a slot's {@link PacketInfo}. Only with {@link #hasInfo}. */
  public long infoAt(int slot) {
    return slot * stride + infoOffset;
  }

  /** Offset in {@link #memory} of a slot's payload. */
  public long payloadAt(int slot) {
    return slot * stride + payloadOffset;
  }
}
