package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.rioreactive.kernel.ControlMessages;
import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The control buffers of receives that the system tells more about than a sender, one for each
 * message: what stands there is the packet info of its slot, or the size of the datagrams that came
 * in one.
 *
 * <p>Lent with the message headers to each socket with packet info or coalescing for one call. The
 * queue's thread alone.
 */
final class ReceiveControls {

  private static final long INT_SIZE = JAVA_INT.byteSize();

  /** Of those with packet info, which are coalesced as well. */
  static final long SIZE = PacketInfoReader.CONTROL_SIZE + ControlMessages.space(INT_SIZE);

  private final MemorySegment memory;
  private final ControlMessages received;
  private final PacketInfoReader info;

  ReceiveControls(Arena arena, int messages) {
    memory = arena.allocate(messages * SIZE, Long.BYTES);
    received = new ControlMessages(memory, 0, SIZE);
    info = new PacketInfoReader(memory, received);
  }

  /** Where the buffer of message {@code i} begins: {@link #SIZE} bytes. */
  long address(int i) {
    return received.address(i);
  }

  /**
   * Translates what the system told of message {@code i}.
   *
   * @param length bytes that it has written, as it says
   * @param port the local port
   * @param at where in the slots' memory it goes
   */
  void read(
      int i, long length, SocketAddressFormat format, int port, MemorySegment slots, long at) {
    info.read(i, length, format, port, slots, at);
  }

  /**
   * Bytes of each datagram in message {@code i}, but for a shorter last one; 0 if it is one.
   *
   * @param length bytes of control messages that the system has written, as it says
   */
  int segmentSize(int i, long length) {
    received.walk(i, length);
    while (received.next()) {
      if (received.is(Constants.IPPROTO_UDP, Constants.UDP_GRO, INT_SIZE)) {
        return Math.max(0, memory.get(JAVA_INT, received.data()));
      }
    }
    return 0;
  }
}
