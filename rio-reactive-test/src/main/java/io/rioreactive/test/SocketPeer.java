package io.rioreactive.test;

import io.rioreactive.kernel.SocketAddressFormat;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** Whom a simulated socket is connected to, and was before. Guarded by the kernel's lock. */
final class SocketPeer {

  private final List<InetSocketAddress> all = new ArrayList<>(1);

  /** The last of them as numbers, as {@link SocketAddressFormat} has them. */
  private long high;

  private long low;
  private long portAndScope;

  void connect(InetSocketAddress peer) {
    all.add(peer);
    InetAddress ip = peer.getAddress();
    high = SocketAddressFormat.high(ip);
    low = SocketAddressFormat.low(ip);
    portAndScope =
        SocketAddressFormat.portAndScope(peer.getPort(), SocketAddressFormat.scopeOf(ip));
  }

  boolean isConnected() {
    return !all.isEmpty();
  }

  /** The present one; there must be one. */
  InetSocketAddress now() {
    return all.getLast();
  }

  /** In the order they were connected to. */
  List<InetSocketAddress> all() {
    return List.copyOf(all);
  }

  /** Whether a datagram is from somebody else than the present peer. */
  boolean isStrangers(Parcel datagram) {
    return isConnected() && !datagram.isFrom(high, low, portAndScope);
  }

  /** Whether a datagram can have come: from a peer that it has or had, or there is none. */
  boolean canHaveSent(Parcel datagram) {
    return !isConnected() || all.stream().anyMatch(datagram::isFrom);
  }
}
