package io.rioreactive;

import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelException.Kind;
import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SocketAddressFormat;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whom a client's socket is connected to, which may change, and its own address, which changes with
 * that. A server's is connected to nobody.
 *
 * <p>Changes on the pump; read on any thread.
 */
final class ConnectedPeer {

  private static final Logger LOG = LoggerFactory.getLogger(RioConnection.class);

  private final UdpConnection connection;
  private final RequestQueue queue;
  private volatile InetSocketAddress localAddress;

  /** Null for a server. */
  private volatile @Nullable InetSocketAddress address;

  /** The address that the socket could not be connected to when it last tried; pump only. */
  private @Nullable InetSocketAddress refused;

  ConnectedPeer(UdpConnection connection, RequestQueue queue, @Nullable InetSocketAddress address) {
    this.connection = connection;
    this.queue = queue;
    this.localAddress = queue.localAddress();
    this.address = address;
  }

  InetSocketAddress localAddress() {
    return localAddress;
  }

  @Nullable InetSocketAddress address() {
    return address;
  }

  /**
   * The peer has this address: if it is another one, the same socket goes there from now on. After
   * a refusal it is tried again whatever the address is, since the way back may be lost too.
   *
   * @return whether it has moved
   */
  boolean moveTo(InetSocketAddress resolved) {
    boolean isOther = !resolved.equals(address);
    if (!isOther && refused == null) {
      return false;
    }
    try {
      queue.connect(resolved);
    } catch (IOException failure) {
      onRefused(resolved, failure);
      return false;
    }
    refused = null;
    localAddress = queue.localAddress();
    if (isOther) {
      connection.counters().increment(Counters.RECONNECTS);
      LOG.info(
          "{}: the peer has moved: connected to {}",
          connection,
          SocketAddressFormat.text(resolved));
      address = resolved;
    }
    return isOther;
  }

  private void onRefused(InetSocketAddress resolved, IOException failure) {
    if (failure instanceof KernelException why && why.kind() == Kind.SOCKET_LOST) {
      connection.onSocketFailed(why);
    } else if (!resolved.equals(refused)) { // once for each address
      refused = resolved;
      LOG.warn(
          "{}: cannot be connected to {}, and tries again whenever it is resolved: {}",
          connection,
          SocketAddressFormat.text(resolved),
          failure.toString());
    }
  }
}
