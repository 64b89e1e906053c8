package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.rioreactive.kernel.GroupMembership;
import io.rioreactive.kernel.GroupRequestFormat;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.MembershipChange;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * A socket's multicast groups, by the options that the JDK uses as well: for IPv4 those of Winsock
 * 2, also on an IPv6 socket; for IPv6 those of RFC 2553 and, with a source, of RFC 3678. Wine has
 * not the last. Windows gives a socket the groups that it has joined itself and no others.
 *
 * <p>Owns nothing; one call each; the queue's thread.
 */
final class WindowsMulticast {

  private static final GroupRequestFormat WITH_SOURCE =
      new GroupRequestFormat(
          Constants.AF_INET6,
          Layouts.GROUP_SOURCE_REQ.offset("gsr_group"),
          Layouts.GROUP_REQ.size(),
          Layouts.GROUP_SOURCE_REQ.offset("gsr_source"),
          Layouts.GROUP_SOURCE_REQ.size());

  private WindowsMulticast() {}

  static void change(
      Winsock winsock, long socket, MembershipChange change, GroupMembership membership)
      throws IOException {
    boolean isIpv4 = membership.group() instanceof Inet4Address;
    int level = isIpv4 ? Constants.IPPROTO_IP : Constants.IPPROTO_IPV6;
    boolean hasSource = membership.source() != null;
    int option = isIpv4 ? ipv4Option(change, hasSource) : ipv6Option(change, hasSource);
    int result;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment request = isIpv4 ? ipv4(membership, arena) : ipv6(membership, arena);
      result =
          winsock.setsockopt(socket, level, option, request.address(), (int) request.byteSize());
    }
    if (result < 0) {
      throw refusal(change, membership, -result);
    }
  }

  private static int ipv4Option(MembershipChange change, boolean hasSource) {
    return switch (change) {
      case JOIN -> hasSource ? Constants.IP_ADD_SOURCE_MEMBERSHIP : Constants.IP_ADD_MEMBERSHIP;
      case LEAVE -> hasSource ? Constants.IP_DROP_SOURCE_MEMBERSHIP : Constants.IP_DROP_MEMBERSHIP;
      case BLOCK -> Constants.IP_BLOCK_SOURCE;
      case UNBLOCK -> Constants.IP_UNBLOCK_SOURCE;
    };
  }

  private static int ipv6Option(MembershipChange change, boolean hasSource) {
    return switch (change) {
      case JOIN -> hasSource ? Constants.MCAST_JOIN_SOURCE_GROUP : Constants.IPV6_ADD_MEMBERSHIP;
      case LEAVE -> hasSource ? Constants.MCAST_LEAVE_SOURCE_GROUP : Constants.IPV6_DROP_MEMBERSHIP;
      case BLOCK -> Constants.MCAST_BLOCK_SOURCE;
      case UNBLOCK -> Constants.MCAST_UNBLOCK_SOURCE;
    };
  }

  private static MemorySegment ipv4(GroupMembership membership, Arena arena) throws IOException {
    InetAddress source = membership.source();
    int on = interfaceNumber(membership);
    if (source == null) {
      MemorySegment request = arena.allocate(Layouts.IP_MREQ.layout());
      request.set(JAVA_INT, Layouts.IP_MREQ.offset("imr_multiaddr"), number(membership.group()));
      request.set(JAVA_INT, Layouts.IP_MREQ.offset("imr_interface"), on);
      return request;
    }
    MemorySegment request = arena.allocate(Layouts.IP_MREQ_SOURCE.layout());
    request.set(
        JAVA_INT, Layouts.IP_MREQ_SOURCE.offset("imr_multiaddr"), number(membership.group()));
    request.set(JAVA_INT, Layouts.IP_MREQ_SOURCE.offset("imr_sourceaddr"), number(source));
    request.set(JAVA_INT, Layouts.IP_MREQ_SOURCE.offset("imr_interface"), on);
    return request;
  }

  private static MemorySegment ipv6(GroupMembership membership, Arena arena) {
    if (membership.source() != null) {
      return WITH_SOURCE.write(membership, arena);
    }
    MemorySegment request = arena.allocate(Layouts.IPV6_MREQ.layout());
    byte[] group = membership.group().getAddress();
    MemorySegment.copy(
        MemorySegment.ofArray(group),
        0,
        request,
        Layouts.IPV6_MREQ.offset("ipv6mr_multiaddr"),
        group.length);
    request.set(
        JAVA_INT, Layouts.IPV6_MREQ.offset("ipv6mr_interface"), membership.interfaceIndex());
    return request;
  }

  private static int interfaceNumber(GroupMembership membership) throws IOException {
    int index = membership.interfaceIndex();
    return index == 0 ? 0 : interfaceNumber(NetworkInterface.getByIndex(index), index);
  }

  /**
   * What names an interface to IPv4: one of its addresses, or else its index in the order of the
   * network, which stands for an address below 1.0.0.0.
   */
  static int interfaceNumber(@Nullable NetworkInterface on, int index) {
    return on == null
        ? Integer.reverseBytes(index)
        : on.inetAddresses()
            .filter(Inet4Address.class::isInstance)
            .findFirst()
            .map(WindowsMulticast::number)
            .orElse(Integer.reverseBytes(index));
  }

  /** The four bytes as they are to stand in memory. */
  private static int number(InetAddress ipv4) {
    return ByteBuffer.wrap(ipv4.getAddress()).order(ByteOrder.nativeOrder()).getInt();
  }

  /** The codes mean other things here than where datagrams are sent. */
  private static KernelException refusal(
      MembershipChange change, GroupMembership membership, int code) {
    String operation = change.of(membership);
    WsaError error = WsaError.of(code);
    String advice =
        switch (error) {
          case WSAEADDRNOTAVAIL, WSAEINVAL, WSAENETUNREACH, WSAEADDRINUSE ->
              membership.interfaceIndex() == 0
                  ? "the system finds no interface for the group, or has it joined or left"
                      + " already: name the interface"
                  : "the interface is gone or has no address of the group's family, or the group"
                      + " is joined or left there already";
          case WSAENOPROTOOPT, WSAEOPNOTSUPP ->
              "this system, or its Winsock provider, has no such call";
          case null, default -> null;
        };
    return error == null || advice == null
        ? WsaError.exception(operation, code)
        : new KernelException(KernelException.Kind.OTHER, operation, error.name(), code, advice);
  }
}
