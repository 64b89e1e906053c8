package io.rioreactive.kernel.linux;

import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketConfig;
import java.lang.foreign.Arena;
import org.jspecify.annotations.Nullable;

/**
 * Memory that datagrams are received into, and the message headers that say so to the system.
 *
 * <p>The thread that made it. It never gives its memory back by itself.
 */
final class ReceivePlaces {

  private final Slab slab;
  private final Arena arena = Arena.ofConfined();
  private final @Nullable ReceiveControls controls;
  private final MessageHeaders headers;

  private ReceivePlaces(Slab slab, boolean hasControls) {
    this.slab = slab;
    controls = hasControls ? new ReceiveControls(arena, slab.slots().slots()) : null;
    headers = new MessageHeaders(arena, slab.slots(), controls);
  }

  /**
   * Maps so many places.
   *
   * @param size bytes of each
   */
  static ReceivePlaces map(LibC libc, int count, int size, SocketConfig config)
      throws KernelException {
    Slab slab = Slab.map(libc, count, size, config.packetInfo());
    return new ReceivePlaces(slab, config.packetInfo() || config.coalescing());
  }

  SlotRegion slots() {
    return slab.slots();
  }

  MessageHeaders headers() {
    return headers;
  }

  /** Null where the system tells no more than a sender. */
  @Nullable ReceiveControls controls() {
    return controls;
  }

  void free() {
    slab.free();
    arena.close();
  }
}
