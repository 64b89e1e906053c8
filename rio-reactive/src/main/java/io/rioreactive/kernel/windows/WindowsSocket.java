package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.SocketAddressFormat;
import io.rioreactive.kernel.SocketConfig;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.Map;
import java.util.StringJoiner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bound overlapped socket, as the system granted it, and the way there; and the way to a peer.
 *
 * <p>Opening and connecting run on the queue's thread. Opening leaves no socket behind when it
 * fails. Closing is not done here. Unless the user set SO_REUSEADDR the bind is exclusive: Windows
 * would let others take the port otherwise.
 *
 * @param handle the socket
 * @param format how addresses are written for it
 * @param addressLength bytes of an address as the system is told: that of the socket's family
 * @param localAddress what it was bound to, with the port the system picked
 * @param receiveBuffer bytes of its receive buffer, as the system tells
 * @param sendBuffer bytes of its send buffer, as the system tells
 */
record WindowsSocket(
    long handle,
    SocketAddressFormat format,
    int addressLength,
    InetSocketAddress localAddress,
    int receiveBuffer,
    int sendBuffer) {

  private static final Logger LOG = LoggerFactory.getLogger(WindowsSocket.class);

  /** What a waiting datagram may cost the buffer besides its payload; an estimate. */
  private static final int OVERHEAD_PER_DATAGRAM = 512;

  /**
   * The most room asked for unasked. The system grants whatever it is asked for and counts it as
   * kernel memory, and posted slots are room of their own.
   */
  private static final int MOST_ROOM = 16 * 1024 * 1024;

  /**
   * Opens, sets up and binds a socket.
   *
   * @param flags of WSASocketW, beside overlapped and not inherited, which every socket is
   */
  static WindowsSocket open(Winsock winsock, SocketConfig config, int flags) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      return new Opening(winsock, config, flags, arena).open();
    }
  }

  /**
   * Connects it to a peer, or to another one, and has the system tell of datagrams that did not
   * arrive.
   *
   * @return the address that the system picked for the peer
   */
  InetSocketAddress connect(Winsock winsock, InetSocketAddress peer) throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      ConnectCalls calls = new ConnectCalls(winsock, format, arena);
      calls.connect(handle, peer, addressLength);
      calls.tellOfEarlierDatagrams(handle, true);
      return calls.localAddress(handle);
    }
  }

  /** The steps of opening one socket, with the memory their arguments stand in. */
  private static final class Opening {

    private static final int INT_SIZE = (int) JAVA_INT.byteSize();

    private final Winsock winsock;
    private final SocketConfig config;
    private final int flags;
    private final SocketAddressFormat format;
    private final int addressLength;
    private final MemorySegment value;
    private final MemorySegment size;
    private final MemorySegment address;
    private final ConnectCalls calls;

    Opening(Winsock winsock, SocketConfig config, int flags, Arena arena) {
      this.winsock = winsock;
      this.config = config;
      this.flags = flags;
      boolean isIpv6 = config.bindAddress().getAddress() instanceof Inet6Address;
      format = new SocketAddressFormat(Constants.AF_INET6, isIpv6);
      addressLength = (int) (isIpv6 ? Layouts.SOCKADDR_IN6.size() : Layouts.SOCKADDR_IN.size());
      value = arena.allocate(JAVA_INT);
      size = arena.allocate(JAVA_INT);
      address = arena.allocate(SocketAddressFormat.SIZE, Long.BYTES);
      calls = new ConnectCalls(winsock, format, arena);
    }

    WindowsSocket open() throws IOException {
      long socket = socket();
      boolean isOpen = false;
      try {
        makeRoom(socket, Constants.SO_RCVBUF, config.receiveSlots());
        makeRoom(socket, Constants.SO_SNDBUF, config.sendSlots());
        setOptions(socket);
        calls.tellOfEarlierDatagrams(socket, false);
        bind(socket);
        WindowsSocket opened =
            new WindowsSocket(
                socket,
                format,
                addressLength,
                calls.localAddress(socket),
                get(socket, Constants.SO_RCVBUF),
                get(socket, Constants.SO_SNDBUF));
        isOpen = true;
        return opened;
      } finally {
        if (!isOpen) {
          winsock.closesocket(socket);
        }
      }
    }

    private long socket() throws KernelException {
      int family = format.isIpv6Socket() ? Constants.AF_INET6 : Constants.AF_INET;
      int all = flags | Constants.WSA_FLAG_OVERLAPPED | Constants.WSA_FLAG_NO_HANDLE_INHERIT;
      long socket =
          winsock.WSASocketW(
              family, Constants.SOCK_DGRAM, Constants.IPPROTO_UDP, Constants.NULL, 0, all);
      if (socket < 0) {
        throw WsaError.exception(
            "WSASocketW (%s, flags 0x%X)".formatted(format.isIpv6Socket() ? "IPv6" : "IPv4", all),
            (int) -socket);
      }
      return socket;
    }

    /** Asks for room for all slots, unless there is. Less is taken in silence. */
    private void makeRoom(long socket, int option, int slots) {
      long room = slots * (long) (config.datagramSize() + OVERHEAD_PER_DATAGRAM);
      int asked = (int) Math.min(room, MOST_ROOM);
      if (asked > get(socket, option)) {
        set(socket, Constants.SOL_SOCKET, option, asked);
      }
    }

    private void setOptions(long socket) throws KernelException {
      if (format.isIpv6Socket()) {
        require("IPV6_V6ONLY", set(socket, Constants.IPPROTO_IPV6, Constants.IPV6_V6ONLY, 0));
      }
      if (!config.option(StandardSocketOptions.SO_REUSEADDR, false)) {
        require(
            "SO_EXCLUSIVEADDRUSE",
            set(socket, Constants.SOL_SOCKET, Constants.SO_EXCLUSIVEADDRUSE, 1));
      }
      if (config.packetInfo()) {
        askForPacketInfo(socket);
      }
      for (Map.Entry<SocketOption<?>, Object> option : config.options().entrySet()) {
        setOption(socket, option.getKey(), option.getValue());
      }
    }

    /** On an IPv6 socket those of IPv4 are for the datagrams that come by IPv4. */
    private void askForPacketInfo(long socket) throws KernelException {
      int four = Constants.IPPROTO_IP;
      require("IP_PKTINFO", set(socket, four, Constants.IP_PKTINFO, 1));
      StringJoiner refused = new StringJoiner(", ");
      askFor(socket, "IP_HOPLIMIT", four, Constants.IP_HOPLIMIT, refused);
      askFor(socket, "IP_RECVTOS", four, Constants.IP_RECVTOS, refused);
      if (format.isIpv6Socket()) {
        int six = Constants.IPPROTO_IPV6;
        require("IPV6_PKTINFO", set(socket, six, Constants.IPV6_PKTINFO, 1));
        askFor(socket, "IPV6_HOPLIMIT", six, Constants.IPV6_HOPLIMIT, refused);
        askFor(socket, "IPV6_RECVTCLASS", six, Constants.IPV6_RECVTCLASS, refused);
      }
      if (refused.length() > 0) {
        LOG.debug(
            "the system refuses {}: datagrams do not tell their hop limit or traffic class",
            refused);
      }
    }

    /** Older systems have not all of these; what they do not tell is unknown. */
    private void askFor(long socket, String name, int level, int option, StringJoiner refused) {
      int result = set(socket, level, option, 1);
      if (result < 0) {
        refused.add(name + " (" + -result + ")");
      }
    }

    private static int toInt(Object value) {
      return switch (value) {
        case Boolean flag -> flag ? 1 : 0;
        case Integer number -> number;
        default -> 0; // for an option that takes no number
      };
    }

    private void setOption(long socket, SocketOption<?> option, Object value)
        throws KernelException {
      String name = option.name();
      int number = toInt(value);
      if (option.equals(StandardSocketOptions.SO_RCVBUF)) {
        setBuffer(socket, name, Constants.SO_RCVBUF, number);
      } else if (option.equals(StandardSocketOptions.SO_SNDBUF)) {
        setBuffer(socket, name, Constants.SO_SNDBUF, number);
      } else if (option.equals(StandardSocketOptions.SO_REUSEADDR)) {
        if (number != 0) { // off means exclusive, which does not bear it
          require(name, set(socket, Constants.SOL_SOCKET, Constants.SO_REUSEADDR, number));
        }
      } else if (option.equals(StandardSocketOptions.SO_BROADCAST)) {
        require(name, set(socket, Constants.SOL_SOCKET, Constants.SO_BROADCAST, number));
      } else if (option.equals(StandardSocketOptions.IP_TOS)) {
        setTrafficClass(socket, name, number);
      } else { // SO_REUSEPORT among them: Windows balances no sockets on one port
        require(
            "setsockopt " + name,
            new IpOptions(winsock, socket, format.isIpv6Socket()).set(option, value));
      }
    }

    /** On an IPv6 socket the two are for what leaves as IPv4 and as IPv6; one must be there. */
    private void setTrafficClass(long socket, String name, int number) throws KernelException {
      int result = set(socket, Constants.IPPROTO_IP, Constants.IP_TOS, number);
      if (!format.isIpv6Socket()) {
        require(name, result);
      } else if (set(socket, Constants.IPPROTO_IPV6, Constants.IPV6_TCLASS, number) < 0) {
        require(name, result);
        LOG.debug("setsockopt IPV6_TCLASS is refused: {} is for datagrams over IPv4 alone", name);
      }
    }

    private void setBuffer(long socket, String name, int option, int asked) throws KernelException {
      require(name, set(socket, Constants.SOL_SOCKET, option, asked));
      int granted = get(socket, option);
      if (granted < asked) {
        LOG.warn(
            "{} of the socket on {}: asked for {} bytes, the system granted {}",
            name,
            SocketAddressFormat.text(config.bindAddress()),
            asked,
            granted);
      }
    }

    private void bind(long socket) throws IOException {
      InetSocketAddress wanted = config.bindAddress();
      format.write(address, 0, wanted);
      int result = winsock.bind(socket, address.address(), addressLength);
      if (result == 0) {
        return;
      }
      KernelException failure =
          WsaError.exception("bind " + SocketAddressFormat.text(wanted), -result);
      WsaError error = WsaError.of(-result);
      if (error == WsaError.WSAEADDRINUSE
          || error == WsaError.WSAEADDRNOTAVAIL
          || error == WsaError.WSAEACCES) {
        throw failure.asBindException();
      }
      throw failure;
    }

    private static void require(String operation, int result) throws KernelException {
      if (result < 0) {
        throw WsaError.exception(operation, -result);
      }
    }

    private int set(long socket, int level, int option, int number) {
      value.set(JAVA_INT, 0, number);
      return winsock.setsockopt(socket, level, option, value.address(), INT_SIZE);
    }

    /** 0 where the system does not tell. */
    private int get(long socket, int option) {
      value.set(JAVA_INT, 0, 0);
      size.set(JAVA_INT, 0, INT_SIZE);
      winsock.getsockopt(socket, Constants.SOL_SOCKET, option, value.address(), size.address());
      return value.get(JAVA_INT, 0);
    }
  }
}
