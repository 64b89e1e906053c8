package io.rioreactive.test;

import io.rioreactive.kernel.GroupMembership;
import io.rioreactive.kernel.MembershipChange;
import java.net.InetAddress;
import java.util.HashSet;
import java.util.Set;

/** The multicast groups a simulated socket has joined, and whom it has blocked in them. */
final class SimulatedMemberships {

  private final Set<GroupMembership> joined = new HashSet<>();
  private final Set<GroupMembership> blocked = new HashSet<>();

  /** Answers whether it was a change, which the pump is to see to. */
  boolean change(MembershipChange change, GroupMembership membership) {
    return switch (change) {
      case JOIN -> joined.add(membership);
      case LEAVE -> {
        blocked.removeIf(membership::isSameGroup);
        yield joined.remove(membership);
      }
      case BLOCK -> joined.contains(membership.fromAnybody()) && blocked.add(membership);
      case UNBLOCK -> blocked.remove(membership);
    };
  }

  /** Whether what a host sends to a group is received. */
  boolean hear(InetAddress group, InetAddress source) {
    return joined.stream()
        .filter(one -> one.group().equals(group))
        .anyMatch(
            one ->
                one.source() == null
                    ? blocked.stream()
                        .noneMatch(its -> its.isSameGroup(one) && source.equals(its.source()))
                    : source.equals(one.source()));
  }
}
