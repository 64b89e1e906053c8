package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.rioreactive.kernel.IpSocketOptions;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.SocketOption;
import java.net.StandardSocketOptions;

/**
 * The socket options that IPv4 and IPv6 have each under a name of its own. On an IPv6 socket the
 * ones of IPv4 are for the datagrams that leave as IPv4, so both are set.
 *
 * <p>Stateless; the queue's thread.
 */
final class IpOptions {

  private IpOptions() {}

  /** 0, or a negative code: {@code -ENOPROTOOPT} for an option that is not among them. */
  static int set(LibC libc, int fd, boolean isIpv6, SocketOption<?> option, int number) {
    if (option.equals(StandardSocketOptions.IP_MULTICAST_IF)) {
      return setInterface(libc, fd, isIpv6, number);
    } else if (option.equals(StandardSocketOptions.IP_MULTICAST_TTL)) {
      return set(
          libc, fd, isIpv6, Constants.IP_MULTICAST_TTL, Constants.IPV6_MULTICAST_HOPS, number);
    } else if (option.equals(StandardSocketOptions.IP_MULTICAST_LOOP)) {
      return set(
          libc, fd, isIpv6, Constants.IP_MULTICAST_LOOP, Constants.IPV6_MULTICAST_LOOP, number);
    } else if (option.equals(StandardSocketOptions.IP_TOS)) {
      return set(libc, fd, isIpv6, Constants.IP_TOS, Constants.IPV6_TCLASS, number);
    } else if (option.equals(IpSocketOptions.IP_TTL)) {
      return set(libc, fd, isIpv6, Constants.IP_TTL, Constants.IPV6_UNICAST_HOPS, number);
    } else if (option.equals(IpSocketOptions.IP_DONTFRAGMENT)) {
      int discovery = number == 0 ? Constants.IP_PMTUDISC_DONT : Constants.IP_PMTUDISC_DO;
      return set(
          libc, fd, isIpv6, Constants.IP_MTU_DISCOVER, Constants.IPV6_MTU_DISCOVER, discovery);
    }
    return -Errno.ENOPROTOOPT.code();
  }

  private static int setInterface(LibC libc, int fd, boolean isIpv6, int index) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = arena.allocate(Layouts.IP_MREQN.layout());
      request.set(JAVA_INT, Layouts.IP_MREQN.offset("imr_ifindex"), index);
      int result =
          libc.setsockopt(
              fd,
              Constants.IPPROTO_IP,
              Constants.IP_MULTICAST_IF,
              request.address(),
              (int) Layouts.IP_MREQN.size());
      return result < 0 || !isIpv6
          ? result
          : set(libc, fd, Constants.IPPROTO_IPV6, Constants.IPV6_MULTICAST_IF, index);
    }
  }

  private static int set(
      LibC libc, int fd, boolean isIpv6, int ipv4Option, int ipv6Option, int number) {
    int result = set(libc, fd, Constants.IPPROTO_IP, ipv4Option, number);
    return result < 0 || !isIpv6
        ? result
        : set(libc, fd, Constants.IPPROTO_IPV6, ipv6Option, number);
  }

  private static int set(LibC libc, int fd, int level, int option, int number) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocateFrom(JAVA_INT, number);
      return libc.setsockopt(fd, level, option, value.address(), (int) JAVA_INT.byteSize());
    }
  }
}
