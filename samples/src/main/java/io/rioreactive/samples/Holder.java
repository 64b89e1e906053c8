package io.rioreactive.samples;

import io.rioreactive.DatagramView;
import io.rioreactive.DatagramWriter;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** The payload of one datagram between the slot it came in and the slot it leaves from. */
final class Holder {

  private static final int SMALLEST = 2_048;

  private final Pool pool;
  private byte[] bytes = new byte[SMALLEST];
  private int length;

  private Holder(Pool pool) {
    this.pool = pool;
  }

  /** It keeps the room for the longest it has held. */
  Holder fill(DatagramView datagram) {
    length = datagram.length();
    if (length > bytes.length) {
      bytes = new byte[Integer.highestOneBit(length) * 2];
    }
    datagram.getBytes(0, bytes, 0, length);
    return this;
  }

  /** Writes the payload and goes back into its pool. */
  void writeTo(DatagramWriter datagram) {
    datagram.put(bytes, 0, length);
    release();
  }

  void release() {
    pool.release(this);
  }

  /** Holders that go round; any thread. Each is made once and for all, up to a limit. */
  static final class Pool {

    private final int most;
    private final ArrayDeque<Holder> free;
    private int made;

    Pool(int most) {
      this.most = most;
      this.free = new ArrayDeque<>(most);
    }

    /** The one used last, which is still in the processor's cache; null if all are in use. */
    synchronized @Nullable Holder take() {
      Holder last = free.poll();
      if (last == null && made < most) {
        made++;
        return new Holder(this);
      }
      return last;
    }

    private synchronized void release(Holder holder) {
      free.push(holder);
    }

    synchronized int inUse() {
      return made - free.size();
    }
  }
}
