package io.rioreactive;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import io.rioreactive.kernel.PacketInfo;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A received datagram where it stands: in its slot. What a {@link DatagramDecoder} reads.
 *
 * <p>Usable by the thread that calls the decoder until the decoder returns; at any other time and
 * on any other thread every method throws {@link IllegalStateException}. One object serves all
 * datagrams of a connection, one after the other, so that reading allocates nothing.
 *
 * <p>Numbers are read in network order (big-endian). An index below 0 or with too few bytes behind
 * it is an {@link IndexOutOfBoundsException}.
 */
public final class DatagramView {

  private static final ValueLayout.OfShort SHORT =
      JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  /** For the original length of a datagram that was cut off, where the kernel does not tell. */
  static final int UNKNOWN_LENGTH = -1;

  private final SlotRegion region;
  private final MemorySegment memory;
  private final SocketAddressFormat format;
  private final AddressCache addresses;

  /** From the address area to the packet info. */
  private final int infoDistance;

  /**
   * Id of the thread inside the decoder; 0 between calls, so one comparison guards both. A number,
   * since the collector charges for each reference that is stored.
   */
  private long user;

  private long address;
  private long payload;
  private int length;
  private int originalLength;

  /** Of a buffer or segment that was asked for; closed with the call. */
  private @Nullable Arena arena;

  DatagramView(RequestQueue queue, AddressCache addresses) {
    this.region = queue.receiveSlots();
    this.memory = region.memory();
    this.format = queue.addressFormat();
    this.addresses = addresses;
    this.infoDistance = region.infoOffset() - region.addressOffset();
  }

  /**
   * Turns to another datagram.
   *
   * @param offset where in the payload of its place it begins
   */
  void turnTo(int place, int offset) {
    this.address = region.addressAt(place);
    this.payload = region.payloadAt(place) + offset;
  }

  /**
   * Lets the calling thread read.
   *
   * @param originalLength as it was sent, or {@link #UNKNOWN_LENGTH}
   */
  void open(int length, int originalLength) {
    this.length = length;
    this.originalLength = originalLength;
    this.user = Thread.currentThread().threadId();
  }

  void close() {
    user = 0;
    Arena lent = arena;
    if (lent != null) {
      arena = null;
      lent.close();
    }
  }

  private void check() {
    if (Thread.currentThread().threadId() != user) {
      throw new IllegalStateException(
          "a DatagramView is usable inside DatagramDecoder.decode only, on the thread that calls"
              + " it: take what you need there, or use receive() for datagrams that can be kept");
    }
  }

  private long at(int index, int bytes) {
    check();
    return payload + Objects.checkFromIndexSize(index, bytes, length);
  }

  /** Bytes of payload. */
  public int length() {
    check();
    return length;
  }

  /** Whether it was longer than the slot, and its end is missing ({@link Truncation#DELIVER}). */
  public boolean truncated() {
    check();
    return originalLength != length;
  }

  /** Bytes of payload as it was sent; empty if it was truncated and the kernel does not tell. */
  public OptionalInt originalLength() {
    check();
    return originalLength == UNKNOWN_LENGTH ? OptionalInt.empty() : OptionalInt.of(originalLength);
  }

  /** Who sent it. Addresses of recent peers are shared objects. */
  public InetSocketAddress remoteAddress() {
    check();
    return addresses.read(format, memory, address);
  }

  /**
   * The local address it came to, which may be a multicast or broadcast address; null without
   * {@link RioUdpTransport#packetInfo}. Recent ones are shared objects.
   */
  public @Nullable InetSocketAddress localAddress() {
    check();
    return origin() == PacketInfo.UNKNOWN ? null : addresses.read(format, memory, info());
  }

  /**
   * Whether {@link #localAddress} is an address of this machine, from which an answer can leave:
   * false of a multicast group or a broadcast address, and without {@link
   * RioUdpTransport#packetInfo}.
   */
  public boolean isUnicast() {
    check();
    return origin() == PacketInfo.ADDRESS;
  }

  /** Only with {@link SlotRegion#hasInfo}. */
  private long info() {
    return address + infoDistance;
  }

  /** {@link PacketInfo#origin}. */
  int origin() {
    return region.hasInfo() ? PacketInfo.origin(memory, info()) : PacketInfo.UNKNOWN;
  }

  /** The system's number of the interface it came by; 0 where that is not known. */
  public int interfaceIndex() {
    check();
    return region.hasInfo() ? PacketInfo.interfaceIndex(memory, info()) : 0;
  }

  /** Its hop limit (TTL) on arrival, 0 to 255; -1 where that is not known. */
  public int hopLimit() {
    check();
    return region.hasInfo() ? PacketInfo.hopLimit(memory, info()) : PacketInfo.NOT_TOLD;
  }

  /** Its traffic class: DSCP in six bits, ECN in the lower two; -1 where that is not known. */
  public int trafficClass() {
    check();
    return region.hasInfo() ? PacketInfo.trafficClass(memory, info()) : PacketInfo.NOT_TOLD;
  }

  /** The byte at an index of the payload. */
  public byte getByte(int index) {
    return memory.get(JAVA_BYTE, at(index, Byte.BYTES));
  }

  /** The two bytes from an index on, big-endian. */
  public short getShort(int index) {
    return memory.get(SHORT, at(index, Short.BYTES));
  }

  /** The four bytes from an index on, big-endian. */
  public int getInt(int index) {
    return memory.get(INT, at(index, Integer.BYTES));
  }

  /** The eight bytes from an index on, big-endian. */
  public long getLong(int index) {
    return memory.get(LONG, at(index, Long.BYTES));
  }

  /** Copies {@code count} bytes from {@code index} on into an array. */
  public void getBytes(int index, byte[] target, int offset, int count) {
    MemorySegment.copy(memory, JAVA_BYTE, at(index, count), target, offset, count);
  }

  /** A copy of the payload. */
  public byte[] toByteArray() {
    check();
    byte[] bytes = new byte[length];
    MemorySegment.copy(memory, JAVA_BYTE, payload, bytes, 0, length);
    return bytes;
  }

  /** The payload as UTF-8 text; malformed bytes become U+FFFD. */
  public String asString() {
    return asString(StandardCharsets.UTF_8);
  }

  /** The payload as text; malformed bytes become the charset's replacement. */
  public String asString(Charset charset) {
    return new String(toByteArray(), charset);
  }

  /**
   * The payload as a read-only buffer, big-endian, that dies with the call: afterwards each access
   * throws {@link IllegalStateException}, on another thread {@link WrongThreadException}. Asking
   * for one costs an allocation, the getters do not.
   */
  public ByteBuffer asByteBuffer() {
    return asMemorySegment().asByteBuffer();
  }

  /**
   * The payload as a read-only segment that dies with the call: afterwards each access throws
   * {@link IllegalStateException}, on another thread {@link WrongThreadException}. Asking for one
   * costs an allocation, the getters do not.
   */
  @SuppressWarnings("restricted") // the slot's own bounds, and a life no longer than the call
  public MemorySegment asMemorySegment() {
    check();
    Arena lent = arena;
    if (lent == null) {
      lent = Arena.ofConfined();
      arena = lent;
    }
    return MemorySegment.ofAddress(memory.asSlice(payload, length).address())
        .reinterpret(length, lent, null)
        .asReadOnly();
  }

  /** Length, or that it is not usable now; never the payload. Any thread. */
  @Override
  public String toString() {
    return Thread.currentThread().threadId() == user
        ? "DatagramView[" + length + " bytes]"
        : "DatagramView[not usable here]";
  }
}
