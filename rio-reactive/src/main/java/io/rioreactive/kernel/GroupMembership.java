package io.rioreactive.kernel;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A multicast group on an interface, as a socket joins or leaves it.
 *
 * @param group a multicast address without a scope
 * @param interfaceIndex the system's number of the interface; 0 lets the system pick one
 * @param interfaceName its name for texts; empty with index 0
 * @param source whose datagrams alone are wanted, or of whom none are; null for anybody's
 */
public record GroupMembership(
    InetAddress group, int interfaceIndex, String interfaceName, @Nullable InetAddress source) {

  /** Whether both are of one group on one interface, whatever their sources. */
  public boolean isSameGroup(GroupMembership other) {
    return interfaceIndex == other.interfaceIndex && group.equals(other.group);
  }

  /** The group with all its sources. */
  public GroupMembership fromAnybody() {
    return new GroupMembership(group, interfaceIndex, interfaceName, null);
  }

  /** The group, and interface and source where they are named: {@code 239.1.2.3 on eth0}. */
  @Override
  public String toString() {
    return group.getHostAddress()
        + (interfaceName.isEmpty() ? "" : " on " + interfaceName)
        + (source == null ? "" : " from " + source.getHostAddress());
  }
}
