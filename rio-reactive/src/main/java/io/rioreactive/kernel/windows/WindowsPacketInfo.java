package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.rioreactive.kernel.ControlMessages;
import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;

/**
 * The control messages in the slots of one direction of a socket, translated from and to the {@link
 * PacketInfo} of each slot.
 *
 * <p>{@code in_pktinfo} has one address here: where the datagram came to or is to leave from.
 * Whether it came to many is told by the flags of the message, MSG_BCAST and MSG_MCAST. (A datagram
 * that was a broadcast on the link has MSG_BCAST too, whatever its address; an answer then leaves
 * by the interface.) A datagram that came by IPv4 to an IPv6 socket is told as {@code IP_PKTINFO},
 * and one that leaves as IPv4 takes that as well. Windows writes an IPv4 hop limit as IP_TTL,
 * though it is asked for as IP_HOPLIMIT; both are read.
 *
 * <p>Owned by a socket; the queue's thread. What is outstanding it never touches.
 */
final class WindowsPacketInfo {

  private static final long IN_PKTINFO = Layouts.IN_PKTINFO.size();
  private static final long ADDRESS = Layouts.IN_PKTINFO.offset("ipi_addr");
  private static final long INDEX = Layouts.IN_PKTINFO.offset("ipi_ifindex");

  private static final long IN6_PKTINFO = Layouts.IN6_PKTINFO.size();
  private static final long ADDRESS6 = Layouts.IN6_PKTINFO.offset("ipi6_addr");
  private static final long INDEX6 = Layouts.IN6_PKTINFO.offset("ipi6_ifindex");

  private static final long INT_SIZE = JAVA_INT.byteSize();

  /** Bytes of control that a receive has room for: of each option that is asked for, one. */
  static final int RECEIVE_SIZE =
      (int)
          (ControlMessages.space(IN6_PKTINFO)
              + ControlMessages.space(IN_PKTINFO)
              + 4 * ControlMessages.space(INT_SIZE)); // hop limits and traffic classes

  /** Bytes of control that a send has at most. */
  static final int SEND_SIZE = (int) ControlMessages.space(IN6_PKTINFO);

  /** {@link #write}: nothing was said, so nothing was written. */
  static final int NOTHING = 0;

  /** {@link #write}: source and target are of two families, which no datagram has. */
  static final int IMPOSSIBLE = -1;

  private static final ValueLayout.OfInt BE_INT =
      JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong BE_LONG =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private static final long HALF = Long.BYTES;
  private static final int BYTE_MASK = 0xFF;

  private final SlotRegion slots;
  private final MemorySegment memory;
  private final ControlMessages controls;
  private final SocketAddressFormat format;
  private final int port;

  // Of a connected socket: its own address.
  private boolean isConnected;
  private long localHigh;
  private long localLow;

  /**
   * Over slots that have packet info.
   *
   * @param controlOffset where in a slot its control messages begin
   * @param controlSize bytes there are for them
   * @param port the local port
   */
  WindowsPacketInfo(
      SlotRegion slots, int controlOffset, int controlSize, SocketAddressFormat format, int port) {
    this.slots = slots;
    this.memory = slots.memory();
    this.controls = new ControlMessages(memory, controlOffset, slots.stride(), controlSize);
    this.format = format;
    this.port = port;
  }

  /** The socket has a peer now, and with it an address of its own. */
  void onConnected(InetSocketAddress local) {
    InetAddress address = local.getAddress();
    isConnected = true;
    localHigh = SocketAddressFormat.high(address);
    localLow = SocketAddressFormat.low(address);
  }

  // ---- receive

  /**
   * Whether it was the control that was cut off and not the datagram: to the system both is a
   * message that was too long.
   *
   * @param bytes of the datagram, as the system says, unsigned
   * @param datagramSize bytes that the slot has room for
   */
  static boolean isControlAloneCutOff(int flags, int bytes, int datagramSize) {
    return (flags & (Constants.MSG_TRUNC | Constants.MSG_CTRUNC)) == Constants.MSG_CTRUNC
        && Integer.compareUnsigned(bytes, datagramSize) <= 0;
  }

