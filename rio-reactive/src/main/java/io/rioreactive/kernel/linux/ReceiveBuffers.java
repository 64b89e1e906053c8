package io.rioreactive.kernel.linux;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketConfig;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The memory that datagrams are received into: one buffer for each place of a batch, shared by all
 * sockets of a queue whose slots are alike.
 *
 * <p>A posted receive is only a number here, and what a batch brings is used up before the next one
 * is taken. So the first places serve all the time and stay in the processor's cache, however many
 * receives are posted on however many sockets; a slot for each of 100,000 receives made each
 * datagram a third dearer.
 *
 * <p>A socket with coalescing has some of its own, since what is in them may have to wait.
 *
 * <p>Owned by a completion queue, its thread alone. It never gives memory back while a socket that
 * uses it is there.
 */
final class ReceiveBuffers {

  private final LibC libc;
  private final Map<Kind, Shared> byKind = new HashMap<>();

  /** Those of one socket each. */
  private final IdentityHashMap<SlotRegion, Slab> own = new IdentityHashMap<>();

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
  SlotRegion take(SocketConfig config) throws KernelException {
    return config.coalescing() ? takeOwn(config) : takeShared(config);
  }

  private SlotRegion takeOwn(SocketConfig config) throws KernelException {
    int count = CoalescedMessages.mostMessages(config.receiveSlots());
    Slab slab = Slab.map(libc, count, CoalescedMessages.SIZE, config.packetInfo());
    own.put(slab.slots(), slab);
    return slab.slots();
  }

  private SlotRegion takeShared(SocketConfig config) throws KernelException {
    Kind kind = new Kind(config.datagramSize(), config.packetInfo());
    Shared shared = byKind.get(kind);
    if (shared == null) {
      shared =
          new Shared(
              Slab.map(libc, CompletionBatch.CAPACITY, kind.datagramSize(), kind.packetInfo()));
      byKind.put(kind, shared);
    }
    shared.users++;
    return shared.slab.slots();
  }

  /** A socket that took them is gone. */
  void giveBack(SlotRegion taken) {
    @Nullable Slab itsOwn = own.remove(taken);
    if (itsOwn != null) {
      itsOwn.free();
      return;
    }
    Kind kind = new Kind(taken.payloadSize(), taken.hasInfo());
    Shared shared = byKind.get(kind);
    if (shared != null && --shared.users == 0) {
      byKind.remove(kind);
      shared.slab.free();
    }
  }
}
