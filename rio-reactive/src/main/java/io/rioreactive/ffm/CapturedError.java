package io.rioreactive.ffm;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;

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

  private final Source source;
  private final MemorySegment segment;
  private final long offset;

  /**
   * Makes room for one code.
   *
   * @throws IllegalArgumentException if this system has no such source
   */
  public CapturedError(Source source, Arena arena) {
    StructLayout layout = Linker.Option.captureStateLayout();
    this.source = source;
    segment = arena.allocate(layout);
    offset = layout.byteOffset(PathElement.groupElement(source.stateName()));
  }

  /** Whose code it is. */
  Source source() {
    return source;
  }

  /** The first argument of a capturing call. */
  public MemorySegment segment() {
    return segment;
  }

  /**
   * Binds the first argument of a capturing handle of this source.
   *
   * <p>In each call the JDK takes a slice of the segment, which costs 40 bytes wherever the
   * compiler does not see that nobody keeps it. Whether it does must not depend on what it compiles
   * the call into. A bound handle in an instance field is no constant there, so the call stays out
   * of it; and a handle that is called often the JDK compiles on its own, with what is bound to it
   * as constants.
   */
  MethodHandle bind(MethodHandle capturing) {
    return MethodHandles.insertArguments(capturing, 0, segment);
  }

  /** The code that the last capturing call left. Meaningless if that call did not fail. */
  public int code() {
    return segment.get(ValueLayout.JAVA_INT, offset);
  }
}
