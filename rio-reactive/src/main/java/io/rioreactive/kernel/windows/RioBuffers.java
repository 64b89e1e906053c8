package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The two {@code RIO_BUF} that describe a request: its payload and its address, slices of one
 * registration. They are written before each post, since Winsock copies them during the call.
 *
 * <p>The queue's thread. (A third one, for control data, goes here when packet info comes.)
 */
final class RioBuffers {

  private static final long SIZE = Layouts.RIO_BUF.size();
  private static final long BUFFER_ID = Layouts.RIO_BUF.offset("BufferId");
  private static final long OFFSET = Layouts.RIO_BUF.offset("Offset");
  private static final long LENGTH = Layouts.RIO_BUF.offset("Length");

  private static final long PAYLOAD = 0;
  private static final long ADDRESS = SIZE;

  private final MemorySegment memory;
  private final long address;

  RioBuffers(Arena arena) {
    memory = arena.allocate(Layouts.RIO_BUF.layout(), 2);
    address = memory.address();
  }

  /** Address of the payload's descriptor. */
  long payload() {
    return address + PAYLOAD;
  }

  /** Address of the address's descriptor. */
  long address() {
    return address + ADDRESS;
  }

  /**
   * Describes a request. Offsets are bytes from the beginning of the registration, below 4 GiB.
   *
   * @param addressLength bytes of a {@code SOCKADDR_INET} at least
   */
  void set(
      long bufferId, long payloadOffset, int payloadLength, long addressOffset, int addressLength) {
    set(PAYLOAD, bufferId, payloadOffset, payloadLength);
    set(ADDRESS, bufferId, addressOffset, addressLength);
  }

  private void set(long at, long bufferId, long offset, int length) {
    memory.set(JAVA_LONG, at + BUFFER_ID, bufferId);
    memory.set(JAVA_INT, at + OFFSET, (int) offset);
    memory.set(JAVA_INT, at + LENGTH, length);
  }
}
