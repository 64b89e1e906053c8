package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.rioreactive.kernel.ControlMessages;
import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The {@code mmsghdr} array for sends. A message is one datagram, or several that the system cuts
 * apart again ({@code UDP_SEGMENT}): it takes them from an {@code iovec} each.
 *
 * <p>Filled from front to back: {@link #begin} a message, {@link #add} its datagrams, then what the
 * system is told about it. Owned by a completion queue and lent to each of its sockets for one
 * call. The queue's thread alone. It never knows which datagrams belong together.
 */
final class SendMessages {

  /** Messages in one call: more gains nothing measurable. */
  static final int CAPACITY = 64;

  /** Datagrams in one call. */
  static final int MOST_DATAGRAMS = 256;

  private static final long HEADER = Layouts.MMSGHDR.size();
  private static final long NAME = Layouts.MMSGHDR.offset("msg_hdr", "msg_name");
  private static final long NAME_LENGTH = Layouts.MMSGHDR.offset("msg_hdr", "msg_namelen");
  private static final long IOV = Layouts.MMSGHDR.offset("msg_hdr", "msg_iov");
  private static final long IOV_COUNT = Layouts.MMSGHDR.offset("msg_hdr", "msg_iovlen");
  private static final long CONTROL = Layouts.MMSGHDR.offset("msg_hdr", "msg_control");
  private static final long CONTROL_LENGTH = Layouts.MMSGHDR.offset("msg_hdr", "msg_controllen");

  private static final long IOVEC = Layouts.IOVEC.size();
  private static final long IOVECS = CAPACITY * HEADER;
  private static final long BASE = IOVECS + Layouts.IOVEC.offset("iov_base");
  private static final long LENGTH = IOVECS + Layouts.IOVEC.offset("iov_len");

  private static final long IN_PKTINFO = Layouts.IN_PKTINFO.size();
  private static final long INDEX = Layouts.IN_PKTINFO.offset("ipi_ifindex");
  private static final long SOURCE = Layouts.IN_PKTINFO.offset("ipi_spec_dst");
  private static final long DESTINATION = Layouts.IN_PKTINFO.offset("ipi_addr");

  private static final long IN6_PKTINFO = Layouts.IN6_PKTINFO.size();
  private static final long ADDRESS6 = Layouts.IN6_PKTINFO.offset("ipi6_addr");
  private static final long INDEX6 = Layouts.IN6_PKTINFO.offset("ipi6_ifindex");

  private static final long CONTROLS = IOVECS + MOST_DATAGRAMS * IOVEC;
  private static final long CONTROL_SIZE =
      ControlMessages.space(IN6_PKTINFO) + ControlMessages.space(Short.BYTES);

  private static final ValueLayout.OfInt BE_INT =
      JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong BE_LONG =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private static final long ALIGNMENT = 64;

  private final MemorySegment memory;
  private final ControlMessages controls;
  private final int[] counts = new int[CAPACITY];
  private int size;
  private int datagrams;

  /** Bytes of control messages that the last message has. */
  private long controlLength;

  /** Empty. */
  SendMessages(Arena arena) {
    memory = arena.allocate(CONTROLS + CAPACITY * CONTROL_SIZE, ALIGNMENT);
    controls = new ControlMessages(memory, CONTROLS, CONTROL_SIZE);
    for (int i = 0; i < CAPACITY; i++) {
      memory.set(JAVA_LONG, i * HEADER + CONTROL, controls.address(i));
    }
  }

  /** What the call takes as {@code msgvec}. */
  long address() {
    return memory.address();
  }

  void clear() {
    size = 0;
    datagrams = 0;
  }

  /** Messages. */
  int size() {
    return size;
  }

  /** How many datagrams message {@code i} has. */
  int count(int i) {
    return counts[i];
  }

  /** How many datagrams one more message may have. */
  int room() {
    return size == CAPACITY ? 0 : MOST_DATAGRAMS - datagrams;
  }

  /** Begins a message to whom the name says; {@link LibC#NULL} is the peer of the socket. */
  void begin(long name, int nameLength) {
    long header = size * HEADER;
    memory.set(JAVA_LONG, header + NAME, name);
    memory.set(JAVA_INT, header + NAME_LENGTH, name == LibC.NULL ? 0 : nameLength);
    memory.set(JAVA_LONG, header + IOV, address() + IOVECS + datagrams * IOVEC);
    memory.set(JAVA_LONG, header + IOV_COUNT, 0L);
    memory.set(JAVA_LONG, header + CONTROL_LENGTH, 0L);
    controlLength = 0;
    counts[size++] = 0;
  }

  /** Adds a datagram to the last message. */
  void add(long payload, int length) {
    memory.set(JAVA_LONG, datagrams * IOVEC + BASE, payload);
    memory.set(JAVA_LONG, datagrams * IOVEC + LENGTH, length);
    datagrams++;
    memory.set(JAVA_LONG, (size - 1) * HEADER + IOV_COUNT, ++counts[size - 1]);
  }

  /** Has the last message cut into datagrams of so many bytes, and a last one of the rest. */
  void cutInto(int bytes) {
    long data = control(Constants.IPPROTO_UDP, Constants.UDP_SEGMENT, Short.BYTES);
    memory.set(JAVA_SHORT, data, (short) bytes);
  }

  /**
   * Translates what a slot says of where its datagram is to leave ({@link PacketInfo}), for the
   * last message; nothing is said where the slot says nothing. An IPv6 socket takes {@code
   * IPV6_PKTINFO} for both families.
   */
  void leaveFrom(SocketAddressFormat format, SlotRegion slots, int slot) {
    if (PacketInfo.origin(slots.memory(), slots.infoAt(slot)) == PacketInfo.UNKNOWN) {
      return;
    }
    long high = PacketInfo.sourceHigh(slots, slot, format);
    long low = PacketInfo.sourceLow(slots, slot, format);
    int index = PacketInfo.sourceInterface(slots, slot, format);
    if (format.isIpv6Socket()) {
      leaveFromV6(high, low, index);
    } else {
      leaveFromV4((int) low, index);
    }
  }

  private void leaveFromV4(int source, int index) {
    long data = control(Constants.IPPROTO_IP, Constants.IP_PKTINFO, IN_PKTINFO);
    memory.set(JAVA_INT, data + INDEX, index);
    memory.set(BE_INT, data + SOURCE, source);
    memory.set(BE_INT, data + DESTINATION, 0);
  }

  private void leaveFromV6(long high, long low, int index) {
    long data = control(Constants.IPPROTO_IPV6, Constants.IPV6_PKTINFO, IN6_PKTINFO);
    memory.set(BE_LONG, data + ADDRESS6, high);
    memory.set(BE_LONG, data + ADDRESS6 + Long.BYTES, low);
    memory.set(JAVA_INT, data + INDEX6, index);
  }

  /** Adds a control message to the last message, and answers where in the memory its data goes. */
  private long control(int level, int type, long dataSize) {
    long data = controls.put(size - 1, controlLength, level, type, dataSize);
    controlLength += ControlMessages.space(dataSize);
    memory.set(JAVA_LONG, (size - 1) * HEADER + CONTROL_LENGTH, controlLength);
    return data;
  }
}
