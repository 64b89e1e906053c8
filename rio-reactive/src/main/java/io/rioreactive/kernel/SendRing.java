package io.rioreactive.kernel;

/**
 * The sends of one socket from post to completion, first in, first out: for kernels that send by
 * calls, not by requests of their own.
 *
 * <pre>
 *        head            next            tail
 *   ───────┼───── done ────┼── waiting ────┼───────
 *      to be dequeued   to be sent     to be posted
 * </pre>
 *
 * <p>Sized at bind; a slot is posted once at a time, so it never overflows. The queue's thread.
 */
public final class SendRing {

  private static final CompletionStatus[] STATUSES = CompletionStatus.values();

  private final int[] slots;
  private final int[] lengths;
  private final int[] codes;
  private final byte[] statuses; // ordinals: the collector charges for each reference stored
  private int head;
  private int done;
  private int waiting;

  /** Room for so many sends: the send slots of the socket. */
  public SendRing(int capacity) {
    slots = new int[capacity];
    lengths = new int[capacity];
    codes = new int[capacity];
    statuses = new byte[capacity];
  }

  /** Sends that have their result and are not dequeued. */
  public int done() {
    return done;
  }

  /** Sends that are posted and have no result. */
  public int waiting() {
    return waiting;
  }

  /** A slot with so many bytes waits to be sent. */
  public void post(int slot, int length) {
    if (done + waiting == slots.length) {
      throw new IllegalStateException("more sends posted than there are slots");
    }
    int i = place(done + waiting);
    slots[i] = slot;
    lengths[i] = length;
    waiting++;
  }

  /** The slot of the {@code i}th waiting send. */
  public int slot(int i) {
    return slots[place(done + i)];
  }

  /** The length of the {@code i}th waiting send. */
  public int length(int i) {
    return lengths[place(done + i)];
  }

  /** The first {@code count} waiting sends went out. */
  public void sent(int count) {
    for (int i = 0; i < count; i++) {
      finish(CompletionStatus.OK, 0);
    }
  }

  /** The first waiting send did not go out. */
  public void failed(CompletionStatus status, int code) {
    lengths[place(done)] = 0;
    finish(status, code);
  }

  /** No waiting send goes out any more. */
  public void allFailed(CompletionStatus status, int code) {
    while (waiting > 0) {
      failed(status, code);
    }
  }

  private void finish(CompletionStatus status, int code) {
    int i = place(done);
    statuses[i] = (byte) status.ordinal();
    codes[i] = code;
    done++;
    waiting--;
  }

  /** Moves results into the batch, as many as {@code room} allows. */
  public void dequeue(CompletionBatch batch, int socket, int room) {
    for (int n = Math.min(room, done); n > 0; n--) {
      batch.addSend(socket, slots[head], STATUSES[statuses[head]], lengths[head], codes[head]);
      head = place(1);
      done--;
    }
  }

  /** Forgets all. */
  public void clear() {
    done = 0;
    waiting = 0;
  }

  private int place(int i) {
    int place = head + i;
    return place < slots.length ? place : place - slots.length;
  }
}
