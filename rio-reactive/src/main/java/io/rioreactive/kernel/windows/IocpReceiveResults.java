package io.rioreactive.kernel.windows;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionStatus;

/**
 * Receives of one socket that were done within their call and for which no packet comes, from post
 * to dequeue, first in, first out.
 *
 * <p>Sized at bind; a slot is posted once at a time, so it never overflows. The queue's thread.
 */
final class IocpReceiveResults {

  private final int[] slots;
  private final int[] lengths;
  private final int[] codes;
  private int head;
  private int size;

  /** Room for so many results: the receive slots of the socket. */
  IocpReceiveResults(int capacity) {
    slots = new int[capacity];
    lengths = new int[capacity];
    codes = new int[capacity];
  }

  int size() {
    return size;
  }

  /** The slot of the oldest result. */
  int firstSlot() {
    return slots[head];
  }

  /**
   * Adds a result.
   *
   * @param code 0 where a datagram was received whole
   */
  void add(int slot, int length, int code) {
    if (size == slots.length) {
      throw new IllegalStateException("more receives posted than there are slots");
    }
    int sum = head + size;
    int place = sum < slots.length ? sum : sum - slots.length;
    slots[place] = slot;
    lengths[place] = length;
    codes[place] = code;
    size++;
  }

  /** Moves the oldest result into the batch, which must have room. */
  void moveFirst(CompletionBatch batch, int socket) {
    int code = codes[head];
    if (code == 0) {
      batch.addReceive(socket, slots[head], CompletionStatus.OK, lengths[head], 0);
    } else if (code == WsaError.WSAEMSGSIZE.code()) {
      batch.addReceive(socket, slots[head], CompletionStatus.TRUNCATED, lengths[head], 0);
    } else {
      batch.addReceive(socket, slots[head], CompletionStatus.FAILED, 0, code);
    }
    head = head + 1 == slots.length ? 0 : head + 1;
    size--;
  }

  /** Forgets all. */
  void clear() {
    size = 0;
  }
}
