package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Connects a bound socket to a peer, and from one peer to the next, with its port kept.
 *
 * <p>The first {@code connect} of a socket that is bound to no address picks the source address,
 * and the later ones keep it, whether it suits the new peer or not: from a loopback source another
 * host is refused (EINVAL), or accepted and never reached (IPv6), and after an IPv4 peer no IPv6
 * one is taken (EAFNOSUPPORT). So a scratch socket tells which source the system would pick, and
 * only if it is another one the old one is dissolved. Dissolving also loses a port that was not
 * asked for by number: then it is bound again, by number.
 *
 * <p>While it has no peer, anybody's datagrams reach the socket: they are discarded.
 *
 * <p>One use, on the queue's thread.
 */
final class UdpConnect {

  private final LibC libc;
  private final UdpSocket socket;
  private final MemorySegment address;
  private final MemorySegment number;

  private UdpConnect(LibC libc, UdpSocket socket, Arena arena) {
    this.libc = libc;
    this.socket = socket;
    this.address = arena.allocate(SocketAddressFormat.SIZE, Long.BYTES);
    this.number = arena.allocate(JAVA_INT);
  }

  /**
   * Connects.
   *
   * @param former the peer it is connected to, if it is; a failure leaves it so as far as it can
   * @param local what it is bound to now, for this peer
   * @return what it is bound to for the new one
   */
  static InetSocketAddress connect(
      LibC libc,
      UdpSocket socket,
      ErrorMessages messages,
      InetSocketAddress local,
      @Nullable InetSocketAddress former,
      InetSocketAddress peer)
      throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      UdpConnect steps = new UdpConnect(libc, socket, arena);
      if (former == null) {
        steps.askForErrors();
        steps.connect(peer);
        messages.discard(libc, socket.fd());
      } else if (steps.isSourceToChange(local, peer)) {
        steps.dissolve();
        try {
          steps.connectOrGoBack(peer, former);
        } finally {
          messages.discard(libc, socket.fd());
        }
      } else {
        steps.connect(peer);
      }
      return steps.localAddress(socket.fd());
    }
  }

  /** Whether the socket has lost its port: it is of no use any more. */
  static boolean isPortLost(LibC libc, UdpSocket socket) {
    try (Arena arena = Arena.ofConfined()) {
      return new UdpConnect(libc, socket, arena).localAddress(socket.fd()).getPort() == 0;
    } catch (KernelException e) {
      return true;
    }
  }

  private void askForErrors() throws KernelException {
    // On an IPv6 socket the first one is for the peers that are reached by IPv4.
    setOne(socket.fd(), "IP_RECVERR", Constants.IPPROTO_IP, Constants.IP_RECVERR);
    if (socket.format().isIpv6Socket()) {
      setOne(socket.fd(), "IPV6_RECVERR", Constants.IPPROTO_IPV6, Constants.IPV6_RECVERR);
    }
  }

  private boolean isSourceToChange(InetSocketAddress local, InetSocketAddress peer)
      throws KernelException {
    boolean isPickedBySystem = socket.localAddress().getAddress().isAnyLocalAddress();
    return isPickedBySystem && !sourceFor(peer).getAddress().equals(local.getAddress());
  }

  private void connectOrGoBack(InetSocketAddress peer, InetSocketAddress former)
      throws KernelException {
    try {
      connect(peer);
    } catch (KernelException refused) {
      try {
        connect(former);
      } catch (KernelException e) {
        refused.addSuppressed(e);
      }
      throw refused;
    }
  }

  private void connect(InetSocketAddress peer) throws KernelException {
    connect(socket.fd(), peer);
  }

  private void connect(int fd, InetSocketAddress peer) throws KernelException {
    String operation = "connect " + SocketAddressFormat.text(peer);
    if (!socket.format().write(address, 0, peer)) {
      throw Errno.exception(operation, Errno.EAFNOSUPPORT.code());
    }
    require(operation, libc.connect(fd, address.address(), socket.addressLength()));
  }

  /** The source address the system would pick if the socket had none. */
  private InetSocketAddress sourceFor(InetSocketAddress peer) throws KernelException {
    boolean isIpv6 = socket.format().isIpv6Socket();
    int family = isIpv6 ? Constants.AF_INET6 : Constants.AF_INET;
    int scratch = libc.socket(family, Constants.SOCK_DGRAM | Constants.SOCK_CLOEXEC, 0);
    require("socket", scratch);
    try {
      setOne(scratch, "SO_BROADCAST", Constants.SOL_SOCKET, Constants.SO_BROADCAST);
      if (isIpv6) {
        setNumber(scratch, "IPV6_V6ONLY", Constants.IPPROTO_IPV6, Constants.IPV6_V6ONLY, 0);
      }
      connect(scratch, peer);
      return localAddress(scratch);
    } finally {
      libc.close(scratch);
    }
  }

  /** Takes the peer and the source address away, and keeps the port. */
  private void dissolve() throws KernelException {
    InetSocketAddress bound = socket.localAddress();
    address.fill((byte) 0);
    address.set(JAVA_SHORT, 0, (short) Constants.AF_UNSPEC);
    require("disconnect", libc.connect(socket.fd(), address.address(), socket.addressLength()));
    if (localAddress(socket.fd()).getPort() == 0) {
      socket.format().write(address, 0, bound);
      require(
          "bind " + SocketAddressFormat.text(bound) + " again",
          libc.bind(socket.fd(), address.address(), socket.addressLength()));
    }
  }

  private InetSocketAddress localAddress(int fd) throws KernelException {
    number.set(JAVA_INT, 0, (int) address.byteSize());
    require("getsockname", libc.getsockname(fd, address.address(), number.address()));
    return socket.format().read(address, 0);
  }

  private void setOne(int fd, String name, int level, int option) throws KernelException {
    setNumber(fd, name, level, option, 1);
  }

  private void setNumber(int fd, String name, int level, int option, int value)
      throws KernelException {
    number.set(JAVA_INT, 0, value);
    int size = (int) number.byteSize();
    require("setsockopt " + name, libc.setsockopt(fd, level, option, number.address(), size));
  }

  private static void require(String operation, int result) throws KernelException {
    if (result < 0) {
      throw Errno.exception(operation, -result);
    }
  }
}
