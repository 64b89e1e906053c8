package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * The control messages of a batch: a buffer for each message of a call, and a walk through what a
 * call has left there ({@code CMSG_FIRSTHDR} and {@code CMSG_NXTHDR}). The walk believes nothing:
 * whatever bytes and lengths stand there, it stays inside of the one buffer and comes to an end.
 *
 * <pre>
 * struct cmsghdr { size_t cmsg_len; int cmsg_level; int cmsg_type; } data, padded to 8 bytes
 * </pre>
 *
 * <p>Owned by a completion queue, with the headers that point to the buffers. The queue's thread
 * alone.
 */
final class ControlMessages {

  private static final long LENGTH = Layouts.CMSGHDR.offset("cmsg_len");
  private static final long LEVEL = Layouts.CMSGHDR.offset("cmsg_level");
  private static final long TYPE = Layouts.CMSGHDR.offset("cmsg_type");

  /** {@code CMSG_LEN(0)}: where the data of a message begins. */
  private static final long HEADER = Layouts.CMSGHDR.size();

  private final MemorySegment memory;
  private final long base;
  private final long size;

  // The walk: where its message stands, where the next one does, and the end of all.
  private long at;
  private long next;
  private long end;

  /**
   * Over the memory of so many buffers.
   *
   * @param base where in the memory the first buffer begins, a multiple of 8
   * @param size bytes of a buffer, a multiple of 8
   */
  ControlMessages(MemorySegment memory, long base, long size) {
    this.memory = memory;
    this.base = base;
    this.size = size;
  }

  /** {@code CMSG_SPACE}: bytes that a message with so much data takes in a buffer. */
  static long space(long dataSize) {
    return HEADER + pad(dataSize);
  }

  private static long pad(long bytes) {
    return (bytes + Long.BYTES - 1) & -Long.BYTES;
  }

  /** What {@code msg_control} of message {@code i} is to be. */
  long address(int i) {
    return memory.address() + offset(i);
  }

  private long offset(int i) {
    return base + i * size;
  }

  // ---- to write: one message in each buffer

  /**
   * Begins a buffer with the header of a message.
   *
   * @return where in the memory its data belongs
   */
  long put(int i, int level, int type, long dataSize) {
    long message = offset(i);
    memory.set(JAVA_LONG, message + LENGTH, HEADER + dataSize);
    memory.set(JAVA_INT, message + LEVEL, level);
    memory.set(JAVA_INT, message + TYPE, type);
    return message + HEADER;
  }

  // ---- to read

  /**
   * Begins a walk through buffer {@code i}.
   *
   * @param length {@code msg_controllen}, as the call left it
   */
  void walk(int i, long length) {
    next = offset(i);
    end = next + Math.clamp(length, 0, size);
  }

  /** Goes to the next message; false if there is none, or none that is whole. */
  boolean next() {
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
  boolean is(int level, int type, long dataSize) {
    return memory.get(JAVA_INT, at + TYPE) == type
        && memory.get(JAVA_INT, at + LEVEL) == level
        && memory.get(JAVA_LONG, at + LENGTH) - HEADER >= dataSize;
  }

  /** Where in the memory the data of the message stands. */
  long data() {
    return at + HEADER;
  }
}
