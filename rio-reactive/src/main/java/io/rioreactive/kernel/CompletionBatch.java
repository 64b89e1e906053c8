package io.rioreactive.kernel;

/**
 * Completions of one turn as numbers, written by the kernel and read by the pump: no object for
 * each datagram, and two words for each completion.
 *
 * <pre>
 * what:  slot (32 bits) | socket (24) | receive (1) | status (7)
 * where: length (24 bits) | offset (16) | place (24)
 * </pre>
 *
 * <p>One thread: the pump. It is cleared and filled again each turn.
 */
public final class CompletionBatch {

  /** The most completions of a batch. */
  public static final int CAPACITY = 256;

  private static final CompletionStatus[] STATUSES = CompletionStatus.values();
  private static final int STATUS_MASK = 0x7F;
  private static final int RECEIVE = 0x80;
  private static final int RECEIVED = RECEIVE | CompletionStatus.OK.ordinal();
  private static final int KIND_MASK = RECEIVE | STATUS_MASK;
  private static final int NO_SLOT = -1;
  private static final int SOCKET_SHIFT = 8;
  private static final int HIGH_SHIFT = 32;

  private static final int PLACE_MASK = 0xFF_FFFF;
  private static final int OFFSET_SHIFT = 24;
  private static final int OFFSET_MASK = 0xFFFF;
  private static final int LENGTH_SHIFT = 40;

  private final long[] what;
  private final long[] where;

  /** Written only where something failed, which is rare. */
  private final int[] code;

  private int size;

  /** A batch with room for {@link #CAPACITY} completions. */
  public CompletionBatch() {
    this(CAPACITY);
  }

  /** A batch with room for 1 to {@link #CAPACITY} completions. */
  public CompletionBatch(int capacity) {
    if (capacity < 1 || capacity > CAPACITY) {
      throw new IllegalArgumentException("capacity " + capacity + " is not 1 to " + CAPACITY);
    }
    what = new long[capacity];
    where = new long[capacity];
    code = new int[capacity];
  }

  /** How many completions it holds. */
  public int size() {
    return size;
  }

  /** How many more fit. */
  public int remaining() {
    return what.length - size;
  }

  /** Forgets all completions. */
  public void clear() {
    size = 0;
  }

  /**
   * Adds the completion of a receive whose datagram stands in the slot that was posted. There must
   * be room.
   *
   * @param length bytes received; for {@link CompletionStatus#TRUNCATED} the datagram's true length
   *     where the kernel tells it, else the slot's size
   * @param code the system's error code where the status is a failure, else 0
   */
  public void addReceive(int socket, int slot, CompletionStatus status, int length, int code) {
    add(socket, RECEIVE, slot, slot, 0, status, length, code);
  }

  /**
   * Adds the completion of a receive where the post was only a number, and the kernel chose the
   * memory when the datagram came. There must be room.
   *
   * @param place where in {@link RequestQueue#receiveSlots} it stands, until the next dequeue
   */
  public void addReceive(
      int socket, int slot, int place, CompletionStatus status, int length, int code) {
    add(socket, RECEIVE, slot, place, 0, status, length, code);
  }

  /**
   * Adds the completion of a receive whose datagram came with others, all of them in one place.
   * There must be room.
   *
   * @param offset where in the payload of that place it begins
   */
  public void addCoalesced(
      int socket, int slot, int place, int offset, CompletionStatus status, int length) {
    add(socket, RECEIVE, slot, place, offset, status, length, 0);
  }

  /**
   * Adds the completion of a send. There must be room.
   *
   * @param length bytes sent; 0 where none were
   * @param code the system's error code where the status is a failure, else 0
   */
  public void addSend(int socket, int slot, CompletionStatus status, int length, int code) {
    add(socket, 0, slot, slot, 0, status, length, code);
  }

  /**
   * Adds the news that a datagram sent earlier on this connected socket could not be delivered. No
   * request completes with it. There must be room.
   *
   * @param code the system's error code
   */
  public void addUnreachable(int socket, int code) {
    add(socket, RECEIVE, NO_SLOT, 0, 0, CompletionStatus.FAILED, 0, code);
  }

  private void add(
      int socket,
      int direction,
      int slot,
      int place,
      int offset,
      CompletionStatus status,
      int length,
      int code) {
    int i = size;
    what[i] = pack(slot, (socket << SOCKET_SHIFT) | direction | status.ordinal());
    where[i] = ((long) length << LENGTH_SHIFT) | ((long) offset << OFFSET_SHIFT) | place;
    if (code != 0 || this.code[i] != 0) {
      this.code[i] = code;
    }
    size = i + 1;
  }

  private static long pack(int high, int low) {
    return ((long) high << HIGH_SHIFT) | (low & 0xFFFF_FFFFL);
  }

  /** {@link RequestQueue#index} of the socket of completion {@code i}. */
  public int socket(int i) {
    return (int) what[i] >>> SOCKET_SHIFT;
  }

  /** Whether completion {@code i} is a receive; else it is a send. */
  public boolean isReceive(int i) {
    return (what[i] & RECEIVE) != 0;
  }

  /** Whether completion {@code i} is a datagram that was received whole: what most of them are. */
  public boolean isReceived(int i) {
    return (what[i] & KIND_MASK) == RECEIVED;
  }

  /** Whether {@code i} is news of an earlier datagram: no slot, and a code that says why. */
  public boolean isUnreachable(int i) {
    return slot(i) == NO_SLOT;
  }

  /** The slot of completion {@code i}: the one that was posted. */
  public int slot(int i) {
    return (int) (what[i] >>> HIGH_SHIFT);
  }

  /** Where in its direction's region the datagram of completion {@code i} stands. */
  public int place(int i) {
    return (int) where[i] & PLACE_MASK;
  }

  /** Where in the payload of its place it begins: 0 but for one that came with others. */
  public int offset(int i) {
    return (int) (where[i] >>> OFFSET_SHIFT) & OFFSET_MASK;
  }

  /** What became of the request. */
  public CompletionStatus status(int i) {
    return STATUSES[(int) what[i] & STATUS_MASK];
  }

  /** Bytes of payload; see {@link #addReceive} and {@link #addSend}. */
  public int length(int i) {
    return (int) (where[i] >>> LENGTH_SHIFT);
  }

  /** The system's error code, for {@link RequestQueue#error}; 0 where nothing failed. */
  public int code(int i) {
    return code[i];
  }
}
