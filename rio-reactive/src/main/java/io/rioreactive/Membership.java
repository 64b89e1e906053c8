package io.rioreactive;

import io.rioreactive.kernel.GroupMembership;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A multicast group to join, to leave or to block a source in. Immutable.
 *
 * <pre>{@code
 * Membership.of("239.1.2.3")                                      // on the interface the system picks
 * Membership.of("239.1.2.3").on("eth0")                           // by name, index or address
 * Membership.of("232.1.2.3").on("eth0").from(InetAddress.ofLiteral("192.0.2.7")) // its datagrams alone
 * }</pre>
 *
 * @param group a multicast address, IPv4 or IPv6
 * @param networkInterface an interface by its name (as {@link NetworkInterface} has it), its index
 *     in digits or one of its addresses, looked up at each join; null lets the system pick one
 * @param source whose datagrams alone are wanted (or none of whose, to block); null for anybody's
 */
public record Membership(
    InetAddress group, @Nullable String networkInterface, @Nullable InetAddress source) {

  /**
   * Checks what needs no system. A scope in the group ({@code ff02::1%eth0}) names the interface,
   * unless one is named.
   *
   * @throws IllegalArgumentException if the group is no multicast address, the interface blank, or
   *     the source no address of one host of the group's family
   */
  public Membership {
    Objects.requireNonNull(group, "group");
    if (!group.isMulticastAddress()) {
      throw new IllegalArgumentException(
          "group is "
              + group.getHostAddress()
              + ", which is no multicast address: allowed are 224.0.0.0 to 239.255.255.255 and"
              + " ff00::/8");
    }
    if (group instanceof Inet6Address scoped && scoped.getScopeId() != 0) {
      if (networkInterface == null) {
        networkInterface = String.valueOf(scoped.getScopeId());
      }
      group = withoutScope(scoped);
    }
    if (networkInterface != null && networkInterface.isBlank()) {
      throw new IllegalArgumentException(
          "networkInterface is blank: name one, or leave it out and let the system pick");
    }
    if (source != null) {
      checkSource(source, group);
    }
  }

  private static InetAddress withoutScope(Inet6Address address) {
    try {
      return InetAddress.getByAddress(address.getAddress());
    } catch (UnknownHostException impossible) {
      throw new AssertionError("16 bytes are an address", impossible);
    }
  }

  private static void checkSource(InetAddress source, InetAddress group) {
    boolean isOfOneHost = !source.isMulticastAddress() && !source.isAnyLocalAddress();
    boolean isOfSameFamily = source instanceof Inet4Address == group instanceof Inet4Address;
    if (!isOfOneHost || !isOfSameFamily) {
      throw new IllegalArgumentException(
          "source of group "
              + group.getHostAddress()
              + " is "
              + source.getHostAddress()
              + ": it has to be the address of one host, "
              + (group instanceof Inet4Address ? "IPv4" : "IPv6")
              + " as the group");
    }
  }

  /** Of everything sent to a group. */
  public static Membership of(InetAddress group) {
    return new Membership(group, null, null);
  }

  /**
   * Of everything sent to a group.
   *
   * @param group an address in digits; no name is looked up
   */
  public static Membership of(String group) {
    return of(InetAddress.ofLiteral(group));
  }

  /** On an interface, by its name, its index in digits or one of its addresses. */
  public Membership on(String networkInterface) {
    Objects.requireNonNull(networkInterface, "networkInterface");
    return new Membership(group, networkInterface, source);
  }

  /** On an interface. */
  public Membership on(NetworkInterface networkInterface) {
    return on(networkInterface.getName());
  }

  /** On the interface that has this address. */
  public Membership on(InetAddress addressOfInterface) {
    return on(addressOfInterface.getHostAddress());
  }

  /** Of what this host sends to the group. */
  public Membership from(InetAddress source) {
    Objects.requireNonNull(source, "source");
    return new Membership(group, networkInterface, source);
  }

  /** With the interface looked up, which has to be there, up and able to do multicast. */
  GroupMembership resolve() throws IOException {
    if (networkInterface == null) {
      return new GroupMembership(group, 0, "", source);
    }
    NetworkInterface found = find(networkInterface);
    if (found == null) {
      throw new IOException(
          this
              + ": no network interface of this machine that has an address goes by that: it has "
              + NetworkInterface.networkInterfaces()
                  .map(NetworkInterface::getName)
                  .collect(Collectors.joining(", ")));
    }
    if (!found.isUp()) {
      throw new IOException(this + ": the network interface is down: bring it up, or name another");
    }
    if (!found.supportsMulticast() && !found.isLoopback()) { // Linux's loopback does not say so
      throw new IOException(this + ": the network interface has no multicast: name another");
    }
    return new GroupMembership(group, found.getIndex(), found.getName(), source);
  }

  private static @Nullable NetworkInterface find(String wanted) throws SocketException {
    NetworkInterface byName = NetworkInterface.getByName(wanted);
    if (byName != null) {
      return byName;
    }
    try {
      return NetworkInterface.getByIndex(Integer.parseInt(wanted));
    } catch (NumberFormatException isNoIndex) {
      return byAddress(wanted);
    } catch (IllegalArgumentException isNegative) {
      return null;
    }
  }

  private static @Nullable NetworkInterface byAddress(String wanted) throws SocketException {
    try {
      return NetworkInterface.getByInetAddress(InetAddress.ofLiteral(wanted));
    } catch (IllegalArgumentException isNoAddress) {
      return null;
    }
  }

  /** The group, and interface and source where they are named: {@code 239.1.2.3 on eth0}. */
  @Override
  public String toString() {
    return group.getHostAddress()
        + (networkInterface == null ? "" : " on " + networkInterface)
        + (source == null ? "" : " from " + source.getHostAddress());
  }
}
