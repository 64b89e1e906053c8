package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalInt;

/**
 * A socket's descriptor that any thread may ask about, until its owner closes it: after that the
 * number may name a socket of somebody else's.
 */
final class OpenDescriptor {

  private final LibC libc;
  private final int fd;
  private boolean isClosed;

  OpenDescriptor(LibC libc, int fd) {
    this.libc = libc;
    this.fd = fd;
  }

  /**
   * Asks for an option.
   *
   * @param value receives it; the system has to fill it
   * @return whether it is known
   */
  synchronized boolean get(int level, int option, MemorySegment value) {
    if (isClosed) {
      return false;
    }
    try (Arena arena = Arena.ofConfined()) {
      int bytes = (int) value.byteSize();
      MemorySegment size = arena.allocateFrom(JAVA_INT, bytes);
      return libc.getsockopt(fd, level, option, value.address(), size.address()) == 0
          && size.get(JAVA_INT, 0) == bytes;
    }
  }

  /** Asks for an option that is an {@code int}. */
  OptionalInt get(int level, int option) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(JAVA_INT);
      return get(level, option, value)
          ? OptionalInt.of(value.get(JAVA_INT, 0))
          : OptionalInt.empty();
    }
  }

  /** Closes it: whoever asks from now on is told nothing. */
  synchronized void close() {
    if (!isClosed) {
      isClosed = true;
      libc.close(fd);
    }
  }
}
