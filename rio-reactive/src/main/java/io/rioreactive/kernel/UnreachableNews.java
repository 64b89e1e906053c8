package io.rioreactive.kernel;

/**
 * News of earlier datagrams that a call which sends has brought, until the next dequeue: for
 * kernels that send by calls.
 *
 * <p>They are counted, and of different codes the last stands for all: a socket has one peer, and
 * what it tells hardly changes between two dequeues. The queue's thread.
 */
public final class UnreachableNews {

  private int waiting;
  private int code;

  /** None yet. */
  public UnreachableNews() {}

  /**
   * Adds one.
   *
   * @param code the system's error code
   */
  public void add(int code) {
    this.code = code;
    waiting++;
  }

  /** How many wait for a dequeue. */
  public int waiting() {
    return waiting;
  }

  /** Moves them into the batch, as many as it has room for. */
  public void dequeue(CompletionBatch batch, int socket) {
    for (; waiting > 0 && batch.remaining() > 0; waiting--) {
      batch.addUnreachable(socket, code);
    }
  }

  /** Forgets all. */
  public void clear() {
    waiting = 0;
  }
}
