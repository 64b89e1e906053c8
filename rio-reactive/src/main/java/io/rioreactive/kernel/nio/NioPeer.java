package io.rioreactive.kernel.nio;

import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.SocketAddressFormat;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The peer of a channel: the way to it, and from one to the next, with the channel's port kept.
 *
 * <pre>
 *   none ──connect──▶ connected ──connect──▶ connected, to another
 *                         ──refused, and the way back too──▶ lost ──connect──▶ connected
 * </pre>
 *
 * <p>The queue's thread, but for {@link #localAddress}.
 */
final class NioPeer {

  private static final Logger LOG = LoggerFactory.getLogger(NioPeer.class);

  private final DatagramChannel channel;
  private final boolean isIpv6Socket;
  private final NioErrors errors;
  private volatile InetSocketAddress localAddress;

  /** Whom it is connected to; null for nobody. */
  private @Nullable InetSocketAddress peer;

  private boolean isLost;

  NioPeer(UdpChannel socket, NioErrors errors) {
    channel = socket.channel();
    isIpv6Socket = socket.format().isIpv6Socket();
    this.errors = errors;
    localAddress = socket.localAddress();
  }

  /** What the channel is bound to; with a peer, the source address for it. Any thread. */
  InetSocketAddress localAddress() {
    return localAddress;
  }

  /** Whether it has, or had, a peer: it is not sent to anybody else. */
  boolean isThere() {
    return peer != null;
  }

  /** A connect was refused, and then so was the way back: it can reach and hear nobody. */
  boolean isLost() {
    return isLost;
  }

  /** Connects. The JDK connects a channel but once; disconnecting keeps the port. */
  void connect(InetSocketAddress to) throws KernelException {
    if (to.getAddress() instanceof Inet6Address && !isIpv6Socket) {
      // Asked first: a disconnect throws away what has arrived.
      throw refusal(to, NioError.BAD_ADDRESS.code());
    }
    try {
      channel.disconnect();
      channel.connect(to);
    } catch (IOException | IllegalArgumentException refused) {
      KernelException failure = refusal(to, errors.codeOf(refused));
      goBack();
      throw failure;
    }
    onConnected(to);
  }

  private void onConnected(InetSocketAddress to) {
    peer = to;
    isLost = false;
    try {
      localAddress = (InetSocketAddress) channel.getLocalAddress();
    } catch (IOException closed) {
      LOG.debug("the local address cannot be asked for", closed); // the next call meets it
    }
  }

  /** Connects to the peer it had. */
  private void goBack() {
    if (peer != null) {
      try {
        channel.connect(peer);
        onConnected(peer);
      } catch (IOException refused) {
        isLost = true;
        LOG.warn(
            "{} is no longer connected to {}, and neither sends nor receives until a connect"
                + " succeeds: {}",
            SocketAddressFormat.text(localAddress),
            SocketAddressFormat.text(peer),
            refusal(peer, errors.codeOf(refused)).getMessage());
      }
    }
  }

  private KernelException refusal(InetSocketAddress to, int code) {
    return errors.exception("connect " + SocketAddressFormat.text(to), code);
  }
}
