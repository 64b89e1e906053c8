package io.rioreactive.kernel.linux;

/**
 * What the last call brought to a socket with UDP_GRO, as far as it has not been told: messages
 * that stand in the socket's places one after the other, each of one or several datagrams of one
 * size but for a shorter last one.
 *
 * <p>No call is made before all of them are told, so at most those of one call are there; and of
 * these only the last message may hold more than was posted ({@link #mostMessages}). The queue's
 * thread alone.
 */
final class CoalescedMessages {

  /** Of one message at most; 64 with kernels before 6.9. */
  private static final int MOST_DATAGRAMS = 128;

  /** Bytes of a place: what a message has at most, 65,535 less 8 of UDP's header over IPv6. */
  static final int SIZE = 65_527;

  private final int[] lengths;
  private final int[] sizes;
  private int count;
  private int left;

  // The datagram that is told next.
  private int message;
  private int offset;

  /** None, with room for what {@link #mostMessages} allows. */
  CoalescedMessages(int receiveSlots) {
    lengths = new int[mostMessages(receiveSlots)];
    sizes = new int[lengths.length];
  }

  /**
   * The most messages that may be asked for, so that all but the last hold less than what is
   * posted, however many datagrams each has.
   */
  static int mostMessages(int posted) {
    return Math.min(MmsgReceives.MOST_MESSAGES, 1 + (posted - 1) / MOST_DATAGRAMS);
  }

  boolean isEmpty() {
    return left == 0;
  }

  /** Datagrams. */
  int left() {
    return left;
  }

  /** Forgets what has been told. */
  void clear() {
    count = 0;
    message = 0;
    offset = 0;
  }

  /**
   * Adds a message.
   *
   * @param length its bytes
   * @param size those of each datagram; 0 if it is one
   */
  void add(int length, int size) {
    int whole = Math.clamp(length, 0, SIZE);
    lengths[count] = whole;
    sizes[count] = size == 0 ? Math.max(1, whole) : size;
    left += Math.max(1, (whole + sizes[count] - 1) / sizes[count]); // an empty one counts
    count++;
  }

  /** Where the next datagram stands. */
  int place() {
    return message;
  }

  /** Where in its place it begins. */
  int offset() {
    return offset;
  }

  int length() {
    return Math.min(sizes[message], lengths[message] - offset);
  }

  /** It has been told. */
  void next() {
    left--;
    offset += sizes[message];
    if (offset >= lengths[message]) {
      message++;
      offset = 0;
    }
  }
}
