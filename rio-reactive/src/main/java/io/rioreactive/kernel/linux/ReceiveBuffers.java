package io.rioreactive.kernel.linux;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.SlotRegion;
import java.util.HashMap;
import java.util.Map;

/**
 * The memory that datagrams are received into: one buffer for each place of a batch, shared by all
 * sockets of a queue that have the same datagram size.
 *
 * <p>A posted receive is only a number here, and what a batch brings is used up before the next one
 * is taken. So the first places serve all the time and stay in the processor's cache, however many
 * receives are posted on however many sockets; a slot for each of 100,000 receives made each
 * datagram a third dearer.
 *
 * <p>Owned by a completion queue, its thread alone. It never gives memory back while a socket of
 * its size is there.
 */
final class ReceiveBuffers {

  private final LibC libc;
  private final Map<Integer, Shared> bySize = new HashMap<>();

  ReceiveBuffers(LibC libc) {
    this.libc = libc;
  }

  private static final class Shared {

    private final Slab slab;
    private int users;

    Shared(Slab slab) {
      this.slab = slab;
    }
  }

  /** The buffers for one more socket. */
  SlotRegion take(int datagramSize) throws KernelException {
    Shared shared = bySize.get(datagramSize);
    if (shared == null) {
      shared = new Shared(Slab.map(libc, CompletionBatch.CAPACITY, datagramSize));
      bySize.put(datagramSize, shared);
    }
    shared.users++;
    return shared.slab.slots();
  }

  /** A socket that took them is gone. */
  void giveBack(int datagramSize) {
    Shared shared = bySize.get(datagramSize);
    if (shared != null && --shared.users == 0) {
      bySize.remove(datagramSize);
      shared.slab.free();
    }
  }
}
