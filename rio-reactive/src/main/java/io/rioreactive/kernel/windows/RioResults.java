package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.rioreactive.kernel.CompletionBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The array of {@code RIORESULT} that a dequeue fills: as long as a batch, so that one call fills
 * one. The queue's thread.
 */
final class RioResults {

  static final int CAPACITY = CompletionBatch.CAPACITY;

  private static final long SIZE = Layouts.RIORESULT.size();
  private static final long STATUS = Layouts.RIORESULT.offset("Status");
  private static final long BYTES_TRANSFERRED = Layouts.RIORESULT.offset("BytesTransferred");
  private static final long SOCKET_CONTEXT = Layouts.RIORESULT.offset("SocketContext");
  private static final long REQUEST_CONTEXT = Layouts.RIORESULT.offset("RequestContext");

  private final MemorySegment memory;

  RioResults(Arena arena) {
    memory = arena.allocate(Layouts.RIORESULT.layout(), CAPACITY);
  }

  /** For the native call. */
  long address() {
    return memory.address();
  }

  /** A Winsock error code, 0 for none. */
  int status(int i) {
    return memory.get(JAVA_INT, i * SIZE + STATUS);
  }

  /** Bytes, as the system says; unsigned. */
  int bytesTransferred(int i) {
    return memory.get(JAVA_INT, i * SIZE + BYTES_TRANSFERRED);
  }

  /** What was given to {@code RIOCreateRequestQueue}: the socket's index. */
  long socketContext(int i) {
    return memory.get(JAVA_LONG, i * SIZE + SOCKET_CONTEXT);
  }

  /** What was given with the request: see {@link RioContext}. */
  long requestContext(int i) {
    return memory.get(JAVA_LONG, i * SIZE + REQUEST_CONTEXT);
  }
}
