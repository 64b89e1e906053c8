package io.rioreactive.kernel.linux;

import io.rioreactive.kernel.CompletionBatch;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.SocketConfig;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

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
  private final Set<ReceivePlaces> own = new HashSet<>();

  ReceiveBuffers(LibC libc) {
    this.libc = libc;
  }

  private record Kind(int datagramSize, boolean packetInfo) {}

  private static final class Shared {

    private final ReceivePlaces places;
    private int users;

    Shared(ReceivePlaces places) {
      this.places = places;
    }
  }

  /** The buffers for one more socket. */
  ReceivePlaces take(SocketConfig config) throws KernelException {
    return config.coalescing() ? takeOwn(config) : takeShared(config);
  }

  private ReceivePlaces takeOwn(SocketConfig config) throws KernelException {
    int count = CoalescedMessages.mostMessages(config.receiveSlots());
    ReceivePlaces places = ReceivePlaces.map(libc, count, CoalescedMessages.SIZE, config);
    own.add(places);
    return places;
  }

  private ReceivePlaces takeShared(SocketConfig config) throws KernelException {
    Kind kind = new Kind(config.datagramSize(), config.packetInfo());
    Shared shared = byKind.get(kind);
    if (shared == null) {
      shared =
          new Shared(
              ReceivePlaces.map(libc, CompletionBatch.CAPACITY, kind.datagramSize(), config));
      byKind.put(kind, shared);
    }
    shared.users++;
    return shared.places;
  }

  /** A socket that took them is gone. */
  void giveBack(ReceivePlaces taken) {
    if (own.remove(taken)) {
      taken.free();
      return;
    }
    Kind kind = new Kind(taken.slots().payloadSize(), taken.slots().hasInfo());
    Shared shared = byKind.get(kind);
    if (shared != null && --shared.users == 0) {
      byKind.remove(kind);
      taken.free();
    }
  }
}
