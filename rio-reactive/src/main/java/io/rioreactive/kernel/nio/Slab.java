package io.rioreactive.kernel.nio;

import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * The memory of the slots of one direction of a socket, and the byte buffers through which channels
 * fill and empty them.
 *
 * <p>A byte buffer ends at 2 GiB and slots may not, so there is one for each run of slots; none for
 * each slot. The queue's thread alone.
 */
final class Slab {

  private static final int CACHE_LINE = 64;
  private static final int MOST_BYTES_IN_A_BUFFER = 1 << 30;

  /** Behind the payload: a datagram that reaches it did not fit, which channels do not tell. */
  private static final int SPARE = 1;

  private final SlotRegion region;
  private final ByteBuffer[] buffers;
  private final int slotsInABufferShift;
  private final int slotsInABufferMask;

  private Slab(
      MemorySegment memory, int slots, int stride, int datagramSize, int mostBytesInABuffer) {
    region = new SlotRegion(memory, slots, stride, 0, SocketAddressFormat.SIZE, datagramSize);
    int slotsInABuffer = Integer.highestOneBit(mostBytesInABuffer / stride);
    slotsInABufferShift = Integer.numberOfTrailingZeros(slotsInABuffer);
    slotsInABufferMask = slotsInABuffer - 1;
    long bytesInABuffer = (long) slotsInABuffer * stride;
    buffers = new ByteBuffer[(slots + slotsInABuffer - 1) / slotsInABuffer];
    for (int i = 0; i < buffers.length; i++) {
      long begin = i * bytesInABuffer;
      long bytes = Math.min(bytesInABuffer, memory.byteSize() - begin);
      buffers[i] = memory.asSlice(begin, bytes).asByteBuffer();
    }
  }

  /**
   * Allocates slots that live as long as the arena.
   *
   * @throws IOException if the JDK's limit for direct memory, or the system's, is reached
   */
  static Slab allocate(Arena arena, int slots, int datagramSize) throws IOException {
    return allocate(arena, slots, datagramSize, MOST_BYTES_IN_A_BUFFER);
  }

  static Slab allocate(Arena arena, int slots, int datagramSize, int mostBytesInABuffer)
      throws IOException {
    int stride = stride(datagramSize);
    long bytes = (long) slots * stride;
    try {
      MemorySegment memory = arena.allocate(bytes, CACHE_LINE);
      return new Slab(memory, slots, stride, datagramSize, mostBytesInABuffer);
    } catch (OutOfMemoryError e) {
      throw new IOException(
          ("allocating %d bytes for %d slots failed: %s: choose fewer or smaller slots, or raise"
                  + " -XX:MaxDirectMemorySize")
              .formatted(bytes, slots, e.getMessage()),
          e);
    }
  }

  /** Bytes from slot to slot: address area + payload + spare byte. */
  private static int stride(int datagramSize) {
    return (int) SlotRegion.stride(SocketAddressFormat.SIZE + datagramSize + SPARE);
  }

  SlotRegion region() {
    return region;
  }

  /** A slot's payload and the spare byte, to receive into. Valid until the next call. */
  ByteBuffer toFill(int slot) {
    return window(slot, region.payloadSize() + SPARE);
  }

  /** The first bytes of a slot's payload, to send. Valid until the next call. */
  ByteBuffer toSend(int slot, int length) {
    return window(slot, length);
  }

  private ByteBuffer window(int slot, int length) {
    int begin = (slot & slotsInABufferMask) * (int) region.stride() + region.payloadOffset();
    return buffers[slot >> slotsInABufferShift].clear().position(begin).limit(begin + length);
  }
}
