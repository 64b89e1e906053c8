package io.rioreactive.kernel.windows;

/**
 * How long a completion queue must be: the one place where queues are sized.
 *
 * <pre>
 * request queue    = receive slots, send slots           (each direction by itself)
 * claim            = receive slots + send slots          (each post has one result at a time)
 * completion queue = the claims of all its sockets       (FIRST at least, at most RIO_MAX_CQ_SIZE)
 * </pre>
 *
 * <p>A socket's claim counts from before its request queue is created until it is closed and
 * drained. The queue grows and never shrinks.
 */
final class RioQueueSize {

  static final int MOST = Constants.RIO_MAX_CQ_SIZE;

  /** Enough for a server with the default slots: 1,024 receives and 256 sends. */
  static final int FIRST = 2_048;

  /** What the system keeps of each entry at least. */
  private static final long ENTRY_BYTES = Layouts.RIORESULT.size();

  private int size = FIRST;
  private long claimed;

  /** The entries that one socket can need at a time. */
  static int claim(int receiveSlots, int sendSlots) {
    return receiveSlots + sendSlots;
  }

  /** Bytes the system needs at least for a claim. */
  static long bytes(int claim) {
    return claim * ENTRY_BYTES;
  }

  /** The length it has. */
  int size() {
    return size;
  }

  /** The entries its sockets may need. */
  long claimed() {
    return claimed;
  }

  /** Whether one more socket can have its claim on this queue at all. */
  boolean isPossible(int claim) {
    return claimed + claim <= MOST;
  }

  /**
   * The length to grow to before a socket with this claim joins; the present one if it will do. At
   * least twice the present one, so that thousands of sockets do not cost thousands of resizes.
   */
  int sizeWith(int claim) {
    long needed = claimed + claim;
    return needed <= size ? size : (int) Math.min(MOST, Math.max(needed, 2L * size));
  }

  /** The queue has grown. */
  void onResized(int newSize) {
    size = newSize;
  }

  /** A socket has joined. */
  void take(int claim) {
    claimed += claim;
  }

  /** A socket is closed and drained. */
  void giveBack(int claim) {
    claimed -= claim;
  }
}
