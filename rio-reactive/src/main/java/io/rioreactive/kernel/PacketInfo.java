package io.rioreactive.kernel;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * What a slot says of a datagram's local end, in an area of its own ({@link SlotRegion#infoAt}): of
 * a received one where it came to, of one to send where it is to leave from. The kernel's own form
 * of it (control messages) stays with the kernel.
 *
 * <pre>
 * local address as {@link SocketAddressFormat} writes it (32 bytes)
 * i32 interface index | i16 hop limit | i16 traffic class | i32 origin
 * </pre>
 *
 * <p>One thread: the pump.
 */
public final class PacketInfo {

  /** Bytes of the area. */
  public static final int SIZE = SocketAddressFormat.SIZE + 16;

  /** {@link #origin}: nothing is known of it; of one to send, the system picks. */
  public static final int UNKNOWN = 0;

  /** {@link #origin}: an address of this machine, from which an answer can leave. */
  public static final int ADDRESS = 1;

  /** {@link #origin}: a group or a broadcast address; an answer leaves by the interface alone. */
  public static final int INTERFACE = 2;

  /** {@link #hopLimit} and {@link #trafficClass}: the kernel does not tell. */
  public static final int NOT_TOLD = -1;

  private static final long INTERFACE_INDEX = SocketAddressFormat.SIZE;
  private static final long HOP_LIMIT = INTERFACE_INDEX + 4;
  private static final long TRAFFIC_CLASS = HOP_LIMIT + 2;
  private static final long ORIGIN = TRAFFIC_CLASS + 2;

  private PacketInfo() {}

  /** Says that nothing is known, or wanted. */
  public static void clear(MemorySegment memory, long info) {
    memory.set(JAVA_INT_UNALIGNED, info + ORIGIN, UNKNOWN);
    memory.set(JAVA_INT_UNALIGNED, info + INTERFACE_INDEX, 0);
    memory.set(JAVA_SHORT_UNALIGNED, info + HOP_LIMIT, (short) NOT_TOLD);
    memory.set(JAVA_SHORT_UNALIGNED, info + TRAFFIC_CLASS, (short) NOT_TOLD);
  }

  /**
   * Says where. The address itself is written by {@link SocketAddressFormat#write}, to the same
   * offset.
   *
   * @param origin {@link #ADDRESS} or {@link #INTERFACE}
   * @param interfaceIndex 0 where it is not known, or for whichever
   */
  public static void setOrigin(MemorySegment memory, long info, int origin, int interfaceIndex) {
    memory.set(JAVA_INT_UNALIGNED, info + ORIGIN, origin);
    memory.set(JAVA_INT_UNALIGNED, info + INTERFACE_INDEX, interfaceIndex);
  }

  public static void setHopLimit(MemorySegment memory, long info, int hopLimit) {
    memory.set(JAVA_SHORT_UNALIGNED, info + HOP_LIMIT, (short) hopLimit);
  }

  public static void setTrafficClass(MemorySegment memory, long info, int trafficClass) {
    memory.set(JAVA_SHORT_UNALIGNED, info + TRAFFIC_CLASS, (short) trafficClass);
  }

  /**
   * Says to which address a datagram came. A group is {@link #INTERFACE} whatever is said of it,
   * and so is 255.255.255.255; an address that is one on each link gets the interface as its scope.
   *
   * @param isOwn whether it is an address of this machine, as far as the system tells
   * @param interfaceIndex by which it came
   */
  public static void setDestination(
      MemorySegment memory,
      long info,
      SocketAddressFormat format,
      long high,
      long low,
      int port,
      boolean isOwn,
      int interfaceIndex) {
    int scope = hasScope(high) ? interfaceIndex : 0;
    if (format.write(memory, info, high, low, SocketAddressFormat.portAndScope(port, scope))) {
      boolean isSource = isOwn && !isOfMany(high, low);
      setOrigin(memory, info, isSource ? ADDRESS : INTERFACE, interfaceIndex);
    }
  }

