package io.rioreactive.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * Control messages: a buffer for each message of a batch or each slot, and a walk through what a
 * call has left there ({@code CMSG_FIRSTHDR} and {@code CMSG_NXTHDR}). The walk believes nothing:
 * whatever bytes and lengths stand there, it stays inside of the one buffer and comes to an end.
 * 64-bit Linux and Windows have the same header.
 *
 * <pre>
 * struct cmsghdr    { size_t cmsg_len; int cmsg_level; int cmsg_type; } data, padded to 8 bytes
 * struct WSACMSGHDR { SIZE_T cmsg_len; INT cmsg_level; INT cmsg_type; } the same
 * </pre>
 *
 * <p>Owned by a completion queue or a socket of its, with what points to the buffers. The queue's
 * thread alone.
 */
public final class ControlMessages {

  private static final long LENGTH = 0;
  private static final long LEVEL = 8;
  private static final long TYPE = 12;

  /** {@code CMSG_LEN(0)}: where the data of a message begins. */
  private static final long HEADER = 16;

  private final MemorySegment memory;
  private final long base;
  private final long stride;
  private final long size;

  // The walk: where its message stands, where the next one does, and the end of all.
  private long at;
  private long next;
  private long end;

  /**
   * Over the memory of so many buffers, one behind the other.
   *
   * @param base where in the memory the first buffer begins, a multiple of 8
   * @param size bytes of a buffer, a multiple of 8
   */
  public ControlMessages(MemorySegment memory, long base, long size) {
    this(memory, base, size, size);
  }

  /**
   * Over the memory of so many buffers.
   *
   * @param base where in the memory the first buffer begins, a multiple of 8
   * @param stride bytes from one buffer to the next, a multiple of 8
   * @param size bytes of a buffer, a multiple of 8
   */
  public ControlMessages(MemorySegment memory, long base, long stride, long size) {
    this.memory = memory;
    this.base = base;
    this.stride = stride;
    this.size = size;
  }

  /** {@code CMSG_SPACE}: bytes that a message with so much data takes in a buffer. */
  public static long space(long dataSize) {
    return HEADER + pad(dataSize);
  }

  private static long pad(long bytes) {
    return (bytes + Long.BYTES - 1) & -Long.BYTES;
  }

  /** Where buffer {@code i} stands, for the system. */
  public long address(int i) {
    return memory.address() + offset(i);
  }

  private long offset(int i) {
    return base + i * stride;
  }

  // ---- to write

  /**
   * Begins a buffer with the header of a message.
   *
   * @return where in the memory its data belongs
   */
  public long put(int i, int level, int type, long dataSize) {
    return put(i, 0, level, type, dataSize);
  }

  /**
   * Puts the header of a message into a buffer.
   *
   * @param used bytes of messages that the buffer has already: a sum of {@link #space}
   * @return where in the memory its data belongs
   */
  public long put(int i, long used, int level, int type, long dataSize) {
    long message = offset(i) + used;
    memory.set(JAVA_LONG, message + LENGTH, HEADER + dataSize);
    memory.set(JAVA_INT, message + LEVEL, level);
    memory.set(JAVA_INT, message + TYPE, type);
    return message + HEADER;
  }

  // ---- to read

  /**
   * Begins a walk through buffer {@code i}.
   *
   * @param length bytes that the call has written there, as it says
   */
  public void walk(int i, long length) {
    next = offset(i);
    end = next + Math.clamp(length, 0, size);
  }

  /** Goes to the next message; false if there is none, or none that is whole. */
  public boolean next() {
    at = next;
    if (end - at < HEADER) {
      return false;
    }
    long length = memory.get(JAVA_LONG, at + LENGTH);
    if (length < HEADER || length > end - at) {
      next = end;
      return false;
    }
    next = Math.min(end, at + pad(length));
    return true;
  }

  /** Whether the message is of this kind and has so much data at least. */
  public boolean is(int level, int type, long dataSize) {
    return memory.get(JAVA_INT, at + TYPE) == type
        && memory.get(JAVA_INT, at + LEVEL) == level
        && memory.get(JAVA_LONG, at + LENGTH) - HEADER >= dataSize;
  }

  /** Where in the memory the data of the message stands. */
  public long data() {
    return at + HEADER;
  }
}
