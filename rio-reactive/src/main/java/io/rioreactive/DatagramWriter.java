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
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A datagram in the making, in the send slot it leaves from. What a {@link DatagramEncoder} writes:
 * the target, and the payload from front to back.
 *
 * <p>Usable by the thread that calls the encoder until the encoder returns; at any other time and
 * on any other thread every method throws {@link IllegalStateException}. One object serves all
 * datagrams of a connection, one after the other, so that writing allocates nothing.
 *
 * <p>Numbers are written in network order (big-endian). Writing more than {@link #remaining()}
 * bytes fails the datagram as {@link DropReason#TOO_LARGE}.
 */
public final class DatagramWriter {

  private static final ValueLayout.OfShort SHORT =
      JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final SlotRegion region;
  private final MemorySegment memory;
  private final SocketAddressFormat format;
  private final AddressCache addresses;
  private final int capacity;

  /**
   * Id of the thread inside the encoder; 0 between calls, so one comparison guards both. A number,
   * since the collector charges for each reference that is stored.
   */
  private long user;

  private long address;
  private long payload;
  private long info;
  private int length;

  /** The length that was too large; 0 if none was. */
  private int tooLarge;

  private @Nullable InetSocketAddress remoteAddress;

  /** Where all datagrams of a connected socket go. */
  private @Nullable InetSocketAddress peer;

  /** Whether a slot has something to stand in it before the encoder writes: most have not. */
  private boolean isPrefilled;

  /** The first thing that makes the datagram unsendable; stays even if the encoder catches it. */
  private @Nullable Unsendable unsendable;

  /** Of a buffer or segment that was asked for; closed with the call. */
  private @Nullable Arena arena;

  DatagramWriter(RequestQueue queue, AddressCache addresses) {
    this.region = queue.sendSlots();
    this.memory = region.memory();
    this.format = queue.addressFormat();
    this.addresses = addresses;
    this.capacity = region.payloadSize();
    this.isPrefilled = region.hasInfo();
  }

  void onPeer(@Nullable InetSocketAddress connected) {
    peer = connected;
    isPrefilled = connected != null || region.hasInfo();
  }

  void open(int slot) {
    this.address = region.addressAt(slot);
    this.payload = region.payloadAt(slot);
    this.length = 0;
    this.tooLarge = 0;
    this.remoteAddress = null;
    this.unsendable = null;
    if (isPrefilled) {
      prefill(slot);
    }
    this.user = Thread.currentThread().threadId();
  }

  private void prefill(int slot) {
    if (region.hasInfo()) {
      info = region.infoAt(slot);
      PacketInfo.clear(memory, info);
    }
    InetSocketAddress connected = peer;
    if (connected != null) { // the kernel does not need it, but a drop's report does
      remoteAddress = connected;
      addresses.write(format, memory, address, connected);
    }
  }

  void close() {
    user = 0;
    Arena lent = arena;
    if (lent != null) {
      arena = null;
      lent.close();
    }
  }

  /** After the call: bytes written. */
  int written() {
    return length;
  }

  /** After the call: bytes written, or those that were to be if that was too many. */
  int wanted() {
    return Math.max(length, tooLarge);
  }

  /** After the call: where it is to go, as far as the encoder said. */
  @Nullable InetSocketAddress target() {
    return remoteAddress;
  }

  /** After the call: why the datagram cannot be sent; null if it can. */
  @Nullable Unsendable unsendable() {
    if (unsendable == null && remoteAddress == null) {
      return new Unsendable(
          DropReason.ENCODER, "the encoder named no target: call writer.remoteAddress(…)");
    }
    return unsendable;
  }

  private void check() {
    if (Thread.currentThread().threadId() != user) {
      throw new IllegalStateException(
          "a DatagramWriter is usable inside DatagramEncoder.encode only, on the thread that calls"
              + " it");
    }
  }

  private Unsendable refuse(DropReason reason, String why) {
    Unsendable refusal = new Unsendable(reason, why);
    if (unsendable == null) {
      unsendable = refusal;
    }
    return refusal;
  }

  /** Says where the next bytes begin, and counts them as written. */
  private long next(int bytes) {
    long at = roomFor(bytes);
    length += bytes;
    return at;
  }

  /** Says where the next bytes begin. */
  private long roomFor(int bytes) {
    check();
    if (bytes > capacity - length) {
      long needed = (long) length + bytes;
      tooLarge = (int) Math.min(needed, Integer.MAX_VALUE);
      throw refuse(
          DropReason.TOO_LARGE,
          "a datagram of at least "
              + needed
              + " bytes does not fit a send slot of "
              + capacity
              + ": raise datagramSize, at most 65507");
    }
    return payload + length;
  }

  /**
   * Says where the datagram is to go. Every datagram needs a target, but those of a connected
   * client, which all go to its peer.
   *
   * @throws RuntimeException if it is unresolved, its port is 0, or the socket's family cannot
   *     reach it: the element fails as {@link DropReason#BAD_ADDRESS}
   */
  public DatagramWriter remoteAddress(InetSocketAddress target) {
    check();
    InetSocketAddress connected = peer;
    if (connected != null) {
      return checkPeer(connected, target);
    }
    remoteAddress = target;
    if (target == Datagram.PEER) {
      throw refuse(
          DropReason.BAD_ADDRESS,
          "the datagram names no target, and the connection has no peer: use Datagram.to(…)");
    }
    if (target.isUnresolved()) {
      throw refuse(
          DropReason.BAD_ADDRESS, target + " is unresolved: resolve names before they are sent to");
    }
    if (target.getPort() == 0) {
      throw refuse(
          DropReason.BAD_ADDRESS, target + " has port 0, to which nothing can be sent: 1 to 65535");
    }
    if (!addresses.write(format, memory, address, target)) {
      throw refuse(
          DropReason.BAD_ADDRESS,
          target + " is IPv6 and the socket is IPv4: bind to an IPv6 address, or to ::");
    }
    return this;
  }

  private DatagramWriter checkPeer(InetSocketAddress connected, InetSocketAddress target) {
    if (target != Datagram.PEER && !target.equals(connected)) {
      remoteAddress = target;
      throw refuse(
          DropReason.BAD_ADDRESS,
          "the client is connected to " + connected + " and cannot send to " + target);
    }
    return this;
  }

  /**
   * Says where it is to leave from, on a connection with {@link RioUdpTransport#packetInfo}. By
   * default the system picks.
   *
   * @param source an address of this machine, whose port is not looked at; null for whichever
   *     belongs to the interface, which an answer to a multicast or broadcast datagram needs
   *     ({@link DatagramView#isUnicast})
   * @param interfaceIndex the system's number of the interface; 0 for the one that the routes say,
   *     which is right for an answer unless the source is null or link-local
   * @throws RuntimeException without packetInfo: the element fails as {@link DropReason#ENCODER}
   */
  public DatagramWriter from(@Nullable InetSocketAddress source, int interfaceIndex) {
    check();
    if (!region.hasInfo()) {
      throw refuse(
          DropReason.ENCODER,
          "where a datagram leaves from can be said with packetInfo(true) only");
    }
    if (source != null && !addresses.write(format, memory, info, source)) {
      throw refuse(
          DropReason.BAD_ADDRESS, "the source " + source + " is IPv6 and the socket is IPv4");
    }
    PacketInfo.setOrigin(
        memory, info, source == null ? PacketInfo.INTERFACE : PacketInfo.ADDRESS, interfaceIndex);
    return this;
  }

  boolean hasPacketInfo() {
    return region.hasInfo();
  }

  /** Bytes written so far. */
  public int length() {
    check();
    return length;
  }

  /** Bytes that still fit. */
  public int remaining() {
    check();
    return capacity - length;
  }

  /** Appends a byte. */
  public DatagramWriter putByte(int value) {
    memory.set(JAVA_BYTE, next(Byte.BYTES), (byte) value);
    return this;
  }

  /** Appends two bytes, big-endian. */
  public DatagramWriter putShort(int value) {
    memory.set(SHORT, next(Short.BYTES), (short) value);
    return this;
  }

  /** Appends four bytes, big-endian. */
  public DatagramWriter putInt(int value) {
    memory.set(INT, next(Integer.BYTES), value);
    return this;
  }

  /** Appends eight bytes, big-endian. */
  public DatagramWriter putLong(long value) {
    memory.set(LONG, next(Long.BYTES), value);
    return this;
  }

  /** Appends an array. */
  public DatagramWriter put(byte[] source) {
    return put(source, 0, source.length);
  }

  /** Appends {@code count} bytes of an array, from {@code offset} on. */
  public DatagramWriter put(byte[] source, int offset, int count) {
    Objects.checkFromIndexSize(offset, count, source.length);
    MemorySegment.copy(source, offset, memory, JAVA_BYTE, next(count), count);
    return this;
  }

  /** Appends a buffer's remaining bytes and moves its position to its limit. */
  public DatagramWriter put(ByteBuffer source) {
    int count = source.remaining();
    MemorySegment.copy(MemorySegment.ofBuffer(source), 0, memory, roomFor(count), count);
    length += count; // not before: a dead buffer throws
    source.position(source.limit());
    return this;
  }

  /** Appends a text in UTF-8. */
  public DatagramWriter put(String text) {
    return put(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The next {@code count} bytes as a buffer to fill, big-endian, that dies with the call:
   * afterwards each access throws {@link IllegalStateException}, on another thread {@link
   * WrongThreadException}. They count as written, with zeros where nothing is put. Asking for one
   * costs an allocation, the put methods do not.
   */
  @SuppressWarnings("restricted") // the slot's own bounds, and a life no longer than the call
  public ByteBuffer putBuffer(int count) {
    if (count < 0) {
      throw new IllegalArgumentException("count " + count + " is negative");
    }
    long at = next(count);
    Arena lent = arena;
    if (lent == null) {
      lent = Arena.ofConfined();
      arena = lent;
    }
    return MemorySegment.ofAddress(memory.address() + at)
        .reinterpret(count, lent, null)
        .fill((byte) 0)
        .asByteBuffer();
  }

  /** Target and length, or that it is not usable now; never the payload. Any thread. */
  @Override
  public String toString() {
    return Thread.currentThread().threadId() == user
        ? "DatagramWriter[" + remoteAddress + ", " + length + " bytes]"
        : "DatagramWriter[not usable here]";
  }

  /** Why a datagram cannot be sent. It concerns one element, never the stream. */
  static final class Unsendable extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final DropReason reason;

    Unsendable(DropReason reason, String why) {
      this(reason, why, true);
    }

    private Unsendable(DropReason reason, String why, boolean hasStack) {
      super(why, null, hasStack, hasStack);
      this.reason = reason;
    }

    /** One for many datagrams: it has no stack, and nothing can be added to it. */
    static Unsendable shared(DropReason reason, String why) {
      return new Unsendable(reason, why, false);
    }

    DropReason reason() {
      return reason;
    }
  }
}