  /** {@code ff00::/8}, {@code 224.0.0.0/4} or {@code 255.255.255.255}: no sender's. */
  private static boolean isOfMany(long high, long low) {
    return SocketAddressFormat.isV4(high, low)
        ? (int) low >>> 28 == 0xE || (int) low == 0xFFFF_FFFF
        : isGroup(high);
  }

  private static boolean isGroup(long high) {
    return high >>> 56 == 0xFF;
  }

  /** {@code fe80::/10}, {@code ffx1::/16} and {@code ffx2::/16}: one on each interface or link. */
  private static boolean hasScope(long high) {
    if (isGroup(high)) {
      long groupScope = high >>> 48 & 0xF;
      return groupScope == 1 || groupScope == 2;
    }
    return high >>> 54 == 0xFE80 >>> 6;
  }

  // What the datagram in a send slot says of its source, if its origin is not UNKNOWN.

  /** Upper half of the source; where it says an interface alone, of no address. */
  public static long sourceHigh(SlotRegion slots, int slot, SocketAddressFormat format) {
    long info = slots.infoAt(slot);
    return origin(slots.memory(), info) == ADDRESS ? format.readHigh(slots.memory(), info) : 0;
  }

  /** Lower half of the source; where it says an interface alone, of no address of its target's. */
  public static long sourceLow(SlotRegion slots, int slot, SocketAddressFormat format) {
    MemorySegment memory = slots.memory();
    long info = slots.infoAt(slot);
    if (origin(memory, info) == ADDRESS) {
      return format.readLow(memory, info);
    }
    return isTargetV4(slots, slot, format) ? SocketAddressFormat.lowOfV4(0) : 0;
  }

  /** Whether the datagram in a send slot goes to an IPv4 address. */
  public static boolean isTargetV4(SlotRegion slots, int slot, SocketAddressFormat format) {
    MemorySegment memory = slots.memory();
    long target = slots.addressAt(slot);
    return SocketAddressFormat.isV4(
        format.readHigh(memory, target), format.readLow(memory, target));
  }

  /** The interface it is to leave by; 0 for whichever. */
  public static int sourceInterface(SlotRegion slots, int slot, SocketAddressFormat format) {
    MemorySegment memory = slots.memory();
    long info = slots.infoAt(slot);
    int index = interfaceIndex(memory, info);
    return index == 0 && origin(memory, info) == ADDRESS
        ? SocketAddressFormat.scope(format.readPortAndScope(memory, info))
        : index;
  }

  /** Whether two datagrams to send say the same of their source. */
  public static boolean isSameSource(
      MemorySegment memory, long a, long b, SocketAddressFormat format) {
    int origin = origin(memory, a);
    return origin == origin(memory, b)
        && (origin == UNKNOWN || interfaceIndex(memory, a) == interfaceIndex(memory, b))
        && (origin != ADDRESS || format.isSame(memory, a, b));
  }

  /** {@link #UNKNOWN}, {@link #ADDRESS} or {@link #INTERFACE}. */
  public static int origin(MemorySegment memory, long info) {
    return memory.get(JAVA_INT_UNALIGNED, info + ORIGIN);
  }

  /** The system's number of the interface; 0 where it is not known. */
  public static int interfaceIndex(MemorySegment memory, long info) {
    return memory.get(JAVA_INT_UNALIGNED, info + INTERFACE_INDEX);
  }

  /** Routers that the datagram might still have passed (TTL), 0 to 255, or {@link #NOT_TOLD}. */
  public static int hopLimit(MemorySegment memory, long info) {
    return memory.get(JAVA_SHORT_UNALIGNED, info + HOP_LIMIT);
  }

  /** The eight bits of DSCP and ECN, 0 to 255, or {@link #NOT_TOLD}. */
  public static int trafficClass(MemorySegment memory, long info) {
    return memory.get(JAVA_SHORT_UNALIGNED, info + TRAFFIC_CLASS);
  }
}
