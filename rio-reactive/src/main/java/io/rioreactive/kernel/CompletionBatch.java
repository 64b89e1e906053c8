package io.rioreactive.kernel;

/**
 * Completions of one turn as columns of numbers, written by the kernel and read by the pump: no
 * object for each datagram.
 *
 * <p>One thread: the pump. It is cleared and filled again each turn.
 */
public final class CompletionBatch {

  /** The most completions of a batch. */
  public static final int CAPACITY = 256;

  private static final CompletionStatus[] STATUSES = CompletionStatus.values();

  private final int[] socket;
  private final boolean[] receive;
  private final int[] slot;
  private final int[] place;
  private final byte[] status;
  private final int[] length;
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
    socket = new int[capacity];
    receive = new boolean[capacity];
    slot = new int[capacity];
    place = new int[capacity];
    status = new byte[capacity];
    length = new int[capacity];
    code = new int[capacity];
  }

  /** How many completions it holds. */
  public int size() {
    return size;
  }

  /** How many more fit. */
  public int remaining() {
    return socket.length - size;
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
    add(socket, true, slot, slot, status, length, code);
  }

  /**
   * Adds the completion of a receive where the post was only a number, and the kernel chose the
   * memory when the datagram came. There must be room.
   *
   * @param place where in {@link RequestQueue#receiveSlots} it stands, until the next dequeue
   */
  public void addReceive(
      int socket, int slot, int place, CompletionStatus status, int length, int code) {
    add(socket, true, slot, place, status, length, code);
  }

  /**
   * Adds the completion of a send. There must be room.
   *
   * @param length bytes sent; 0 where none were
   * @param code the system's error code where the status is a failure, else 0
   */
  public void addSend(int socket, int slot, CompletionStatus status, int length, int code) {
    add(socket, false, slot, slot, status, length, code);
  }

  private void add(
      int socket,
      boolean receive,
      int slot,
      int place,
      CompletionStatus status,
      int length,
      int code) {
    int i = size;
    this.socket[i] = socket;
    this.receive[i] = receive;
    this.slot[i] = slot;
    this.place[i] = place;
    this.status[i] = (byte) status.ordinal();
    this.length[i] = length;
    this.code[i] = code;
    size = i + 1;
  }

  /** {@link RequestQueue#index} of the socket of completion {@code i}. */
  public int socket(int i) {
    return socket[i];
  }

  /** Whether completion {@code i} is a receive; else it is a send. */
  public boolean isReceive(int i) {
    return receive[i];
  }

  /** The slot of completion {@code i}: the one that was posted. */
  public int slot(int i) {
    return slot[i];
  }

  /** Where in its direction's region the datagram of completion {@code i} stands. */
  public int place(int i) {
    return place[i];
  }

  /** What became of the request. */
  public CompletionStatus status(int i) {
    return STATUSES[status[i]];
  }

  /** Bytes of payload; see {@link #addReceive} and {@link #addSend}. */
  public int length(int i) {
    return length[i];
  }

  /** The system's error code, for {@link RequestQueue#error}; 0 where nothing failed. */
  public int code(int i) {
    return code[i];
  }
}
