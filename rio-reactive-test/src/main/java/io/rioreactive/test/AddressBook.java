package io.rioreactive.test;

import io.rioreactive.kernel.SocketAddressFormat;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who is bound where on a network, and every address that was ever named. A scope is not part of an
 * address here: the network is one.
 *
 * <p>Looked up by number: no object for each datagram. Guarded by the kernel's lock.
 */
final class AddressBook {

  private @Nullable NetworkAddress[] buckets = new @Nullable NetworkAddress[256];
  private int size;

  /** How many sockets have a port, at whatever address. */
  private final Map<Integer, Integer> ports = new HashMap<>();

  NetworkAddress get(InetAddress ip, int port) {
    return get(SocketAddressFormat.high(ip), SocketAddressFormat.low(ip), port);
  }

  NetworkAddress get(long high, long low, int port) {
    int bucket = bucket(high, low, port);
    for (NetworkAddress each = buckets[bucket]; each != null; each = each.next) {
      if (each.is(high, low, port)) {
        return each;
      }
    }
    return add(new NetworkAddress(high, low, port));
  }

  private NetworkAddress add(NetworkAddress fresh) {
    if (size++ == buckets.length) {
      @Nullable NetworkAddress[] old = buckets;
      buckets = new @Nullable NetworkAddress[2 * old.length];
      for (NetworkAddress first : old) {
        for (NetworkAddress each = first; each != null; ) {
          NetworkAddress rest = each.next;
          link(each);
          each = rest;
        }
      }
    }
    link(fresh);
    return fresh;
  }

  private void link(NetworkAddress one) {
    int bucket = bucket(one.high, one.low, one.port);
    one.next = buckets[bucket];
    buckets[bucket] = one;
  }

  private int bucket(long high, long low, int port) {
    long mixed = (high * 31 + low) * 0x9E37_79B9_7F4A_7C15L + port * 0xC2B2_AE3D_27D4_EB4FL;
    return (int) (mixed >>> 40) & (buckets.length - 1);
  }

  boolean isPortTaken(int port) {
    return ports.containsKey(port);
  }

  /** Those that are bound to exactly this address; the two wildcards are one. */
  List<SocketState> boundTo(InetSocketAddress address) {
    return placeOf(address).sockets();
  }

  void put(InetSocketAddress bound, SocketState socket) {
    ports.merge(bound.getPort(), 1, Integer::sum);
    placeOf(bound).add(socket);
  }

  void remove(InetSocketAddress bound, SocketState socket) {
    ports.computeIfPresent(bound.getPort(), (port, had) -> had == 1 ? null : had - 1);
    placeOf(bound).remove(socket);
  }

  private NetworkAddress placeOf(InetSocketAddress bound) {
    return bound.getAddress().isAnyLocalAddress()
        ? wildcard(bound.getPort())
        : get(bound.getAddress(), bound.getPort());
  }

  private NetworkAddress wildcard(int port) {
    return get(0, SocketAddressFormat.lowOfV4(0), port);
  }

  /**
   * Who hears what is sent to an address: its own socket, else one on a wildcard; a broadcast
   * nobody.
   */
  @Nullable SocketState at(NetworkAddress address) {
    SocketState own = address.socket();
    if (own != null || address.isBroadcast) {
      return own;
    }
    NetworkAddress wildcard = address.wildcard;
    if (wildcard == null) {
      wildcard = wildcard(address.port);
      address.wildcard = wildcard;
    }
    SocketState any = wildcard.socket();
    return any == null || (address.isIpv6() && !any.isIpv6()) ? null : any;
  }
}
