package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.rioreactive.kernel.IpSocketOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.NetworkInterface;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket options that IPv4 and IPv6 have each under a name of its own. On an IPv6 socket the
 * ones of IPv4 are for the datagrams that leave as IPv4: those of IPv6 must be taken, and where the
 * others are not, the option is for IPv6 alone.
 *
 * <p>Stateless; the queue's thread.
 */
final class IpOptions {

  private static final Logger LOG = LoggerFactory.getLogger(IpOptions.class);

  private final Winsock winsock;
  private final long socket;
  private final boolean isIpv6;

  IpOptions(Winsock winsock, long socket, boolean isIpv6) {
    this.winsock = winsock;
    this.socket = socket;
    this.isIpv6 = isIpv6;
  }

  /** 0, or a negative code: {@code -WSAENOPROTOOPT} for an option that is not among them. */
  int set(SocketOption<?> option, Object value) {
    if (option.equals(StandardSocketOptions.IP_MULTICAST_IF)) {
      NetworkInterface by = (NetworkInterface) value;
      int index = by.getIndex();
      int ipv4Number = WindowsMulticast.interfaceNumber(by, index);
      return set(Constants.IP_MULTICAST_IF, ipv4Number, Constants.IPV6_MULTICAST_IF, index);
    }
    int number = value instanceof Boolean flag ? (flag ? 1 : 0) : (Integer) value;
    if (option.equals(StandardSocketOptions.IP_MULTICAST_TTL)) {
      return set(Constants.IP_MULTICAST_TTL, number, Constants.IPV6_MULTICAST_HOPS, number);
    } else if (option.equals(StandardSocketOptions.IP_MULTICAST_LOOP)) {
      return set(Constants.IP_MULTICAST_LOOP, number, Constants.IPV6_MULTICAST_LOOP, number);
    } else if (option.equals(IpSocketOptions.IP_TTL)) {
      return set(Constants.IP_TTL, number, Constants.IPV6_UNICAST_HOPS, number);
    } else if (option.equals(IpSocketOptions.IP_DONTFRAGMENT)) {
      return set(Constants.IP_DONTFRAGMENT, number, Constants.IPV6_DONTFRAG, number);
    }
    return -WsaError.WSAENOPROTOOPT.code();
  }

  private int set(int ipv4Option, int ipv4Number, int ipv6Option, int ipv6Number) {
    int result = set(Constants.IPPROTO_IP, ipv4Option, ipv4Number);
    if (!isIpv6) {
      return result;
    }
    if (result < 0) {
      LOG.debug(
          "option {} of IPv4 is refused on an IPv6 socket: {}",
          ipv4Option,
          WsaError.exception("setsockopt", -result).getMessage());
    }
    return set(Constants.IPPROTO_IPV6, ipv6Option, ipv6Number);
  }

  private int set(int level, int option, int number) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocateFrom(JAVA_INT, number);
      return winsock.setsockopt(socket, level, option, value.address(), (int) JAVA_INT.byteSize());
    }
  }
}
