package io.rioreactive.kernel.nio;

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

  private final int[] slots;
  private final int[] lengths;
  private final int[] codes;
  private final CompletionStatus[] statuses;
  private int head;
  private int done;
  private int waiting;

  SendRing(int capacity) {
    slots = new int[capacity];
    lengths = new int[capacity];
    codes = new int[capacity];
    statuses = new CompletionStatus[capacity];
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

  /** The slot of the first waiting send. */
  int firstSlot() {
    return slots[place(done)];
  }

  /** The length of the first waiting send. */
  int firstLength() {
    return lengths[place(done)];
  }

  /** The first waiting send went out. */
  void firstSent() {
    finish(CompletionStatus.OK, 0);
  }

  /** The first waiting send did not go out. */
  void firstFailed(CompletionStatus status, int code) {
    lengths[place(done)] = 0;
    finish(status, code);
  }

  /** No waiting send goes out any more. */
  void allFailed(CompletionStatus status, int code) {
    while (waiting > 0) {
      firstFailed(status, code);
    }
  }

  private void finish(CompletionStatus status, int code) {
    int i = place(done);
    statuses[i] = status;
    codes[i] = code;
    done++;
    waiting--;
  }

  /** Moves results into the batch, as many as {@code room} allows. */
  void dequeue(CompletionBatch batch, int socket, int room) {
    for (int n = Math.min(room, done); n > 0; n--) {
      batch.addSend(socket, slots[head], statuses[head], lengths[head], codes[head]);
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
