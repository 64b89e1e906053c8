package io.rioreactive.test;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;

/**
 * Slots in the order they were added, any of which can be removed: a linked list in two arrays.
 *
 * <p>A slot stands in it once at most. Guarded by the kernel's lock.
 */
final class SlotQueue {

  private static final int NONE = -1;

  private final int[] next;
  private final int[] previous;
  private int first = NONE;
  private int last = NONE;
  private int size;

  SlotQueue(int slots) {
    next = new int[slots];
    previous = new int[slots];
  }

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  /** There must be one. */
  int first() {
    return first;
  }

  /** There must be one. */
  int last() {
    return last;
  }

  void addLast(int slot) {
    next[slot] = NONE;
    previous[slot] = last;
    if (last == NONE) {
      first = slot;
    } else {
      next[last] = slot;
    }
    last = slot;
    size++;
  }

  int removeFirst() {
    int slot = first;
    remove(slot);
    return slot;
  }

  /** It must stand in it. */
  void remove(int slot) {
    int before = previous[slot];
    int after = next[slot];
    if (before == NONE) {
      first = after;
    } else {
      next[before] = after;
    }
    if (after == NONE) {
      last = before;
    } else {
      previous[after] = before;
    }
    size--;
  }

  /** As {@link #toList} reads, but four or more that follow each other are a range. */
  String toText() {
    StringJoiner text = new StringJoiner(", ", "[", "]");
    for (int slot = first; slot != NONE; slot = next[slot]) {
      int begin = slot;
      while (next[slot] == slot + 1) {
        slot++;
      }
      if (slot - begin >= 3) {
        text.add(begin + "-" + slot);
      } else {
        for (int one = begin; one <= slot; one++) {
          text.add(Integer.toString(one));
        }
      }
    }
    return text.toString();
  }

  List<Integer> toList() {
    List<Integer> slots = new ArrayList<>(size);
    for (int slot = first; slot != NONE; slot = next[slot]) {
      slots.add(slot);
    }
    return List.copyOf(slots);
  }
}
