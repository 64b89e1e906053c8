package io.rioreactive.test;

import java.util.ArrayDeque;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams that arrived at a simulated socket while no receive was posted. It has a size, in
 * datagrams or in bytes of payload; what does not fit is dropped and counted.
 *
 * <p>Guarded by the kernel's lock.
 */
final class ReceiveBuffer {

  private final ArrayDeque<Parcel> waiting = new ArrayDeque<>(0);
  private int mostDatagrams;
  private long mostBytes = Long.MAX_VALUE;
  private long bytes;
  private long drops;

  ReceiveBuffer(int datagrams) {
    mostDatagrams = datagrams;
  }

  void sizeInDatagrams(int datagrams) {
    mostDatagrams = datagrams;
  }

  void sizeInBytes(long size) {
    mostBytes = size;
    mostDatagrams = Integer.MAX_VALUE;
  }

  /** Answers false, and counts it, if there is no room. An empty datagram counts as one byte. */
  boolean offer(Parcel datagram) {
    int size = Math.max(1, datagram.length());
    if (waiting.size() >= mostDatagrams || bytes + size > mostBytes) {
      drops++;
      return false;
    }
    bytes += size;
    waiting.add(datagram);
    return true;
  }

  /** The one that came first; null if there is none. */
  @Nullable Parcel poll() {
    Parcel first = waiting.poll();
    if (first != null) {
      bytes -= Math.max(1, first.length());
    }
    return first;
  }

  void removeIf(Predicate<Parcel> condition) {
    for (int left = waiting.size(); left > 0; left--) {
      Parcel next = poll();
      if (next == null) {
        return;
      }
      if (condition.test(next)) {
        next.discard();
      } else {
        bytes += Math.max(1, next.length());
        waiting.add(next);
      }
    }
  }

  void clear() {
    removeIf(each -> true);
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  int size() {
    return waiting.size();
  }

  /** How many had no room. */
  long drops() {
    return drops;
  }

  @Override
  public String toString() {
    return mostBytes == Long.MAX_VALUE
        ? "a receive buffer of " + mostDatagrams + " datagrams"
        : "a receive buffer of " + mostBytes + " bytes";
  }
}
