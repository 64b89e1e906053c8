package io.rioreactive.samples;

/**
 * Which datagrams of one sender have been answered: a bit for each of the last million sequence
 * numbers, so neither a lost reply nor a duplicate one costs memory. For one thread at a time.
 */
final class ReplyWindow {

  /** What a reply is to us. */
  enum Reply {
    /** The first one, to a datagram that is waited for. */
    IN_TIME,
    /** The first one, to a datagram that had been given up. */
    LATE,
    /** To a datagram that has been answered before. */
    DUPLICATE,
    /** To none that was sent, or to one so old that nothing is known of it any more. */
    UNKNOWN
  }

  static final int CAPACITY = 1 << 20;

  private final long[] answered = new long[CAPACITY / Long.SIZE];

  /** The next sequence number. */
  private long next;

  /** Those before it are not waited for. */
  private long oldestAwaited;

  private long awaited;

  /** The sequence number of one more datagram, which is waited for from now on. */
  long send() {
    giveUpBefore(next + 1 - CAPACITY); // its bit is needed
    answered[word(next)] &= ~bit(next);
    awaited++;
    return next++;
  }

  Reply onReply(long sequence) {
    if (sequence < 0 || sequence >= next || sequence < next - CAPACITY) {
      return Reply.UNKNOWN;
    }
    if (isAnswered(sequence)) {
      return Reply.DUPLICATE;
    }
    answered[word(sequence)] |= bit(sequence);
    if (sequence < oldestAwaited) {
      return Reply.LATE;
    }
    awaited--;
    return Reply.IN_TIME;
  }

  /** Waits no longer for those before this sequence number; answers how many that were. */
  long giveUpBefore(long sequence) {
    long before = awaited;
    for (; oldestAwaited < sequence; oldestAwaited++) {
      if (!isAnswered(oldestAwaited)) {
        awaited--;
      }
    }
    return before - awaited;
  }

  /** The sequence number after the last one sent. */
  long sent() {
    return next;
  }

  /** Datagrams sent and neither answered nor given up. */
  long awaited() {
    return awaited;
  }

  private boolean isAnswered(long sequence) {
    return (answered[word(sequence)] & bit(sequence)) != 0;
  }

  private static int word(long sequence) {
    return (int) (sequence % CAPACITY / Long.SIZE);
  }

  private static long bit(long sequence) {
    return 1L << (sequence % Long.SIZE);
  }
}
