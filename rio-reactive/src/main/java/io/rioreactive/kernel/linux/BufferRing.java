package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.rioreactive.kernel.KernelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * The ring that the receives of one socket take their buffers from, first in, first out, by shared
 * memory: to add one takes no call.
 *
 * <p>It owns the memory of the ring, not of the buffers. The thread of its {@link Uring} alone.
 */
final class BufferRing {

  private static final VarHandle SHORT = JAVA_SHORT.varHandle();

  private static final long ENTRY = UringLayouts.IO_URING_BUF.size();
  private static final long ADDRESS = UringLayouts.IO_URING_BUF.offset("addr");
  private static final long LENGTH = UringLayouts.IO_URING_BUF.offset("len");
  private static final long ID = UringLayouts.IO_URING_BUF.offset("bid");

  /** Of the first entry, where {@code resv} is: so no entry's is written. */
  private static final long TAIL = UringLayouts.IO_URING_BUF.offset("resv");

  /** A ring begins with a page. */
  private static final long PAGE = 4_096;

  private final LibC libc;
  private final Uring uring;
  private final int group;
  private final Arena arena = Arena.ofConfined();
  private final MemorySegment memory;
  private final int mask;
  private short tail;

  /**
   * Makes it and lends it to the system.
   *
   * @param group its number
   * @param most buffers that are in it at a time
   */
  @SuppressWarnings("restricted")
  BufferRing(LibC libc, Uring uring, int group, int most) throws KernelException {
    this.libc = libc;
    this.uring = uring;
    this.group = group;
    int capacity = most == 1 ? 1 : Integer.highestOneBit(most - 1) << 1;
    mask = capacity - 1;
    long bytes = Math.ceilDiv(capacity * ENTRY, PAGE) * PAGE;
    long address =
        libc.mmap(
            LibC.NULL,
            bytes,
            Constants.PROT_READ | Constants.PROT_WRITE,
            Constants.MAP_PRIVATE | Constants.MAP_ANONYMOUS,
            -1,
            0);
    if (address < 0) {
      throw Errno.exception("mmap of a ring of buffers", (int) -address);
    }
    memory = MemorySegment.ofAddress(address).reinterpret(bytes, arena, null);
    int result = uring.registerBuffers(group, address, capacity);
    if (result < 0) {
      unmap();
      UringRefusal.require("io_uring_register of a ring of buffers", result);
    }
  }

  /** Adds a buffer behind the others. The system sees it after {@link #publish}. */
  void add(int id, long address, int length) {
    long entry = (tail & mask) * ENTRY;
    memory.set(JAVA_LONG, entry + ADDRESS, address);
    memory.set(JAVA_INT, entry + LENGTH, length);
    memory.set(JAVA_SHORT, entry + ID, (short) id);
    tail++;
  }

  /**
   * Takes the last buffer back, of which there must be one, and answers its id. Only while no
   * receive is under way, and with {@link #publish} before the next one is.
   */
  int takeBack() {
    tail--;
    return memory.get(JAVA_SHORT, (tail & mask) * ENTRY + ID) & 0xFFFF;
  }

  void publish() {
    SHORT.setRelease(memory, TAIL, tail);
  }

  /** Takes the ring away from the system and frees it. No receive is under way. */
  void free() {
    uring.unregisterBuffers(group);
    unmap();
  }

  private void unmap() {
    arena.close();
    libc.munmap(memory.address(), memory.byteSize());
  }
}
