package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.rioreactive.kernel.ControlMessages;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The {@code mmsghdr} array for receives, with one {@code iovec} for each message: what a batch
 * call is told and what it answers.
 *
 * <p>Owned by a completion queue and lent to each of its sockets for one call, since a thousand
 * sockets with arrays of their own would need megabytes. The queue's thread alone. It never knows
 * what a slot is: it gets addresses.
 */
final class MessageHeaders {

  /** Messages in one call: more gains nothing measurable, and a socket's turn must end. */
  static final int CAPACITY = 64;

  private static final long HEADER = Layouts.MMSGHDR.size();
  private static final long NAME = Layouts.MMSGHDR.offset("msg_hdr", "msg_name");
  private static final long NAME_LENGTH = Layouts.MMSGHDR.offset("msg_hdr", "msg_namelen");
  private static final long IOV = Layouts.MMSGHDR.offset("msg_hdr", "msg_iov");
  private static final long IOV_COUNT = Layouts.MMSGHDR.offset("msg_hdr", "msg_iovlen");
  private static final long CONTROL = Layouts.MMSGHDR.offset("msg_hdr", "msg_control");
  private static final long CONTROL_LENGTH = Layouts.MMSGHDR.offset("msg_hdr", "msg_controllen");
  private static final long FLAGS = Layouts.MMSGHDR.offset("msg_hdr", "msg_flags");
  private static final long LENGTH = Layouts.MMSGHDR.offset("msg_len");

  private static final long IOVEC = Layouts.IOVEC.size();
  private static final long IOVECS = CAPACITY * HEADER;
  private static final long BASE = IOVECS + Layouts.IOVEC.offset("iov_base");
  private static final long BASE_LENGTH = IOVECS + Layouts.IOVEC.offset("iov_len");

  private static final long ALIGNMENT = 64;

  private final MemorySegment memory;

  // What setRun has set.
  private long runFirst;
  private long runStride;
  private int runPayloadLength;
  private int runCount;

  /** All zero, but that each header points to its iovec. */
  MessageHeaders(Arena arena) {
    memory = arena.allocate(IOVECS + CAPACITY * IOVEC, ALIGNMENT);
    for (int i = 0; i < CAPACITY; i++) {
      memory.set(JAVA_LONG, i * HEADER + IOV, address() + IOVECS + i * IOVEC);
      memory.set(JAVA_LONG, i * HEADER + IOV_COUNT, 1L);
    }
  }

  /** What the call takes as {@code msgvec}. */
  long address() {
    return memory.address();
  }

  /**
   * Sets the first {@code count} messages to buffers that follow each other. What the last call of
   * this method set and no system call changes is not set again: mostly all but the lengths of the
   * names.
   *
   * @param first where the first buffer stands: name, and {@code payloadOffset} after it the
   *     payload
   */
  void setRun(
      int count, long first, long stride, int nameLength, int payloadOffset, int payloadLength) {
    if (first != runFirst || stride != runStride || payloadLength != runPayloadLength) {
      runFirst = first;
      runStride = stride;
      runPayloadLength = payloadLength;
      runCount = 0;
    }
    for (int i = 0; i < Math.min(count, runCount); i++) {
      memory.set(JAVA_INT, i * HEADER + NAME_LENGTH, nameLength);
    }
    for (int i = runCount; i < count; i++) {
      long name = first + i * stride;
      set(i, name, nameLength, name + payloadOffset, payloadLength);
    }
    runCount = Math.max(count, runCount);
  }

  /** Sets message {@code i}. Not to be mixed with {@link #setRun}. */
  void set(int i, long name, int nameLength, long payload, long payloadLength) {
    memory.set(JAVA_LONG, i * HEADER + NAME, name);
    memory.set(JAVA_INT, i * HEADER + NAME_LENGTH, nameLength);
    memory.set(JAVA_LONG, i * IOVEC + BASE, payload);
    memory.set(JAVA_LONG, i * IOVEC + BASE_LENGTH, payloadLength);
  }

  /** Gives each message a control buffer, of length 0 so far. Without this call there is none. */
  void setControls(ControlMessages controls) {
    for (int i = 0; i < CAPACITY; i++) {
      memory.set(JAVA_LONG, i * HEADER + CONTROL, controls.address(i));
    }
  }

  /** {@code msg_controllen} of message {@code i}: what there is, or room. A receive rewrites it. */
  void setControlLength(int i, long length) {
    memory.set(JAVA_LONG, i * HEADER + CONTROL_LENGTH, length);
  }

  /** {@code msg_controllen} of message {@code i}, as the call left it. */
  long controlLength(int i) {
    return memory.get(JAVA_LONG, i * HEADER + CONTROL_LENGTH);
  }

  /** {@code msg_len} of message {@code i}, as the call left it. */
  int length(int i) {
    return memory.get(JAVA_INT, i * HEADER + LENGTH);
  }

  /** {@code msg_flags} of message {@code i}, as the call left it. */
  int flags(int i) {
    return memory.get(JAVA_INT, i * HEADER + FLAGS);
  }
}
