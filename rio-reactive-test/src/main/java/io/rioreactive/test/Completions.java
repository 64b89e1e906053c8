package io.rioreactive.test;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.CompletionStatus;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Completions that wait to be dequeued, in the order they came; or, without a slot, news of an
 * earlier datagram. A ring of numbers: no object for each.
 *
 * <p>Guarded by the kernel's lock.
 */
final class Completions {

  private static final int NO_SLOT = -1;
  private static final CompletionStatus[] STATUSES = CompletionStatus.values();

  private @Nullable SocketState[] sockets = new @Nullable SocketState[64];
  private boolean[] receives = new boolean[64];
  private byte[] statuses = new byte[64];
  private int[] slots = new int[64];
  private int[] lengths = new int[64];
  private int[] codes = new int[64];
  private int head;
  private int size;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(
      SocketState socket,
      boolean receive,
      int slot,
      CompletionStatus status,
      int length,
      int code) {
    if (size == sockets.length) {
      grow();
    }
    int at = index(size++);
    sockets[at] = socket;
    receives[at] = receive;
    statuses[at] = (byte) status.ordinal();
    slots[at] = slot;
    lengths[at] = length;
    codes[at] = code;
  }

  void addNews(SocketState socket, int code) {
    add(socket, true, NO_SLOT, CompletionStatus.FAILED, 0, code);
  }

  /** Moves the one that is at this place, of those that wait, into the batch. */
  void give(int place, CompletionBatch batch) {
    int at = index(place);
    SocketState socket = Objects.requireNonNull(sockets[at]);
    boolean receive = receives[at];
    CompletionStatus status = STATUSES[statuses[at]];
    int slot = slots[at];
    int length = lengths[at];
    int code = codes[at];
    removeAt(place);
    if (slot == NO_SLOT) {
      batch.addUnreachable(socket.index(), code);
      return;
    }
    socket.onDequeued(receive, slot);
    if (receive) {
      batch.addReceive(socket.index(), slot, status, length, code);
    } else {
      batch.addSend(socket.index(), slot, status, length, code);
    }
  }

  /** Forgets those of one socket. */
  void removeAll(SocketState socket) {
    remove(socket, false);
  }

  /** Forgets the news for one socket. */
  void removeNews(SocketState socket) {
    remove(socket, true);
  }

  private void remove(SocketState socket, boolean newsAlone) {
    for (int place = 0; place < size; ) {
      int at = index(place);
      if (sockets[at] == socket && (!newsAlone || slots[at] == NO_SLOT)) {
        removeAt(place); // the next one has this place now
      } else {
        place++;
      }
    }
  }

  /** Moves those before it up by one. */
  private void removeAt(int place) {
    for (int i = place; i > 0; i--) {
      copy(index(i - 1), index(i));
    }
    sockets[head] = null;
    head = index(1);
    size--;
  }

  private void copy(int from, int to) {
    sockets[to] = sockets[from];
    receives[to] = receives[from];
    statuses[to] = statuses[from];
    slots[to] = slots[from];
    lengths[to] = lengths[from];
    codes[to] = codes[from];
  }

  /** The length of the arrays is a power of two. */
  private int index(int place) {
    return (head + place) & (sockets.length - 1);
  }

  /** Doubles arrays that are full: what stands before the head then follows the rest. */
  private void grow() {
    int old = size;
    sockets = Arrays.copyOf(sockets, 2 * old);
    receives = Arrays.copyOf(receives, 2 * old);
    statuses = Arrays.copyOf(statuses, 2 * old);
    slots = Arrays.copyOf(slots, 2 * old);
    lengths = Arrays.copyOf(lengths, 2 * old);
    codes = Arrays.copyOf(codes, 2 * old);
    for (int i = 0; i < head; i++) {
      copy(i, old + i);
      sockets[i] = null;
    }
  }
}
