package io.rioreactive.test;

import io.rioreactive.RioConnection;
import io.rioreactive.kernel.RequestQueue;
import java.lang.ref.WeakReference;
import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which simulated socket a connection has, for those who know the connection alone. Both are
 * forgotten with the connection. Any thread.
 */
final class BoundSockets {

  /** The sockets live as long as their connections, which refer to them. */
  private static final Map<Object, WeakReference<SocketState>> SOCKETS =
      Collections.synchronizedMap(new WeakHashMap<>());

  private BoundSockets() {}

  /** A connection has been bound. */
  static void put(Object connection, RequestQueue queue) {
    if (queue instanceof SimulatedRequests requests && connection instanceof RioConnection bound) {
      SOCKETS.put(bound, new WeakReference<>(requests.socket()));
      requests.socket().connection = bound;
    }
  }

  /** Null if it is not bound on a simulated kernel. */
  static @Nullable SocketState find(RioConnection connection) {
    WeakReference<SocketState> socket = SOCKETS.get(connection);
    return socket == null ? null : socket.get();
  }
}
