package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.SocketAddressFormat;
import io.rioreactive.kernel.SocketConfig;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bound socket, as the system granted it, and the way there.
 *
 * <p>Opening runs on the queue's thread and leaves no descriptor behind when it fails. Closing is
 * not done here.
 *
 * @param fd the descriptor
 * @param format how addresses are written for it
 * @param addressLength bytes of an address as the system is told: that of the socket's family
 * @param localAddress what it is bound to, with the port the system picked
 * @param receiveBuffer bytes the system counts as its receive buffer
 * @param sendBuffer bytes the system counts as its send buffer
 * @param segmentation whether runs of sends are to leave as one message, and the system cuts them
 */
record UdpSocket(
    int fd,
    SocketAddressFormat format,
    int addressLength,
    InetSocketAddress localAddress,
    int receiveBuffer,
    int sendBuffer,
    boolean segmentation) {

  private static final Logger LOG = LoggerFactory.getLogger(UdpSocket.class);

  /**
   * What a waiting datagram costs the buffer besides its payload, after halving, since the system
   * doubles what it is asked for: sk_buff + skb_shared_info + headers + rounding to the allocator's
   * sizes. Measured by SO_MEMINFO: at most 440.
   */
  private static final int OVERHEAD_PER_DATAGRAM = 512;

  /** Opens, sets up and binds a socket. */
  static UdpSocket open(LibC libc, SocketConfig config) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      return new Opening(libc, config, arena).open();
    }
  }

  /** Takes the error away that the next call would fail with. */
  void clearError(LibC libc) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment error = arena.allocate(JAVA_INT);
      MemorySegment size = arena.allocateFrom(JAVA_INT, (int) error.byteSize());
      libc.getsockopt(
          fd, Constants.SOL_SOCKET, Constants.SO_ERROR, error.address(), size.address());
    }
  }

  /** The steps of opening one socket, with the memory their arguments stand in. */
  private static final class Opening {

    private static final int INT_SIZE = (int) JAVA_INT.byteSize();

    private final LibC libc;
    private final SocketConfig config;
    private final SocketAddressFormat format;
    private final int addressLength;
    private final MemorySegment value;
    private final MemorySegment size;
    private final MemorySegment address;

    Opening(LibC libc, SocketConfig config, Arena arena) {
      this.libc = libc;
      this.config = config;
      boolean isIpv6 = config.bindAddress().getAddress() instanceof Inet6Address;
      format = new SocketAddressFormat(Constants.AF_INET6, isIpv6);
      addressLength = (int) (isIpv6 ? Layouts.SOCKADDR_IN6.size() : Layouts.SOCKADDR_IN.size());
      value = arena.allocate(JAVA_INT);
      size = arena.allocate(JAVA_INT);
      address = arena.allocate(SocketAddressFormat.SIZE, Long.BYTES);
    }

    UdpSocket open() throws IOException {
      int fd = socketWithRoom();
      boolean isOpen = false;
      try {
        setOptions(fd);
        bind(fd);
        UdpSocket socket =
            new UdpSocket(
                fd,
                format,
                addressLength,
                localAddress(fd),
                get(fd, Constants.SO_RCVBUF),
                get(fd, Constants.SO_SNDBUF),
                config.segmentation() && knowsSegments(fd));
        isOpen = true;
        return socket;
      } finally {
        if (!isOpen) {
          libc.close(fd);
        }
      }
    }

    private int socketWithRoom() throws KernelException {
      int fd = socket();
      if (makeRoom(fd, Constants.SO_RCVBUF, config.receiveSlots())
          && makeRoom(fd, Constants.SO_SNDBUF, config.sendSlots())) {
        return fd;
      }
      // The system's limit is below its own default. There is no way back but a new socket.
      libc.close(fd);
      return socket();
    }

    private int socket() throws KernelException {
      int family = format.isIpv6Socket() ? Constants.AF_INET6 : Constants.AF_INET;
      int type = Constants.SOCK_DGRAM | Constants.SOCK_CLOEXEC | Constants.SOCK_NONBLOCK;
      int fd = libc.socket(family, type, 0);
      if (fd < 0) {
        throw Errno.exception(format.isIpv6Socket() ? "socket (IPv6)" : "socket (IPv4)", -fd);
      }
      return fd;
    }

    /** Asks for room for all slots. Less is taken in silence, but not less than unasked. */
    private boolean makeRoom(int fd, int option, int slots) {
      int unasked = get(fd, option);
      long room = slots * (long) (config.datagramSize() + OVERHEAD_PER_DATAGRAM);
      int asked = (int) Math.min(room, Integer.MAX_VALUE / 2);
      if (2 * asked <= unasked) {
        return true;
      }
      set(fd, Constants.SOL_SOCKET, option, asked);
      return get(fd, option) >= unasked;
    }

    private void setOptions(int fd) throws KernelException {
      if (format.isIpv6Socket()) {
        require("IPV6_V6ONLY", set(fd, Constants.IPPROTO_IPV6, Constants.IPV6_V6ONLY, 0));
      }
      Multicast.hearOnlyWhatIsJoined(libc, fd, format.isIpv6Socket(), value);
      if (config.packetInfo()) {
        askForPacketInfo(fd);
      }
      if (config.coalescing()) {
        require("UDP_GRO", set(fd, Constants.IPPROTO_UDP, Constants.UDP_GRO, 1));
      }
      for (Map.Entry<SocketOption<?>, Object> option : config.options().entrySet()) {
        setOption(fd, option.getKey(), toInt(option.getValue()));
      }
    }

    private void askForPacketInfo(int fd) throws KernelException {
      // On an IPv6 socket these are for the datagrams that come by IPv4.
      require("IP_PKTINFO", set(fd, Constants.IPPROTO_IP, Constants.IP_PKTINFO, 1));
      require("IP_RECVTTL", set(fd, Constants.IPPROTO_IP, Constants.IP_RECVTTL, 1));
      require("IP_RECVTOS", set(fd, Constants.IPPROTO_IP, Constants.IP_RECVTOS, 1));
      if (format.isIpv6Socket()) {
        requireV6("IPV6_RECVPKTINFO", fd, Constants.IPV6_RECVPKTINFO);
        requireV6("IPV6_RECVHOPLIMIT", fd, Constants.IPV6_RECVHOPLIMIT);
        requireV6("IPV6_RECVTCLASS", fd, Constants.IPV6_RECVTCLASS);
      }
    }

    private void requireV6(String name, int fd, int option) throws KernelException {
      require(name, set(fd, Constants.IPPROTO_IPV6, option, 1));
    }

    private static int toInt(Object value) {
      return switch (value) {
        case Boolean flag -> flag ? 1 : 0;
        case NetworkInterface networkInterface -> networkInterface.getIndex();
        default -> ((Number) value).intValue();
      };
    }

    private void setOption(int fd, SocketOption<?> option, int number) throws KernelException {
      String name = option.name();
      if (option.equals(StandardSocketOptions.SO_RCVBUF)) {
        setBuffer(fd, name, Constants.SO_RCVBUF, number, "net.core.rmem_max");
      } else if (option.equals(StandardSocketOptions.SO_SNDBUF)) {
        setBuffer(fd, name, Constants.SO_SNDBUF, number, "net.core.wmem_max");
      } else if (option.equals(StandardSocketOptions.SO_REUSEADDR)) {
        require(name, set(fd, Constants.SOL_SOCKET, Constants.SO_REUSEADDR, number));
      } else if (option.equals(StandardSocketOptions.SO_REUSEPORT)) {
        require(name, set(fd, Constants.SOL_SOCKET, Constants.SO_REUSEPORT, number));
      } else if (option.equals(StandardSocketOptions.SO_BROADCAST)) {
        require(name, set(fd, Constants.SOL_SOCKET, Constants.SO_BROADCAST, number));
      } else {
        require(
            "setsockopt " + name, IpOptions.set(libc, fd, format.isIpv6Socket(), option, number));
      }
    }

    private void setBuffer(int fd, String name, int option, int asked, String limit)
        throws KernelException {
      require(name, set(fd, Constants.SOL_SOCKET, option, asked));
      int granted = get(fd, option) / 2; // the system doubles it for its own overhead
      if (granted < asked) {
        LOG.warn(
            "{} of the socket on {}: asked for {} bytes, the system granted {}."
                + " Raise its limit to get more: sysctl -w {}={}",
            name,
            SocketAddressFormat.text(config.bindAddress()),
            asked,
            granted,
            limit,
            asked);
      }
    }

    private void bind(int fd) throws IOException {
      InetSocketAddress wanted = config.bindAddress();
      format.write(address, 0, wanted);
      int result = libc.bind(fd, address.address(), addressLength);
      if (result == 0) {
        return;
      }
      KernelException failure =
          Errno.exception("bind " + SocketAddressFormat.text(wanted), -result);
      Errno errno = Errno.of(-result);
      if (errno == Errno.EADDRINUSE || errno == Errno.EADDRNOTAVAIL || errno == Errno.EACCES) {
        throw failure.asBindException();
      }
      throw failure;
    }

    /** Kernels before 4.18 would send a run in one datagram. */
    private boolean knowsSegments(int fd) {
      return set(fd, Constants.IPPROTO_UDP, Constants.UDP_SEGMENT, 0) == 0;
    }

    private InetSocketAddress localAddress(int fd) throws KernelException {
      size.set(JAVA_INT, 0, (int) address.byteSize());
      require("getsockname", libc.getsockname(fd, address.address(), size.address()));
      return format.read(address, 0);
    }

    private static void require(String operation, int result) throws KernelException {
      if (result < 0) {
        throw Errno.exception(operation, -result);
      }
    }

    private int set(int fd, int level, int option, int number) {
      value.set(JAVA_INT, 0, number);
      return libc.setsockopt(fd, level, option, value.address(), INT_SIZE);
    }

    private int get(int fd, int option) {
      size.set(JAVA_INT, 0, INT_SIZE);
      libc.getsockopt(fd, Constants.SOL_SOCKET, option, value.address(), size.address());
      return value.get(JAVA_INT, 0);
    }
  }
}
