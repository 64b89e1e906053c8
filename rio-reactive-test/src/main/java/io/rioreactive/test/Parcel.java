package io.rioreactive.test;

import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A datagram outside of slots: on its way through a network, or in a receive buffer. It owns its
 * bytes; a network uses its parcels again.
 *
 * <p>Guarded by the kernel's lock.
 */
final class Parcel {

  private static final byte[] EMPTY = {};

  private byte[] bytes = EMPTY;
  private int length;

  /** The sender, as {@link SocketAddressFormat} reads it. */
  private long fromHigh;

  private long fromLow;
  private long fromPort;

  /** What is told of where it came to; null for nothing. */
  private @Nullable Arrival arrival;

  /** Where it goes when it has been received, or lost; null for nowhere. */
  private final @Nullable ParcelPool pool;

  // On its way through a network

  /** When it arrives, in nanoseconds of the network's time. */
  long due;

  /** Of those due at once, the one with the lower number arrives first. */
  long order;

  /** Which way it goes; null in by-hand kernels. */
  @Nullable Passage passage;

  /** The one member of a group that this copy is for; null for whoever has the target's address. */
  @Nullable SocketState member;

  /** The group it was sent to; null with {@link #member}. */
  @Nullable InetAddress group;

  /** The link will say that its target cannot be reached. */
  boolean isUnreachable;

  int hops;
  int trafficClass;

  /** Not a datagram but the news, on its way back, that one could not be delivered: the code. */
  int news;

  Parcel(@Nullable ParcelPool pool) {
    this.pool = pool;
  }

  /** One that a test delivers by hand. */
  static Parcel of(byte[] bytes, InetSocketAddress from, @Nullable Arrival arrival) {
    Parcel parcel = new Parcel(null);
    parcel.bytes = bytes.clone();
    parcel.length = bytes.length;
    InetAddress ip = from.getAddress();
    parcel.from(
        SocketAddressFormat.high(ip),
        SocketAddressFormat.low(ip),
        SocketAddressFormat.portAndScope(from.getPort(), SocketAddressFormat.scopeOf(ip)));
    parcel.arrival = arrival;
    return parcel;
  }

  void from(long high, long low, long portAndScope) {
    fromHigh = high;
    fromLow = low;
    fromPort = portAndScope;
  }

  void arriving(@Nullable Arrival at) {
    arrival = at;
  }

  @Nullable Arrival arrival() {
    return arrival;
  }

  /** Copies a payload into it. */
  void fill(MemorySegment memory, long offset, int size) {
    if (bytes.length < size) {
      bytes = new byte[Math.max(size, Math.min(2 * bytes.length, 65_535))];
    }
    MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset, bytes, 0, size);
    length = size;
  }

  /** Copies the payload and the sender of another one. */
  void fill(Parcel other) {
    if (bytes.length < other.length) {
      bytes = new byte[other.length];
    }
    System.arraycopy(other.bytes, 0, bytes, 0, other.length);
    length = other.length;
    from(other.fromHigh, other.fromLow, other.fromPort);
    hops = other.hops;
    trafficClass = other.trafficClass;
  }

  int length() {
    return length;
  }

  /** The payload, copied. */
  byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  boolean isFrom(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    return isFrom(SocketAddressFormat.high(ip), SocketAddressFormat.low(ip), address.getPort());
  }

  boolean isFrom(long high, long low, long portAndScope) {
    return fromLow == low
        && fromHigh == high
        && SocketAddressFormat.port(fromPort) == SocketAddressFormat.port(portAndScope);
  }

  /** Whether a socket of that family can have such a sender. */
  boolean fits(SocketAddressFormat format) {
    return format.isIpv6Socket() || SocketAddressFormat.isV4(fromHigh, fromLow);
  }

  /** The sender as an object. */
  InetSocketAddress from() {
    return SocketAddressFormat.toAddress(fromHigh, fromLow, fromPort);
  }

  /**
   * Writes as much as fits into a slot of a socket that can have such a sender.
   *
   * @return how many bytes of payload did
   */
  int writeTo(SlotRegion region, int slot, SocketAddressFormat format) {
    MemorySegment memory = region.memory();
    format.write(memory, region.addressAt(slot), fromHigh, fromLow, fromPort);
    int fits = Math.min(length, region.payloadSize());
    MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, region.payloadAt(slot), fits);
    return fits;
  }

  /** Nobody needs it any more. */
  void discard() {
    if (pool != null) {
      pool.put(this);
    }
  }

  /** Lets go of what it refers to, and of a buffer that is large. */
  void clear(int largestBuffer) {
    arrival = null;
    passage = null;
    member = null;
    group = null;
    news = 0;
    isUnreachable = false;
    if (bytes.length > largestBuffer) {
      bytes = EMPTY;
    }
  }
}
