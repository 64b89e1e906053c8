package io.rioreactive.kernel.windows;

import io.rioreactive.kernel.KernelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory for slots, straight from the system: in whole granules of 64 KiB, zeroed, aligned to them,
 * and outside every heap, so that what the system may still write to is never used for anything
 * else.
 *
 * <p>The thread that made it. It never frees by itself: {@link #free} is called when nothing is
 * outstanding, and access after it throws instead of touching what is there now.
 */
final class VirtualMemory {

  /** What the system hands out address space in. */
  static final long GRANULE = 64 * 1024;

  /** What it locks memory in. */
  static final long PAGE = 4 * 1024;

  private final Kernel32 kernel32;
  private final Arena arena;
  private final MemorySegment segment;

  private VirtualMemory(Kernel32 kernel32, Arena arena, MemorySegment segment) {
    this.kernel32 = kernel32;
    this.arena = arena;
    this.segment = segment;
  }

  /**
   * Reserves and commits memory.
   *
   * @param bytes how much, rounded up to whole granules
   * @param purpose for the text of a failure: {@code "receive slots"}
   */
  @SuppressWarnings("restricted")
  static VirtualMemory allocate(Kernel32 kernel32, long bytes, String purpose)
      throws KernelException {
    long rounded = roundUp(bytes, GRANULE);
    long address =
        kernel32.VirtualAlloc(
            Constants.NULL,
            rounded,
            Constants.MEM_RESERVE | Constants.MEM_COMMIT,
            Constants.PAGE_READWRITE);
    if (address < 0) {
      throw WsaError.exception(
          "VirtualAlloc of " + rounded + " bytes for " + purpose, (int) -address);
    }
    Arena arena = Arena.ofConfined();
    MemorySegment segment = MemorySegment.ofAddress(address).reinterpret(rounded, arena, null);
    return new VirtualMemory(kernel32, arena, segment);
  }

  /** The next multiple. */
  static long roundUp(long bytes, long unit) {
    return (bytes + unit - 1) / unit * unit;
  }

  /** All of it. */
  MemorySegment segment() {
    return segment;
  }

  long address() {
    return segment.address();
  }

  long bytes() {
    return segment.byteSize();
  }

  /** Gives it back to the system. */
  void free() {
    arena.close();
    kernel32.VirtualFree(segment.address(), 0, Constants.MEM_RELEASE);
  }

  /** Ends access and leaves it there for good. */
  void leak() {
    arena.close();
  }
}
