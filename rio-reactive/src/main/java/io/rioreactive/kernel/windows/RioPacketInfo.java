package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.rioreactive.kernel.SlotRegion;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;

/**
 * The control and flags slices in the slots of one direction of a socket with packet info. A
 * control slice begins with a {@code RIO_CMSG_BUFFER}, its length, which counts itself and the
 * padding behind it; then come the control messages.
 *
 * <p>Owned by a socket; the queue's thread. It touches no slot that is posted.
 */
final class RioPacketInfo {

  /** {@code RIO_CMSG_BASE_SIZE}: where the control messages begin. */
  private static final int HEADER = 8;

  private static final long TOTAL_LENGTH = Layouts.RIO_CMSG_BUFFER.offset("TotalLength");

  /** Bytes of the control slice of a receive. */
  static final int RECEIVE_SIZE = HEADER + WindowsPacketInfo.RECEIVE_SIZE;

  /** Bytes of the control slice of a send. */
  static final int SEND_SIZE = HEADER + WindowsPacketInfo.SEND_SIZE;

  private final SlotRegion slots;
  private final MemorySegment memory;
  private final long controlOffset;
  private final long flagsOffset;
  private final WindowsPacketInfo messages;

  /** Over slots that have packet info. */
  RioPacketInfo(SlotRegion slots, RioSlabLayout layout, WindowsSocket socket) {
    this.slots = slots;
    this.memory = slots.memory();
    this.controlOffset = layout.controlOffset();
    this.flagsOffset = layout.flagsOffset();
    this.messages =
        new WindowsPacketInfo(
            slots,
            layout.controlOffset() + HEADER,
            layout.controlSize() - HEADER,
            socket.format(),
            socket.localAddress().getPort());
  }

  /** The socket has a peer now, and with it an address of its own. */
  void onConnected(InetSocketAddress local) {
    messages.onConnected(local);
  }

  private long controlAt(int slot) {
    return slots.stride() * slot + controlOffset;
  }

  private long flagsAt(int slot) {
    return slots.stride() * slot + flagsOffset;
  }

  /** Before a receive is posted: what the last one left there is told of no other datagram. */
  void prepareReceive(int slot) {
    memory.set(JAVA_INT, controlAt(slot) + TOTAL_LENGTH, 0);
    memory.set(JAVA_INT, flagsAt(slot), 0);
  }

  /**
   * Reads what was told of the datagram that a completed receive has, if it has one.
   *
   * @param bytes as the system says, unsigned
   * @param datagramSize bytes that the slot has room for
   * @return the status again; 0 where only what was told was cut off
   */
  int read(int slot, int status, int bytes, int datagramSize) {
    if (status != 0 && status != WsaError.WSAEMSGSIZE.code()) {
      return status;
    }
    long length = Integer.toUnsignedLong(memory.get(JAVA_INT, controlAt(slot) + TOTAL_LENGTH));
    int flags = memory.get(JAVA_INT, flagsAt(slot));
    messages.read(slot, length - HEADER, flags);
    return WindowsPacketInfo.isControlAloneCutOff(flags, bytes, datagramSize) ? 0 : status;
  }

  /**
   * Writes the control of a send, if it has any.
   *
   * @return {@link WindowsPacketInfo#NOTHING}, {@link WindowsPacketInfo#IMPOSSIBLE} or the bytes of
   *     the slice
   */
  int write(int slot) {
    int length = messages.write(slot);
    if (length <= WindowsPacketInfo.NOTHING) {
      return length;
    }
    memory.set(JAVA_INT, controlAt(slot) + TOTAL_LENGTH, HEADER + length);
    return HEADER + length;
  }
}
