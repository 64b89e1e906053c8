package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Has the system throw away whatever arrives at a socket while nobody may be heard there: before it
 * has a peer, and on the way from one to the next. What waits in the socket already stays.
 *
 * <p>It is a socket filter of one instruction: take nothing. The system counts what it throws away
 * so among its drops; {@link DropCounter} does not.
 *
 * <p>One socket's; the queue's thread alone.
 */
final class ArrivalFilter {

  private final LibC libc;
  private final int fd;
  private final DropCounter drops;
  private boolean isShut;

  ArrivalFilter(LibC libc, int fd, DropCounter drops) {
    this.libc = libc;
    this.fd = fd;
    this.drops = drops;
  }

  /**
   * From now on nothing arrives.
   *
   * @return false where a sandbox refuses filters: then it is as if there were none
   */
  boolean shut() {
    if (isShut) {
      return true;
    }
    drops.pause();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment takeNothing = arena.allocate(Layouts.SOCK_FILTER.layout());
      takeNothing.set(JAVA_SHORT, Layouts.SOCK_FILTER.offset("code"), (short) Constants.BPF_RET);
      takeNothing.set(JAVA_INT, Layouts.SOCK_FILTER.offset("k"), 0);
      MemorySegment program = arena.allocate(Layouts.SOCK_FPROG.layout());
      program.set(JAVA_SHORT, Layouts.SOCK_FPROG.offset("len"), (short) 1);
      program.set(JAVA_LONG, Layouts.SOCK_FPROG.offset("filter"), takeNothing.address());
      isShut = set(Constants.SO_ATTACH_FILTER, program) == 0;
    }
    if (!isShut) {
      drops.resume();
    }
    return isShut;
  }

  /** From now on the peer's datagrams arrive. */
  void open() {
    if (isShut) {
      isShut = false;
      try (Arena arena = Arena.ofConfined()) {
        set(Constants.SO_DETACH_FILTER, arena.allocate(JAVA_INT)); // its value is ignored
      }
      drops.resume();
    }
  }

  private int set(int option, MemorySegment value) {
    return libc.setsockopt(
        fd, Constants.SOL_SOCKET, option, value.address(), (int) value.byteSize());
  }
}
