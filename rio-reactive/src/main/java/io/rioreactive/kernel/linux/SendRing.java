package io.rioreactive.kernel.linux;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionStatus;

/**
 * The sends of one socket from post to completion, first in, first out.
 *
 * <pre>
 *        head            next            tail
 *   ───────┼───── done ────┼── waiting ────┼───────
 *      to be dequeued   to be sent     to be posted
 * </pre>
 *
 * <p>Sized at bind; a slot is posted once at a time, so it never overflows. The queue's thread.
 */
final class SendRing {

  /** Results; any other is an error code. */
  private static final int SENT = 0;

  private static final int ENDED = -1;

  private final int[] slots;
  private final int[] lengths;
  private final int[] results;
  private int head;
  private int done;
  private int waiting;

  SendRing(int capacity) {
    slots = new int[capacity];
    lengths = new int[capacity];
    results = new int[capacity];
  }

  /** Sends that have their result and are not dequeued. */
  int done() {
    return done;
  }

  /** Sends that are posted and have no result. */
  int waiting() {
    return waiting;
  }

  void post(int slot, int length) {
    if (done + waiting == slots.length) {
      throw new IllegalStateException("more sends posted than there are slots");
    }
    int i = place(done + waiting);
    slots[i] = slot;
    lengths[i] = length;
    waiting++;
  }

  /** The slot of the {@code i}th waiting send. */
  int slot(int i) {
    return slots[place(done + i)];
  }

  /** The length of the {@code i}th waiting send. */
  int length(int i) {
    return lengths[place(done + i)];
  }

  /** The first {@code count} waiting sends went out. */
  void sent(int count) {
    for (int i = 0; i < count; i++) {
      finish(SENT);
    }
  }

  /** The first waiting send failed with a code of the system's, and the socket goes on. */
  void failed(int code) {
    finish(code);
  }

  /** No waiting send goes out any more: the socket has come to its end. */
  void end() {
    while (waiting > 0) {
      finish(ENDED);
    }
  }

  private void finish(int result) {
    results[place(done)] = result;
    done++;
    waiting--;
  }

  /**
   * Moves results into the batch, as many as {@code room} allows.
   *
   * @param end what the socket's end means for those that had not gone out
   */
  void dequeue(CompletionBatch batch, int socket, int room, CompletionStatus end, int endCode) {
    for (int n = Math.min(room, done); n > 0; n--) {
      int result = results[head];
      if (result == SENT) {
        batch.addSend(socket, slots[head], CompletionStatus.OK, lengths[head], 0);
      } else if (result == ENDED) {
        batch.addSend(socket, slots[head], end, 0, endCode);
      } else {
        batch.addSend(socket, slots[head], CompletionStatus.FAILED, 0, result);
      }
      head = place(1);
      done--;
    }
  }

  /** Forgets all. */
  void clear() {
    done = 0;
    waiting = 0;
  }

  private int place(int i) {
    int place = head + i;
    return place < slots.length ? place : place - slots.length;
  }
}
