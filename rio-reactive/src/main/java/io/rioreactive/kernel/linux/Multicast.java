package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.rioreactive.kernel.GroupMembership;
import io.rioreactive.kernel.GroupRequestFormat;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.MembershipChange;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;

/**
 * A socket's multicast groups, by the calls that are the same for both families (RFC 3678). An IPv6
 * socket joins IPv4 groups by those of IPv4.
 *
 * <p>Stateless; the queue's thread.
 */
final class Multicast {

  private static final GroupRequestFormat FORMAT =
      new GroupRequestFormat(
          Constants.AF_INET6,
          Layouts.GROUP_SOURCE_REQ.offset("gsr_group"),
          Layouts.GROUP_REQ.size(),
          Layouts.GROUP_SOURCE_REQ.offset("gsr_source"),
          Layouts.GROUP_SOURCE_REQ.size());

  private Multicast() {}

  /**
   * Has a socket hear the groups that it joins itself and no others. Unasked, a socket bound to a
   * wildcard address hears every group that any socket of the machine has joined. Kernels before
   * 4.20 cannot, for IPv6.
   */
  static void hearOnlyWhatIsJoined(LibC libc, int fd, boolean isIpv6, MemorySegment value) {
    value.set(JAVA_INT, 0, 0);
    int size = (int) JAVA_INT.byteSize();
    libc.setsockopt(fd, Constants.IPPROTO_IP, Constants.IP_MULTICAST_ALL, value.address(), size);
    if (isIpv6) {
      libc.setsockopt(
          fd, Constants.IPPROTO_IPV6, Constants.IPV6_MULTICAST_ALL, value.address(), size);
    }
  }

  static void change(LibC libc, int fd, MembershipChange change, GroupMembership membership)
      throws KernelException {
    boolean isIpv6 = membership.group() instanceof Inet6Address;
    int level = isIpv6 ? Constants.IPPROTO_IPV6 : Constants.IPPROTO_IP;
    int option = option(change, membership.source() != null);
    int result;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = FORMAT.write(membership, arena);
      result = libc.setsockopt(fd, level, option, request.address(), (int) request.byteSize());
    }
    if (result < 0) {
      throw refusal(change, membership, -result);
    }
  }

  private static int option(MembershipChange change, boolean hasSource) {
    return switch (change) {
      case JOIN -> hasSource ? Constants.MCAST_JOIN_SOURCE_GROUP : Constants.MCAST_JOIN_GROUP;
      case LEAVE -> hasSource ? Constants.MCAST_LEAVE_SOURCE_GROUP : Constants.MCAST_LEAVE_GROUP;
      case BLOCK -> Constants.MCAST_BLOCK_SOURCE;
      case UNBLOCK -> Constants.MCAST_UNBLOCK_SOURCE;
    };
  }

  /** The codes mean other things here than where datagrams are sent. */
  private static KernelException refusal(
      MembershipChange change, GroupMembership membership, int code) {
    String operation = change.of(membership);
    Errno errno = Errno.of(code);
    String advice =
        switch (errno) {
          case EADDRINUSE, EADDRNOTAVAIL ->
              change == MembershipChange.JOIN
                  ? "the socket has joined it already, on the interface that the system picks"
                  : "the socket has not joined it on this interface, or not with this source";
          case ENODEV, EINVAL ->
              membership.interfaceIndex() == 0
                  ? "the system has no route to the group to pick an interface by: name one"
                  : "the interface is gone or has no address of the group's family";
          case ENOBUFS, ENOMEM ->
              "the socket has as many groups, or the group as many sources, as the system allows:"
                  + " sysctl net.ipv4.igmp_max_memberships, igmp_max_msf; net.ipv6.mld_max_msf;"
                  + " net.core.optmem_max";
          case null, default -> null;
        };
    return errno == null || advice == null
        ? Errno.exception(operation, code)
        : new KernelException(KernelException.Kind.OTHER, operation, errno.name(), code, advice);
  }
}
