package io.rioreactive.kernel.linux;

import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Function;

/**
 * Memory for slots: a mapping of its own, so that slots that are never touched cost no memory and
 * everything is given back.
 *
 * <p>The thread that made it. It never unmaps by itself: {@link #free} is called when nothing is
 * outstanding, and access after it throws instead of touching what is there now.
 */
final class Slab {

  private final Mapping mapping;
  private final Arena arena;
  private final SlotRegion slots;

  private Slab(Mapping mapping, Arena arena, SlotRegion slots) {
    this.mapping = mapping;
    this.arena = arena;
    this.slots = slots;
  }

  /** Maps so many slots: address area, packet info, payload. */
  static Slab map(LibC libc, int slots, int datagramSize, boolean packetInfo)
      throws KernelException {
    int addressOffset = 0;
    int infoOffset = addressOffset + SocketAddressFormat.SIZE;
    long stride = stride(datagramSize, packetInfo);
    return map(
        libc,
        slots * stride,
        memory ->
            new SlotRegion(
                memory,
                slots,
                stride,
                addressOffset,
                infoOffset + infoSize(packetInfo),
                datagramSize,
                packetInfo ? infoOffset : SlotRegion.NO_INFO));
  }

  /** Maps memory, in which slots are laid out. */
  @SuppressWarnings("restricted")
  static Slab map(LibC libc, long bytes, Function<MemorySegment, SlotRegion> layout)
      throws KernelException {
    Mapping mapping = Mapping.map(libc, bytes);
    Arena arena = Arena.ofConfined();
    MemorySegment memory =
        MemorySegment.ofAddress(mapping.address()).reinterpret(bytes, arena, null);
    return new Slab(mapping, arena, layout.apply(memory));
  }

  /** Bytes from slot to slot: address area + packet info + payload. */
  static long stride(int datagramSize, boolean packetInfo) {
    return SlotRegion.stride((long) SocketAddressFormat.SIZE + infoSize(packetInfo) + datagramSize);
  }

  static int infoSize(boolean packetInfo) {
    return packetInfo ? PacketInfo.SIZE : 0;
  }

  SlotRegion slots() {
    return slots;
  }

  /** Gives the memory back to the system. */
  void free() {
    arena.close();
    mapping.unmap();
  }

  /** Ends access and leaves the mapping there for good. */
  void leak() {
    arena.close();
  }
}
