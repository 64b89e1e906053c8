package io.rioreactive.ffm;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;

/**
 * Where a capturing call leaves the system's error code. It is passed to the call as an argument,
 * since the thread's own error is gone by the time Java code could ask for it.
 *
 * <p>Owned by whoever calls; one call at a time. It never outlives its arena.
 */
public final class CapturedError {

  /** Which of the system's error codes a call leaves behind. */
  public enum Source {
    /** C's {@code errno}. */
    ERRNO("errno"),
    /** The Windows API's {@code GetLastError()}. */
    LAST_ERROR("GetLastError"),
    /** Winsock's {@code WSAGetLastError()}. */
    WSA_LAST_ERROR("WSAGetLastError");

    private final String stateName;

    Source(String stateName) {
      this.stateName = stateName;
    }

    String stateName() {
      return stateName;
    }
  }

  private final MemorySegment segment;
  private final long offset;

  /**
   * Makes room for one code.
   *
   * @throws IllegalArgumentException if this system has no such source
   */
  public CapturedError(Source source, Arena arena) {
    StructLayout layout = Linker.Option.captureStateLayout();
    segment = arena.allocate(layout);
    offset = layout.byteOffset(PathElement.groupElement(source.stateName()));
  }

  /** The first argument of a capturing call. */
  public MemorySegment segment() {
    return segment;
  }

  /** The code that the last capturing call left. Meaningless if that call did not fail. */
  public int code() {
    return segment.get(ValueLayout.JAVA_INT, offset);
  }
}
