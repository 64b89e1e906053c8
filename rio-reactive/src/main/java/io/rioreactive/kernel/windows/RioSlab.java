package io.rioreactive.kernel.windows;

import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.SlotRegion;
import org.jspecify.annotations.Nullable;

/**
 * The slots of one direction of one socket: memory, and the registrations that let the system reach
 * it. All of them are made when the socket is opened, for a registration locks its pages and is
 * dear.
 *
 * <p>The thread that made it. It never gives anything back by itself: {@link #free} is called when
 * nothing is outstanding.
 */
final class RioSlab {

  private final RioFunctions rio;
  private final RioSlabLayout layout;
  private final VirtualMemory memory;
  private final SlotRegion slots;

  /** By registration: 64 bits that mean something to Winsock alone. */
  private final long[] bufferIds;

  private RioSlab(RioFunctions rio, RioSlabLayout layout, VirtualMemory memory) {
    this.rio = rio;
    this.layout = layout;
    this.memory = memory;
    this.slots = layout.slotsIn(memory.segment());
    this.bufferIds = new long[layout.registrations()];
  }

  /**
   * Takes memory and registers it; leaves nothing behind when that fails.
   *
   * @param purpose for the text of a failure: {@code "receive slots"}
   */
  static RioSlab open(RioFunctions rio, Kernel32 kernel32, RioSlabLayout layout, String purpose)
      throws KernelException {
    VirtualMemory memory = VirtualMemory.allocate(kernel32, layout.bytes(), purpose);
    int registered = 0;
    RioSlab slab = null;
    boolean isWhole = false;
    try {
      slab = new RioSlab(rio, layout, memory);
      while (registered < slab.bufferIds.length) {
        slab.register(registered, purpose);
        registered++;
      }
      isWhole = true;
      return slab;
    } finally {
      if (!isWhole) {
        if (slab != null) {
          slab.deregister(registered);
        }
        memory.free();
      }
    }
  }

  private void register(int i, String purpose) throws KernelException {
    long bytes = layout.registrationBytes(i);
    long id = rio.RIORegisterBuffer(memory.address() + layout.registrationAt(i), (int) bytes);
    if (id == Constants.RIO_INVALID_BUFFERID) {
      throw RioRefusal.ofRegistration(
          rio.error(), purpose, i + 1, bufferIds.length, bytes, layout.bytes());
    }
    bufferIds[i] = id;
  }

  private void deregister(int count) {
    for (int i = 0; i < count; i++) {
      rio.RIODeregisterBuffer(bufferIds[i]);
    }
  }

  SlotRegion slots() {
    return slots;
  }

  /** Bytes the system keeps locked for it. */
  long lockedBytes() {
    return layout.lockedBytes();
  }

  /** The registration that a slot lies in. */
  long bufferId(int slot) {
    return bufferIds[layout.registrationOf(slot)];
  }

  /** Where in its registration a slot's address stands. */
  long addressOffset(int slot) {
    return layout.offsetInRegistration(slot) + layout.addressOffset();
  }

  /** Where in its registration a slot's payload begins. */
  long payloadOffset(int slot) {
    return layout.offsetInRegistration(slot) + layout.payloadOffset();
  }

  /** Where in its registration a slot's control slice begins; with packet info. */
  long controlOffset(int slot) {
    return layout.offsetInRegistration(slot) + layout.controlOffset();
  }

  /** Where in its registration a slot's flags slice begins; with packet info. */
  long flagsOffset(int slot) {
    return layout.offsetInRegistration(slot) + layout.flagsOffset();
  }

  /** What stands in these slices of the slots of this socket; null without packet info. */
  @Nullable RioPacketInfo packetInfo(WindowsSocket socket) {
    return layout.hasPacketInfo() ? new RioPacketInfo(slots, layout, socket) : null;
  }

  /** Deregisters and gives the memory back to the system. */
  void free() {
    deregister(bufferIds.length);
    memory.free();
  }
}
