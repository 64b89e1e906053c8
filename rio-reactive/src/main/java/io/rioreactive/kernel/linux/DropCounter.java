package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;

/**
 * What the kernel dropped of one socket's datagrams, by {@code SO_MEMINFO}: exact, but 32 bits
 * wide. It is widened here, so two reads must not be 4 billion drops apart.
 *
 * <p>Any thread. It shares the descriptor with its owner, who must {@link #stop} it before closing:
 * after that the number may name a socket of somebody else's.
 */
final class DropCounter {

  private static final long OPTION_SIZE = Constants.SK_MEMINFO_VARS * JAVA_INT.byteSize();

  private final LibC libc;
  private final int fd;
  private boolean isStopped;
  private boolean isPaused;
  private boolean isKnown;
  private int last;
  private long total;

  DropCounter(LibC libc, int fd) {
    this.libc = libc;
    this.fd = fd;
  }

  /** The count; the last one after {@link #stop}; empty if the kernel has never told it. */
  synchronized OptionalLong read() {
    if (!isStopped) {
      update();
    }
    return isKnown ? OptionalLong.of(total) : OptionalLong.empty();
  }

  /** Reads for the last time. */
  synchronized void stop() {
    if (!isStopped) {
      update();
      isStopped = true;
    }
  }

  /** What the system drops from here on counts for nothing, until {@link #resume}. */
  synchronized void pause() {
    if (!isStopped) {
      update();
      isPaused = true;
    }
  }

  /** What the system drops counts again. */
  synchronized void resume() {
    if (isPaused) {
      update();
      isPaused = false;
    }
  }

  private void update() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment numbers = arena.allocate(OPTION_SIZE, JAVA_INT.byteAlignment());
      MemorySegment size = arena.allocateFrom(JAVA_INT, (int) OPTION_SIZE);
      int result =
          libc.getsockopt(
              fd, Constants.SOL_SOCKET, Constants.SO_MEMINFO, numbers.address(), size.address());
      if (result == 0 && size.get(JAVA_INT, 0) == OPTION_SIZE) {
        int now = numbers.getAtIndex(JAVA_INT, Constants.SK_MEMINFO_DROPS);
        total += isPaused ? 0 : Integer.toUnsignedLong(now - last);
        last = now;
        isKnown = true;
      }
    }
  }
}
