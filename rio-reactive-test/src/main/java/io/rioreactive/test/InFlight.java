package io.rioreactive.test;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Parcels under way, the one that arrives next first; of those due at once, the one that was sent
 * first.
 *
 * <p>Most are due later than all before them: these stand in a queue, the others in a heap. Guarded
 * by the kernel's lock.
 */
final class InFlight {

  private final ArrayDeque<Parcel> inOrder = new ArrayDeque<>();
  private @Nullable Parcel[] heap = new @Nullable Parcel[64];
  private int heaped;
  private long order;

  void add(Parcel parcel) {
    parcel.order = order++;
    Parcel last = inOrder.peekLast();
    if (last == null || last.due <= parcel.due) {
      inOrder.addLast(parcel);
    } else {
      push(parcel);
    }
  }

  int size() {
    return inOrder.size() + heaped;
  }

  /** The one that arrives next; null if there is none. */
  @Nullable Parcel peek() {
    Parcel first = inOrder.peekFirst();
    Parcel top = heaped == 0 ? null : heap[0];
    return first == null || (top != null && isBefore(top, first)) ? top : first;
  }

  /** There must be one. */
  Parcel poll() {
    Parcel next = Objects.requireNonNull(peek());
    if (next == inOrder.peekFirst()) {
      inOrder.removeFirst();
    } else {
      pop();
    }
    return next;
  }

  private static boolean isBefore(Parcel one, Parcel other) {
    return one.due < other.due || (one.due == other.due && one.order < other.order);
  }

  private Parcel at(int i) {
    return Objects.requireNonNull(heap[i]);
  }

  private void push(Parcel parcel) {
    if (heaped == heap.length) {
      heap = Arrays.copyOf(heap, 2 * heaped);
    }
    int i = heaped++;
    while (i > 0 && isBefore(parcel, at((i - 1) / 2))) {
      heap[i] = heap[(i - 1) / 2];
      i = (i - 1) / 2;
    }
    heap[i] = parcel;
  }

  private void pop() {
    Parcel last = at(--heaped);
    heap[heaped] = null;
    if (heaped == 0) {
      return;
    }
    int i = 0;
    for (int child = 1; child < heaped; child = 2 * i + 1) {
      if (child + 1 < heaped && isBefore(at(child + 1), at(child))) {
        child++;
      }
      if (!isBefore(at(child), last)) {
        break;
      }
      heap[i] = heap[child];
      i = child;
    }
    heap[i] = last;
  }
}
