package io.rioreactive.kernel.linux;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.SlotRegion;
import java.util.HashMap;
import java.util.Map;

/**
 * The memory that datagrams are received into: one buffer for each place of a batch, shared by all
 * sockets of a queue whose slots are alike.
 *
 * <p>A posted receive is only a number here, and what a batch brings is used up before the next one
 * is taken. So the first places serve all the time and stay in the processor's cache, however many
 * receives are posted on however many sockets; a slot for each of 100,000 receives made each
 * datagram a third dearer.
 *
 * <p>Owned by a completion queue, its thread alone. It never gives memory back while a socket that
 * uses it is there.
 */
final class ReceiveBuffers {

  private final LibC libc;
  private final Map<Kind, Shared> byKind = new HashMap<>();

  ReceiveBuffers(LibC libc) {
    this.libc = libc;
  }

  private record Kind(int datagramSize, boolean packetInfo) {}

  private static final class Shared {

    private final Slab slab;
    private int users;

    Shared(Slab slab) {
      this.slab = slab;
    }
  }

  /** The buffers for one more socket. */
  SlotRegion take(int datagramSize, boolean packetInfo) throws KernelException {
    Kind kind = new Kind(datagramSize, packetInfo);
    Shared shared = byKind.get(kind);
    if (shared == null) {
      shared = new Shared(Slab.map(libc, CompletionBatch.CAPACITY, datagramSize, packetInfo));
      byKind.put(kind, shared);
    }
    shared.users++;
    return shared.slab.slots();
  }

  /** A socket that took them is gone. */
  void giveBack(SlotRegion taken) {
    Kind kind = new Kind(taken.payloadSize(), taken.hasInfo());
    Shared shared = byKind.get(kind);
    if (shared != null && --shared.users == 0) {
      byKind.remove(kind);
      shared.slab.free();
    }
  }
}
