package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.rioreactive.kernel.ControlMessages;
import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The message headers of receives that the system tells more about than a sender: each message has
 * a control buffer, and what stands there is the packet info of its slot, or the size of the
 * datagrams that came in one.
 *
 * <p>Owned by a completion queue and lent to each of its sockets with packet info or coalescing for
 * one call, as the headers for the others are. The queue's thread alone.
 */
final class ReceiveControls {

  private static final long INT_SIZE = JAVA_INT.byteSize();

  /** Of those with packet info, which are coalesced as well. */
  private static final long SIZE = PacketInfoReader.CONTROL_SIZE + ControlMessages.space(INT_SIZE);

  private final MessageHeaders headers;
  private final MemorySegment memory;
  private final ControlMessages received;
  private final PacketInfoReader info;

  ReceiveControls(Arena arena) {
    headers = new MessageHeaders(arena);
    memory = arena.allocate(MessageHeaders.CAPACITY * SIZE, Long.BYTES);
    received = new ControlMessages(memory, 0, SIZE);
    headers.setControls(received);
    info = new PacketInfoReader(memory, received);
  }

  MessageHeaders headers() {
    return headers;
  }

  /** Gives the first messages room for what the system tells. Each call takes the room away. */
  void prepare(int count) {
    for (int i = 0; i < count; i++) {
      headers.setControlLength(i, SIZE);
    }
  }

  /**
   * Translates what the system told of message {@code i}.
   *
   * @param port the local port
   * @param at where in the slots' memory it goes
   */
  void read(int i, SocketAddressFormat format, int port, MemorySegment slots, long at) {
    info.read(i, headers.controlLength(i), format, port, slots, at);
  }

  /** Bytes of each datagram in message {@code i}, but for a shorter last one; 0 if it is one. */
  int segmentSize(int i) {
    received.walk(i, headers.controlLength(i));
    while (received.next()) {
      if (received.is(Constants.IPPROTO_UDP, Constants.UDP_GRO, INT_SIZE)) {
        return Math.max(0, memory.get(JAVA_INT, received.data()));
      }
    }
    return 0;
  }
}
