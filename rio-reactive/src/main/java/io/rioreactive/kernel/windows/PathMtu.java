package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.OptionalInt;

/**
 * The largest packet that the system believes reaches a socket's peer in one piece: asked for by
 * any thread, until the socket's owner closes it. After that the number may name a socket of
 * somebody else's.
 *
 * <p>Windows tells it of connected sockets since Windows 10; Wine does not.
 */
final class PathMtu {

  private final WindowsSocket socket;
  private boolean isStopped;

  PathMtu(WindowsSocket socket) {
    this.socket = socket;
  }

  /** Bytes; empty if the system does not tell. */
  synchronized OptionalInt ask() {
    if (isStopped) {
      return OptionalInt.empty();
    }
    boolean isIpv6 = socket.format().isIpv6Socket();
    int level = isIpv6 ? Constants.IPPROTO_IPV6 : Constants.IPPROTO_IP;
    int option = isIpv6 ? Constants.IPV6_MTU : Constants.IP_MTU;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(JAVA_INT);
      MemorySegment size = arena.allocateFrom(JAVA_INT, (int) value.byteSize());
      Winsock winsock = new Winsock(arena); // the queue's captures errors on the pump alone
      int result =
          winsock.getsockopt(socket.handle(), level, option, value.address(), size.address());
      int mtu = value.get(JAVA_INT, 0);
      return result < 0 || mtu <= 0 ? OptionalInt.empty() : OptionalInt.of(mtu);
    }
  }

  /** Nobody asks any more: the socket is about to be closed. */
  synchronized void stop() {
    isStopped = true;
  }
}
