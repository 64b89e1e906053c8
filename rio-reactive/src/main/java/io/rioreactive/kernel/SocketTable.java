package io.rioreactive.kernel;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * The sockets of one completion queue by {@linkplain RequestQueue#index index}: small numbers, the
 * lowest free one first, so that tables by index stay small.
 *
 * <p>The pump's thread alone.
 *
 * @param <S> the kernel's own kind of socket
 */
public final class SocketTable<S> {

  private @Nullable Object[] sockets = new @Nullable Object[4];
  private final BitSet indexes = new BitSet();
  private int bound;
  private int count;

  /** The lowest index that no socket has. */
  public int freeIndex() {
    return indexes.nextClearBit(0);
  }

  /** One more than the highest index that a socket has. */
  public int bound() {
    return bound;
  }

  public boolean isEmpty() {
    return count == 0;
  }

  /** How many sockets there are. */
  public int count() {
    return count;
  }

  /** The socket with this index, which may be any number; null if there is none. */
  @SuppressWarnings("unchecked") // put takes nothing else
  public @Nullable S get(long index) {
    return index >= 0 && index < bound ? (S) sockets[(int) index] : null;
  }

  /**
   * Gives a socket an index.
   *
   * @throws IllegalStateException if another one has it
   */
  public void put(int index, S socket) {
    if (get(index) != null) {
      throw new IllegalStateException("another socket has index " + index);
    }
    if (index >= sockets.length) {
      sockets = Arrays.copyOf(sockets, Math.max(index + 1, 2 * sockets.length));
    }
    sockets[index] = socket;
    indexes.set(index);
    bound = Math.max(bound, index + 1);
    count++;
  }

  /**
   * Makes an index free.
   *
   * @throws IllegalStateException if it is
   */
  public void remove(int index) {
    if (get(index) == null) {
      throw new IllegalStateException("no socket has index " + index);
    }
    sockets[index] = null;
    indexes.clear(index);
    count--;
    while (bound > 0 && sockets[bound - 1] == null) {
      bound--;
    }
  }
}
