package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * The ring through which the system tells what became of requests. {@link #next} goes to the next
 * entry, the other methods read it.
 *
 * <p>Part of a {@link Uring}, which owns the memory. The ring's thread alone.
 */
final class CompletionRing {

  private static final VarHandle INT = JAVA_INT.varHandle();

  private static final long ENTRY = UringLayouts.IO_URING_CQE.size();
  private static final long USER_DATA = UringLayouts.IO_URING_CQE.offset("user_data");
  private static final long RESULT = UringLayouts.IO_URING_CQE.offset("res");
  private static final long FLAGS = UringLayouts.IO_URING_CQE.offset("flags");

  private final MemorySegment ring;
  private final long headAt;
  private final long tailAt;
  private final long entriesAt;
  private final int mask;

  /** As far as the system is known to have written. */
  private int tail;

  private int head;
  private long entry;

  /**
   * Over memory that the system shares.
   *
   * @param params as {@code io_uring_setup} has filled them
   */
  CompletionRing(MemorySegment ring, MemorySegment params) {
    this.ring = ring;
    headAt = offset(params, "head");
    tailAt = offset(params, "tail");
    entriesAt = offset(params, "cqes");
    mask = ring.get(JAVA_INT, offset(params, "ring_mask"));
  }

  private static long offset(MemorySegment params, String field) {
    return params.get(JAVA_INT, UringLayouts.IO_URING_PARAMS.offset("cq_off", field));
  }

  /** Goes to the next entry; false if there is none, and then all places are the system's again. */
  boolean next() {
    if (head == tail) {
      INT.setRelease(ring, headAt, head);
      tail = (int) INT.getAcquire(ring, tailAt);
      if (head == tail) {
        return false;
      }
    }
    entry = entriesAt + (head++ & mask) * ENTRY;
    return true;
  }

  /** The number that the request was given with. */
  long userData() {
    return ring.get(JAVA_LONG, entry + USER_DATA);
  }

  /** What a call would have returned, or its negative error code. */
  int result() {
    return ring.get(JAVA_INT, entry + RESULT);
  }

  /** {@code IORING_CQE_F_…}. */
  int flags() {
    return ring.get(JAVA_INT, entry + FLAGS);
  }

  /** Whether nothing more comes of this request. */
  boolean isLast() {
    return (flags() & UringConstants.IORING_CQE_F_MORE) == 0;
  }
}
