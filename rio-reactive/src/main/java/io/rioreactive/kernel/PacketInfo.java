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
