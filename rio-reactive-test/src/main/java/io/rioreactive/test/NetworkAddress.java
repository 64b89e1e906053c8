package io.rioreactive.test;

import io.rioreactive.kernel.SocketAddressFormat;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An address and port that a network has heard of: one object for each, so that the way to it and
 * the socket at it are found without another.
 *
 * <p>Guarded by the kernel's lock.
 */
final class NetworkAddress {

  private static final long BROADCAST = SocketAddressFormat.lowOfV4(0xFFFF_FFFF);

  final long high;
  final long low;
  final int port;
  final InetSocketAddress address;

  /** The next of those with the same hash; for {@link AddressBook}. */
  @Nullable NetworkAddress next;

  final boolean isGroup;
  final boolean isBroadcast;

  /** Those that are bound to exactly this: several only if all of them share it. */
  private final List<SocketState> sockets = new ArrayList<>(1);

  /** The one that was bound last, which hears; null if none is. */
  private @Nullable SocketState socket;

  /** The wildcard address with the same port. */
  @Nullable NetworkAddress wildcard;

  private final IdentityHashMap<NetworkAddress, Passage> passages = new IdentityHashMap<>(4);
  private @Nullable Passage lastPassage;

  NetworkAddress(long high, long low, int port) {
    this.high = high;
    this.low = low;
    this.port = port;
    this.address = SocketAddressFormat.toAddress(high, low, port);
    this.isGroup = address.getAddress().isMulticastAddress();
    this.isBroadcast = low == BROADCAST && SocketAddressFormat.isV4(high, low);
  }

  boolean is(long high, long low, int port) {
    return this.low == low && this.port == port && this.high == high;
  }

  boolean isIpv6() {
    return !SocketAddressFormat.isV4(high, low);
  }

  @Nullable SocketState socket() {
    return socket;
  }

  List<SocketState> sockets() {
    return sockets;
  }

  void add(SocketState bound) {
    sockets.add(bound);
    socket = bound;
  }

  void remove(SocketState closed) {
    sockets.remove(closed);
    socket = sockets.isEmpty() ? null : sockets.getLast();
  }

  /** The way to another address; null if nothing went there yet. */
  @Nullable Passage passage(NetworkAddress target) {
    Passage last = lastPassage;
    if (last == null || last.to != target) {
      last = passages.get(target);
      lastPassage = last;
    }
    return last;
  }

  void put(Passage passage) {
    passages.put(passage.to, passage);
  }

  @Override
  public String toString() {
    return SocketAddressFormat.text(address);
  }
}