  /**
   * Translates what the system told of the datagram in a slot.
   *
   * @param length bytes of control, as the system says
   * @param flags of the message
   */
  void read(int slot, long length, int flags) {
    long info = slots.infoAt(slot);
    PacketInfo.clear(memory, info);
    boolean isOwn = (flags & (Constants.MSG_BCAST | Constants.MSG_MCAST)) == 0;
    controls.walk(slot, length);
    while (controls.next()) {
      long data = controls.data();
      if (isV4(Constants.IP_PKTINFO, IN_PKTINFO)) {
        readV4(data, isOwn, info);
      } else if (isV6(Constants.IPV6_PKTINFO, IN6_PKTINFO)) {
        readV6(data, isOwn, info);
      } else if (isHopLimit()) {
        PacketInfo.setHopLimit(memory, info, memory.get(JAVA_INT, data) & BYTE_MASK);
      } else if (isV4(Constants.IP_TOS, INT_SIZE) || isV6(Constants.IPV6_TCLASS, INT_SIZE)) {
        PacketInfo.setTrafficClass(memory, info, memory.get(JAVA_INT, data) & BYTE_MASK);
      }
    }
  }

  private boolean isHopLimit() {
    return isV4(Constants.IP_TTL, INT_SIZE)
        || isV4(Constants.IP_HOPLIMIT, INT_SIZE)
        || isV6(Constants.IPV6_HOPLIMIT, INT_SIZE);
  }

  private boolean isV4(int type, long dataSize) {
    return controls.is(Constants.IPPROTO_IP, type, dataSize);
  }

  private boolean isV6(int type, long dataSize) {
    return controls.is(Constants.IPPROTO_IPV6, type, dataSize);
  }

  private void readV4(long data, boolean isOwn, long info) {
    long low = SocketAddressFormat.lowOfV4(memory.get(BE_INT, data + ADDRESS));
    int index = memory.get(JAVA_INT, data + INDEX);
    PacketInfo.setDestination(memory, info, format, 0, low, port, isOwn, index);
  }

  private void readV6(long data, boolean isOwn, long info) {
    long high = memory.get(BE_LONG, data + ADDRESS6);
    long low = memory.get(BE_LONG, data + ADDRESS6 + HALF);
    int index = memory.get(JAVA_INT, data + INDEX6);
    PacketInfo.setDestination(memory, info, format, high, low, port, isOwn, index);
  }

  // ---- send

  /**
   * Translates what a slot says of where its datagram is to leave.
   *
   * @return bytes of control, {@link #NOTHING} or {@link #IMPOSSIBLE}
   */
  int write(int slot) {
    if (PacketInfo.origin(memory, slots.infoAt(slot)) == PacketInfo.UNKNOWN) {
      return NOTHING;
    }
    long high = PacketInfo.sourceHigh(slots, slot, format);
    long low = PacketInfo.sourceLow(slots, slot, format);
    if (isWhereItLeavesAnyway(slot, high, low)) {
      return NOTHING;
    }
    boolean isV4 = SocketAddressFormat.isV4(high, low);
    if (isV4 != PacketInfo.isTargetV4(slots, slot, format)) {
      return IMPOSSIBLE;
    }
    int index = PacketInfo.sourceInterface(slots, slot, format);
    return (int)
        ControlMessages.space(isV4 ? putV4(slot, low, index) : putV6(slot, high, low, index));
  }

  /** Whether Windows takes a source on a connected socket is not documented: so none unasked. */
  private boolean isWhereItLeavesAnyway(int slot, long high, long low) {
    return isConnected
        && high == localHigh
        && low == localLow
        && PacketInfo.interfaceIndex(memory, slots.infoAt(slot)) == 0;
  }

  private long putV4(int slot, long low, int index) {
    long data = controls.put(slot, Constants.IPPROTO_IP, Constants.IP_PKTINFO, IN_PKTINFO);
    memory.set(BE_INT, data + ADDRESS, (int) low);
    memory.set(JAVA_INT, data + INDEX, index);
    return IN_PKTINFO;
  }

  private long putV6(int slot, long high, long low, int index) {
    long data = controls.put(slot, Constants.IPPROTO_IPV6, Constants.IPV6_PKTINFO, IN6_PKTINFO);
    memory.set(BE_LONG, data + ADDRESS6, high);
    memory.set(BE_LONG, data + ADDRESS6 + HALF, low);
    memory.set(JAVA_INT, data + INDEX6, index);
    return IN6_PKTINFO;
  }
}
