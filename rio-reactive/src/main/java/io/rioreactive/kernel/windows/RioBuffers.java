package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The {@code RIO_BUF} that describe a request: its payload and its address, with packet info its
 * control and its flags too; slices of one registration. They are written before each post, since
 * Winsock copies them during the call.
 *
 * <p>The queue's thread.
 */
final class RioBuffers {

  private static final long SIZE = Layouts.RIO_BUF.size();
  private static final long BUFFER_ID = Layouts.RIO_BUF.offset("BufferId");
  private static final long OFFSET = Layouts.RIO_BUF.offset("Offset");
  private static final long LENGTH = Layouts.RIO_BUF.offset("Length");

  private static final long PAYLOAD = 0;
  private static final long ADDRESS = PAYLOAD + SIZE;
  private static final long CONTROL = ADDRESS + SIZE;
  private static final long FLAGS = CONTROL + SIZE;

  /** How many there are. */
  private static final int COUNT = 4;

  private final MemorySegment memory;
  private final long address;

  RioBuffers(Arena arena) {
    memory = arena.allocate(Layouts.RIO_BUF.layout(), COUNT);
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

  /** Address of the control's descriptor. */
  long control() {
    return address + CONTROL;
  }

  /** Address of the descriptor of the flags. */
  long flags() {
    return address + FLAGS;
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

  /** Describes the control of a request: a receive's or a send's. */
  void setControl(long bufferId, long offset, int length) {
    set(CONTROL, bufferId, offset, length);
  }

  /** Describes where the flags of a receive go. */
  void setFlags(long bufferId, long offset) {
    set(FLAGS, bufferId, offset, Integer.BYTES);
  }

  private void set(long at, long bufferId, long offset, int length) {
    memory.set(JAVA_LONG, at + BUFFER_ID, bufferId);
    memory.set(JAVA_INT, at + OFFSET, (int) offset);
    memory.set(JAVA_INT, at + LENGTH, length);
  }
}
