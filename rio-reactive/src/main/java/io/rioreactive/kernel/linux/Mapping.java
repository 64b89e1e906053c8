package io.rioreactive.kernel.linux;

import io.rioreactive.kernel.KernelException;

/**
 * Memory straight from the system, outside every heap, so that what the system may still write to
 * is never used for anything else.
 *
 * <p>With {@code -Dio.rioreactive.guard=true}, as in all tests, it ends where memory begins that
 * nobody may touch, and such memory stands before it too: whoever writes beside it ends the process
 * there and then. That costs two mappings more for each, so nobody has it in production.
 *
 * <p>The thread that made it. It never unmaps by itself.
 */
final class Mapping {

  private static final boolean IS_GUARDED = Boolean.getBoolean("io.rioreactive.guard");

  /** Whole pages, however large they are on this machine. */
  private static final long GUARD = 64 << 10;

  private final LibC libc;

  // What was mapped, guards included.
  private final long begin;
  private final long whole;

  private final long address;

  private Mapping(LibC libc, long begin, long whole, long address) {
    this.libc = libc;
    this.begin = begin;
    this.whole = whole;
    this.address = address;
  }

  /** Maps memory for slots, zeroed. What is never touched costs none. */
  static Mapping map(LibC libc, long bytes) throws KernelException {
    if (!IS_GUARDED) {
      long begin = mmap(libc, bytes);
      return new Mapping(libc, begin, bytes, begin);
    }
    long pages = Math.ceilDiv(bytes, GUARD) * GUARD;
    long whole = GUARD + pages + GUARD;
    long begin = mmap(libc, whole);
    long end = begin + GUARD + pages;
    Mapping mapping = new Mapping(libc, begin, whole, end - bytes);
    int result = libc.mprotect(begin, GUARD, Constants.PROT_NONE);
    if (result == 0) {
      result = libc.mprotect(end, GUARD, Constants.PROT_NONE);
    }
    if (result != 0) {
      mapping.unmap();
      throw Errno.exception("mprotect beside slots", -result);
    }
    return mapping;
  }

  private static long mmap(LibC libc, long bytes) throws KernelException {
    long address =
        libc.mmap(
            LibC.NULL,
            bytes,
            Constants.PROT_READ | Constants.PROT_WRITE,
            Constants.MAP_PRIVATE | Constants.MAP_ANONYMOUS | Constants.MAP_NORESERVE,
            -1,
            0);
    if (address < 0) {
      throw Errno.exception("mmap of " + bytes + " bytes for slots", (int) -address);
    }
    return address;
  }

  /** Where the memory begins, at a multiple of 64 if so many bytes are one. */
  long address() {
    return address;
  }

  /** Gives it back to the system. */
  void unmap() {
    libc.munmap(begin, whole);
  }
}
