package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The calls that give a socket its peer, and those about addresses and earlier datagrams that
 * opening one needs as well; with the memory their arguments stand in. The queue's thread.
 */
final class ConnectCalls {

  private static final Logger LOG = LoggerFactory.getLogger(ConnectCalls.class);
  private static final int INT_SIZE = (int) JAVA_INT.byteSize();

  private final Winsock winsock;
  private final SocketAddressFormat format;
  private final MemorySegment value;
  private final MemorySegment size;
  private final MemorySegment address;

  ConnectCalls(Winsock winsock, SocketAddressFormat format, Arena arena) {
    this.winsock = winsock;
    this.format = format;
    value = arena.allocate(JAVA_INT);
    size = arena.allocate(JAVA_INT);
    address = arena.allocate(SocketAddressFormat.SIZE, Long.BYTES);
  }

  /** Connects a socket to a peer, also one that is connected to another. */
  void connect(long socket, InetSocketAddress peer, int addressLength) throws KernelException {
    int code = codeOfConnect(socket, peer, addressLength);
    if (code != 0) {
      throw WsaError.exception("connect " + SocketAddressFormat.text(peer), code);
    }
  }

  private int codeOfConnect(long socket, InetSocketAddress peer, int addressLength) {
    if (peer.getAddress().isAnyLocalAddress()) { // would take the peer it has away
      return WsaError.WSAEADDRNOTAVAIL.code();
    }
    if (!format.write(address, 0, peer)) {
      return WsaError.WSAEAFNOSUPPORT.code();
    }
    return -winsock.connect(socket, address.address(), addressLength);
  }

  /** The address that a socket has now. */
  InetSocketAddress localAddress(long socket) throws KernelException {
    size.set(JAVA_INT, 0, (int) address.byteSize());
    int result = winsock.getsockname(socket, address.address(), size.address());
    if (result < 0) {
      throw WsaError.exception("getsockname", -result);
    }
    return format.read(address, 0);
  }

  /**
   * Whether a receive is to fail where a datagram that was sent did not arrive. A socket without a
   * peer has no use for it: the receive has nothing to do with that datagram.
   */
  void tellOfEarlierDatagrams(long socket, boolean isToTell) {
    control(socket, "SIO_UDP_CONNRESET", Constants.SIO_UDP_CONNRESET, isToTell);
    control(socket, "SIO_UDP_NETRESET", Constants.SIO_UDP_NETRESET, isToTell);
  }

  private void control(long socket, String name, int controlCode, boolean isOn) {
    value.set(JAVA_INT, 0, isOn ? 1 : 0);
    int result =
        winsock.WSAIoctl(
            socket,
            controlCode,
            value.address(),
            INT_SIZE,
            Constants.NULL,
            0,
            size.address(),
            Constants.NULL,
            Constants.NULL);
    if (result < 0) {
      LOG.debug(
          "{} cannot be switched {}; a receive that fails where a datagram that was sent did not"
              + " arrive is no end of the socket: {}",
          name,
          isOn ? "on" : "off",
          WsaError.exception("WSAIoctl", -result).getMessage());
    }
  }
}
