package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalLong;

/**
 * What the kernel dropped of one socket's datagrams, by {@code SO_MEMINFO}: exact, but 32 bits
 * wide. It is widened here, so two reads must not be 4 billion drops apart.
 *
 * <p>Any thread.
 */
final class DropCounter {

  private static final long OPTION_SIZE = Constants.SK_MEMINFO_VARS * JAVA_INT.byteSize();

  private final OpenDescriptor descriptor;
  private boolean isPaused;
  private boolean isKnown;
  private int last;
  private long total;

  DropCounter(OpenDescriptor descriptor) {
    this.descriptor = descriptor;
  }

  /**
   * The count; of a closed descriptor the last one that was read; empty if the kernel has never
   * told it.
   */
  synchronized OptionalLong read() {
    update();
    return isKnown ? OptionalLong.of(total) : OptionalLong.empty();
  }

  /** What the system drops from here on counts for nothing, until {@link #resume}. */
  synchronized void pause() {
    update();
    isPaused = true;
  }

  /** What the system drops counts again. */
  synchronized void resume() {
    update();
    isPaused = false;
  }

  private void update() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment numbers = arena.allocate(OPTION_SIZE, JAVA_INT.byteAlignment());
      if (descriptor.get(Constants.SOL_SOCKET, Constants.SO_MEMINFO, numbers)) {
        int now = numbers.getAtIndex(JAVA_INT, Constants.SK_MEMINFO_DROPS);
        total += isPaused ? 0 : Integer.toUnsignedLong(now - last);
        last = now;
        isKnown = true;
      }
    }
  }
}
