package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.rioreactive.kernel.ControlMessages;
import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Translates the control messages of received datagrams to the {@link PacketInfo} of their slots.
 *
 * <p>A datagram that came by IPv4 is told as {@code IP_PKTINFO, IP_TTL, IP_TOS}, on an IPv6 socket
 * too; there also as {@code IPV6_PKTINFO} with a mapped address, which does not tell a broadcast
 * address.
 *
 * <p>The thread of whoever has the buffers.
 */
final class PacketInfoReader {

  private static final long IN_PKTINFO = Layouts.IN_PKTINFO.size();
  private static final long INDEX = Layouts.IN_PKTINFO.offset("ipi_ifindex");
  private static final long SOURCE = Layouts.IN_PKTINFO.offset("ipi_spec_dst");
  private static final long DESTINATION = Layouts.IN_PKTINFO.offset("ipi_addr");

  private static final long IN6_PKTINFO = Layouts.IN6_PKTINFO.size();
  private static final long ADDRESS6 = Layouts.IN6_PKTINFO.offset("ipi6_addr");
  private static final long INDEX6 = Layouts.IN6_PKTINFO.offset("ipi6_ifindex");

  private static final long INT_SIZE = JAVA_INT.byteSize();

  /** Room for it, of the datagrams that are told most of: by IPv4 to an IPv6 socket. */
  static final long CONTROL_SIZE =
      ControlMessages.space(IN6_PKTINFO)
          + ControlMessages.space(IN_PKTINFO)
          + ControlMessages.space(INT_SIZE)
          + ControlMessages.space(1);

  private static final ValueLayout.OfInt BE_INT =
      JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong BE_LONG =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private static final long HALF = Long.BYTES;
  private static final int BYTE_MASK = 0xFF;

  private final MemorySegment memory;
  private final ControlMessages received;

  /**
   * Over the memory that the buffers are in.
   *
   * @param received the buffers
   */
  PacketInfoReader(MemorySegment memory, ControlMessages received) {
    this.memory = memory;
    this.received = received;
  }

  /**
   * Translates what stands in buffer {@code i}.
   *
   * @param length bytes that the system has written there, as it says
   * @param port the local port
   * @param info where in the slots' memory it goes
   */
  void read(
      int i, long length, SocketAddressFormat format, int port, MemorySegment slots, long info) {
    PacketInfo.clear(slots, info);
    received.walk(i, length);
    while (received.next()) {
      long data = received.data();
      if (isV4(Constants.IP_PKTINFO, IN_PKTINFO)) {
        readV4(data, format, port, slots, info);
      } else if (isV6(Constants.IPV6_PKTINFO, IN6_PKTINFO)) {
        readV6(data, format, port, slots, info);
      } else if (isV4(Constants.IP_TTL, INT_SIZE) || isV6(Constants.IPV6_HOPLIMIT, INT_SIZE)) {
        PacketInfo.setHopLimit(slots, info, memory.get(JAVA_INT, data) & BYTE_MASK);
      } else if (isV4(Constants.IP_TOS, 1)) {
        PacketInfo.setTrafficClass(slots, info, memory.get(JAVA_BYTE, data) & BYTE_MASK);
      } else if (isV6(Constants.IPV6_TCLASS, INT_SIZE)) {
        PacketInfo.setTrafficClass(slots, info, memory.get(JAVA_INT, data) & BYTE_MASK);
      }
    }
  }

  private boolean isV4(int type, long dataSize) {
    return received.is(Constants.IPPROTO_IP, type, dataSize);
  }

  private boolean isV6(int type, long dataSize) {
    return received.is(Constants.IPPROTO_IPV6, type, dataSize);
  }

  private void readV4(
      long data, SocketAddressFormat format, int port, MemorySegment slots, long info) {
    int destination = memory.get(BE_INT, data + DESTINATION);
    // The source that the system would take: another one if it came to a group or by broadcast.
    boolean isOwn = memory.get(BE_INT, data + SOURCE) == destination;
    long low = SocketAddressFormat.lowOfV4(destination);
    int index = memory.get(JAVA_INT, data + INDEX);
    PacketInfo.setDestination(slots, info, format, 0, low, port, isOwn, index);
  }

  private void readV6(
      long data, SocketAddressFormat format, int port, MemorySegment slots, long info) {
    long high = memory.get(BE_LONG, data + ADDRESS6);
    long low = memory.get(BE_LONG, data + ADDRESS6 + HALF);
    if (SocketAddressFormat.isV4(high, low)) {
      return; // the message of the other family says more
    }
    int index = memory.get(JAVA_INT, data + INDEX6);
    PacketInfo.setDestination(slots, info, format, high, low, port, true, index);
  }
}
