package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The peer of a bound socket: the way to it, and from one to the next, with the socket's port kept.
 *
 * <p>The first {@code connect} of a socket that is bound to no address picks the source address,
 * and the later ones keep it, whether it suits the new peer or not: from a loopback source another
 * host is refused (EINVAL), or accepted and never reached (IPv6), and after an IPv4 peer no IPv6
 * one is taken (EAFNOSUPPORT). So a scratch socket tells which source the system would pick, and
 * only if it is another one the old one is dissolved. Dissolving also loses a port that was not
 * asked for by number: then it is bound again, by number.
 *
 * <p>While it has no peer, anybody's datagrams would reach the socket: an {@link ArrivalFilter}
 * keeps them out.
 *
 * <pre>
 *   none ──connect──▶ connected ──connect──▶ connected, to another
 *                         ──refused, and the way back too──▶ lost ──connect──▶ connected
 * </pre>
 *
 * <p>The queue's thread, but for {@link #localAddress}.
 */
final class MmsgPeer {

  private static final Logger LOG = LoggerFactory.getLogger(MmsgPeer.class);

  private final LibC libc;
  private final UdpSocket socket;
  private final ErrorMessages messages;
  private final ArrivalFilter arrivals;
  private volatile InetSocketAddress localAddress;
  private @Nullable InetSocketAddress peer;

  /** Nothing keeps strangers out on the way: what has arrived then may be theirs. */
  private boolean isOpenToAll;

  /** Disconnected from its peer, and not connected since. */
  private boolean isLost;

  /**
   * Without a peer.
   *
   * @param messages lent for a call
   */
  MmsgPeer(LibC libc, UdpSocket socket, ErrorMessages messages, DropCounter drops) {
    this.libc = libc;
    this.socket = socket;
    this.messages = messages;
    arrivals = new ArrivalFilter(libc, socket.fd(), drops);
    localAddress = socket.localAddress();
  }

  /** What the socket is bound to; with a peer, the source address for it. Any thread. */
  InetSocketAddress localAddress() {
    return localAddress;
  }

  /**
   * Connects.
   *
   * @throws KernelException if the system refuses; the former peer stays, unless it is refused too:
   *     then the socket reaches and hears nobody, until a connect succeeds. SOCKET_LOST if the port
   *     is lost, and so the socket
   */
  void connect(InetSocketAddress to) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      Calls calls = new Calls(libc, socket, arena);
      if (peer == null) {
        connectFirst(calls, to);
      } else {
        connectNext(calls, peer, to);
      }
    } finally {
      if (!isLost) {
        arrivals.open();
      }
      if (isOpenToAll) {
        isOpenToAll = false;
        messages.discard(libc, socket.fd()); // with what the peer has sent meanwhile
      }
    }
  }

  private void connectFirst(Calls calls, InetSocketAddress to) throws KernelException {
    calls.askForErrors();
    isOpenToAll = !arrivals.shut();
    messages.discard(libc, socket.fd());
    connect(calls, to);
  }

  private void connectNext(Calls calls, InetSocketAddress former, InetSocketAddress to)
      throws KernelException {
    if (!isSourceToChange(calls, to)) {
      connect(calls, to);
      return;
    }
    isOpenToAll = !arrivals.shut();
    calls.disconnect();
    isLost = true;
    calls.requirePort();
    try {
      connect(calls, to);
    } catch (KernelException refused) {
      goBack(calls, former, refused);
      throw refused;
    }
  }

  private boolean isSourceToChange(Calls calls, InetSocketAddress to) throws KernelException {
    boolean isPickedBySystem = socket.localAddress().getAddress().isAnyLocalAddress();
    return isPickedBySystem && !calls.sourceFor(to).getAddress().equals(localAddress.getAddress());
  }

  private void connect(Calls calls, InetSocketAddress to) throws KernelException {
    calls.connect(socket.fd(), to);
    isLost = false;
    peer = to;
    localAddress = calls.localAddress(socket.fd());
  }

  private void goBack(Calls calls, InetSocketAddress former, KernelException refused) {
    try {
      connect(calls, former);
    } catch (KernelException refusedToo) {
      refused.addSuppressed(refusedToo);
      LOG.warn(
          "{} is no longer connected to {}, and neither sends nor receives until a connect"
              + " succeeds: {}",
          SocketAddressFormat.text(localAddress),
          SocketAddressFormat.text(former),
          refusedToo.getMessage());
    }
  }

  /** The system's calls, with the memory their arguments stand in. */
  private static final class Calls {

    private final LibC libc;
    private final UdpSocket socket;
    private final MemorySegment address;
    private final MemorySegment number;

    Calls(LibC libc, UdpSocket socket, Arena arena) {
      this.libc = libc;
      this.socket = socket;
      address = arena.allocate(SocketAddressFormat.SIZE, Long.BYTES);
      number = arena.allocate(JAVA_INT);
    }

    void askForErrors() throws KernelException {
      // On an IPv6 socket the first one is for the peers that are reached by IPv4.
      setOne(socket.fd(), "IP_RECVERR", Constants.IPPROTO_IP, Constants.IP_RECVERR);
      if (socket.format().isIpv6Socket()) {
        setOne(socket.fd(), "IPV6_RECVERR", Constants.IPPROTO_IPV6, Constants.IPV6_RECVERR);
      }
    }

    void connect(int fd, InetSocketAddress peer) throws KernelException {
      String operation = "connect " + SocketAddressFormat.text(peer);
      if (!socket.format().write(address, 0, peer)) {
        throw Errno.exception(operation, Errno.EAFNOSUPPORT.code());
      }
      require(operation, libc.connect(fd, address.address(), socket.addressLength()));
    }

    /** The source address the system would pick if the socket had none. */
    InetSocketAddress sourceFor(InetSocketAddress peer) throws KernelException {
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

    /** Takes the peer and the source address away, and maybe the port. */
    void disconnect() throws KernelException {
      address.fill((byte) 0);
      address.set(JAVA_SHORT, 0, (short) Constants.AF_UNSPEC);
      require("disconnect", libc.connect(socket.fd(), address.address(), socket.addressLength()));
    }

    /** Binds the socket to its port again if it is gone. */
    void requirePort() throws KernelException {
      if (localAddress(socket.fd()).getPort() == 0) {
        InetSocketAddress bound = socket.localAddress();
        socket.format().write(address, 0, bound);
        int result = libc.bind(socket.fd(), address.address(), socket.addressLength());
        if (result < 0) {
          throw Errno.exception(
              KernelException.Kind.SOCKET_LOST,
              "bind " + SocketAddressFormat.text(bound) + " again",
              -result);
        }
      }
    }

    InetSocketAddress localAddress(int fd) throws KernelException {
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
}
