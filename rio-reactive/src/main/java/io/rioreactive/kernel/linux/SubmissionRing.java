package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * The ring through which the system is given requests: a request is written into the next entry,
 * and the system takes all of them when it is entered.
 *
 * <p>Part of a {@link Uring}, which owns the memory. The ring's thread alone.
 */
final class SubmissionRing {

  private static final VarHandle INT = JAVA_INT.varHandle();

  private static final long ENTRY = UringLayouts.IO_URING_SQE.size();
  private static final long OPCODE = UringLayouts.IO_URING_SQE.offset("opcode");
  private static final long FLAGS = UringLayouts.IO_URING_SQE.offset("flags");
  private static final long IOPRIO = UringLayouts.IO_URING_SQE.offset("ioprio");
  private static final long FD = UringLayouts.IO_URING_SQE.offset("fd");
  private static final long ADDR = UringLayouts.IO_URING_SQE.offset("addr");
  private static final long LEN = UringLayouts.IO_URING_SQE.offset("len");
  private static final long OPERATION_FLAGS = UringLayouts.IO_URING_SQE.offset("msg_flags");
  private static final long USER_DATA = UringLayouts.IO_URING_SQE.offset("user_data");
  private static final long BUFFER_GROUP = UringLayouts.IO_URING_SQE.offset("buf_group");

  private final MemorySegment ring;
  private final MemorySegment entries;
  private final long headAt;
  private final long tailAt;
  private final long flagsAt;
  private final int capacity;
  private int tail;

  /**
   * Over memory that the system shares.
   *
   * @param params as {@code io_uring_setup} has filled them
   */
  SubmissionRing(MemorySegment ring, MemorySegment entries, MemorySegment params) {
    this.ring = ring;
    this.entries = entries;
    headAt = offset(params, "head");
    tailAt = offset(params, "tail");
    flagsAt = offset(params, "flags");
    capacity = ring.get(JAVA_INT, offset(params, "ring_entries"));
    long array = offset(params, "array");
    for (int i = 0; i < capacity; i++) {
      ring.set(JAVA_INT, array + i * JAVA_INT.byteSize(), i); // entry i stands at place i
    }
  }

  private static long offset(MemorySegment params, String field) {
    return params.get(JAVA_INT, UringLayouts.IO_URING_PARAMS.offset("sq_off", field));
  }

  /** Entries that the system has not taken. */
  int pending() {
    return tail - (int) INT.getAcquire(ring, headAt);
  }

  /** Entries that a request can be written into. */
  int room() {
    return capacity - pending();
  }

  /** What the system says of itself: {@code IORING_SQ_…}. */
  int flags() {
    return (int) INT.getAcquire(ring, flagsAt);
  }

  // ---- one request each; the ring must not be full

  /** A receive for each buffer of a group, until there is none: {@code IORING_RECV_MULTISHOT}. */
  void receive(int fd, long msghdr, int bufferGroup, long userData) {
    long entry = begin(UringConstants.IORING_OP_RECVMSG, fd, userData);
    entries.set(JAVA_BYTE, entry + FLAGS, (byte) UringConstants.IOSQE_BUFFER_SELECT);
    entries.set(JAVA_SHORT, entry + IOPRIO, (short) UringConstants.IORING_RECV_MULTISHOT);
    entries.set(JAVA_LONG, entry + ADDR, msghdr);
    entries.set(JAVA_INT, entry + LEN, 1);
    entries.set(JAVA_INT, entry + OPERATION_FLAGS, Constants.MSG_TRUNC);
    entries.set(JAVA_SHORT, entry + BUFFER_GROUP, (short) bufferGroup);
    end();
  }

  /**
   * Tells when a descriptor has one of these events, or an error.
   *
   * @param flags {@code IORING_POLL_ADD_MULTI} to go on telling, or 0
   */
  void poll(int fd, int events, int flags, long userData) {
    long entry = begin(UringConstants.IORING_OP_POLL_ADD, fd, userData);
    entries.set(JAVA_INT, entry + LEN, flags);
    entries.set(JAVA_INT, entry + OPERATION_FLAGS, events);
    end();
  }

  /** Takes back the request that was given with this number. */
  void cancel(long target, long userData) {
    long entry = begin(UringConstants.IORING_OP_ASYNC_CANCEL, -1, userData);
    entries.set(JAVA_LONG, entry + ADDR, target);
    end();
  }

  /** Takes back all requests. */
  void cancelAll(long userData) {
    long entry = begin(UringConstants.IORING_OP_ASYNC_CANCEL, -1, userData);
    int flags = UringConstants.IORING_ASYNC_CANCEL_ALL | UringConstants.IORING_ASYNC_CANCEL_ANY;
    entries.set(JAVA_INT, entry + OPERATION_FLAGS, flags);
    end();
  }

  private long begin(int opcode, int fd, long userData) {
    long entry = (tail & (capacity - 1)) * ENTRY;
    entries.asSlice(entry, ENTRY).fill((byte) 0);
    entries.set(JAVA_BYTE, entry + OPCODE, (byte) opcode);
    entries.set(JAVA_INT, entry + FD, fd);
    entries.set(JAVA_LONG, entry + USER_DATA, userData);
    return entry;
  }

  /** The entry is whole: from here on the system may take it. */
  private void end() {
    tail++;
    INT.setRelease(ring, tailAt, tail);
  }
}
