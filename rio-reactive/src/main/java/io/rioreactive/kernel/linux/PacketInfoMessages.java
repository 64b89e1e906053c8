package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.rioreactive.kernel.ControlMessages;
import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The message headers of both directions for sockets with packet info: each message has a control
 * buffer, and what stands there is translated from and to the {@link PacketInfo} of its slot.
 *
 * <p>A datagram that came by IPv4 is told as {@code IP_PKTINFO, IP_TTL, IP_TOS}, on an IPv6 socket
 * too; there also as {@code IPV6_PKTINFO} with a mapped address, which does not tell a broadcast
 * address. To send, an IPv6 socket takes {@code IPV6_PKTINFO} for both families.
 *
 * <p>Owned by a completion queue and lent to each of its sockets with packet info for one call, as
 * the headers for the others are. The queue's thread alone.
 */
final class PacketInfoMessages {

  private static final long IN_PKTINFO = Layouts.IN_PKTINFO.size();
  private static final long INDEX = Layouts.IN_PKTINFO.offset("ipi_ifindex");
  private static final long SOURCE = Layouts.IN_PKTINFO.offset("ipi_spec_dst");
  private static final long DESTINATION = Layouts.IN_PKTINFO.offset("ipi_addr");

  private static final long IN6_PKTINFO = Layouts.IN6_PKTINFO.size();
  private static final long ADDRESS6 = Layouts.IN6_PKTINFO.offset("ipi6_addr");
  private static final long INDEX6 = Layouts.IN6_PKTINFO.offset("ipi6_ifindex");

  private static final long INT_SIZE = JAVA_INT.byteSize();

  /** By IPv4 to an IPv6 socket, which is told most. */
  private static final long RECEIVE_SIZE =
      ControlMessages.space(IN6_PKTINFO)
          + ControlMessages.space(IN_PKTINFO)
          + ControlMessages.space(INT_SIZE)
          + ControlMessages.space(1);

  private static final long SEND_SIZE = ControlMessages.space(IN6_PKTINFO);

  private static final ValueLayout.OfInt BE_INT =
      JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong BE_LONG =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private static final long HALF = Long.BYTES;
  private static final int BYTE_MASK = 0xFF;

  private final MessageHeaders receiveHeaders;
  private final MessageHeaders sendHeaders;
  private final MemorySegment memory;
  private final ControlMessages received;
  private final ControlMessages sent;

  PacketInfoMessages(Arena arena) {
    receiveHeaders = new MessageHeaders(arena);
    sendHeaders = new MessageHeaders(arena);
    int count = MessageHeaders.CAPACITY;
    memory = arena.allocate(count * (RECEIVE_SIZE + SEND_SIZE), Long.BYTES);
    received = new ControlMessages(memory, 0, RECEIVE_SIZE);
    sent = new ControlMessages(memory, count * RECEIVE_SIZE, SEND_SIZE);
    receiveHeaders.setControls(received);
    sendHeaders.setControls(sent);
  }

  MessageHeaders receiveHeaders() {
    return receiveHeaders;
  }

  MessageHeaders sendHeaders() {
    return sendHeaders;
  }

  // ---- receive

  /** Gives the first messages room for what the system tells. Each call takes the room away. */
  void prepareReceives(int count) {
    for (int i = 0; i < count; i++) {
      receiveHeaders.setControlLength(i, RECEIVE_SIZE);
    }
  }

  /**
   * Translates what the system told of message {@code i}.
   *
   * @param port the local port
   * @param info where in the slots' memory it goes
   */
  void read(int i, SocketAddressFormat format, int port, MemorySegment slots, long info) {
    PacketInfo.clear(slots, info);
    received.walk(i, receiveHeaders.controlLength(i));
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

  // ---- send

  /**
   * Translates what a slot says of where its datagram is to leave, for message {@code i}; nothing
   * is said where the slot says nothing.
   */
  void prepareSend(int i, SocketAddressFormat format, SlotRegion slots, int slot) {
    if (PacketInfo.origin(slots.memory(), slots.infoAt(slot)) == PacketInfo.UNKNOWN) {
      sendHeaders.setControlLength(i, 0);
      return;
    }
    long high = PacketInfo.sourceHigh(slots, slot, format);
    long low = PacketInfo.sourceLow(slots, slot, format);
    int index = PacketInfo.sourceInterface(slots, slot, format);
    long size = format.isIpv6Socket() ? putV6(i, high, low, index) : putV4(i, (int) low, index);
    sendHeaders.setControlLength(i, ControlMessages.space(size));
  }

  private long putV4(int i, int source, int index) {
    long data = sent.put(i, Constants.IPPROTO_IP, Constants.IP_PKTINFO, IN_PKTINFO);
    memory.set(JAVA_INT, data + INDEX, index);
    memory.set(BE_INT, data + SOURCE, source);
    memory.set(BE_INT, data + DESTINATION, 0);
    return IN_PKTINFO;
  }

  private long putV6(int i, long high, long low, int index) {
    long data = sent.put(i, Constants.IPPROTO_IPV6, Constants.IPV6_PKTINFO, IN6_PKTINFO);
    memory.set(BE_LONG, data + ADDRESS6, high);
    memory.set(BE_LONG, data + ADDRESS6 + HALF, low);
    memory.set(JAVA_INT, data + INDEX6, index);
    return IN6_PKTINFO;
  }
}
