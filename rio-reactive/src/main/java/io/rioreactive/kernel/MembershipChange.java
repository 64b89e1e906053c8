package io.rioreactive.kernel;

import java.util.Locale;

/** What a socket does about a multicast group. */
public enum MembershipChange {
  /** Receives the group's datagrams: of one source if the membership names one, else of all. */
  JOIN,
  /** Ends what JOIN began, with the same membership; what was blocked in it is forgotten. */
  LEAVE,
  /** Receives no longer what the source sends to a group that was joined from anybody. */
  BLOCK,
  /** Ends what BLOCK began. */
  UNBLOCK;

  /** The words for the text of a failure: {@code join 239.1.2.3 on eth0}. */
  public String of(GroupMembership membership) {
    return name().toLowerCase(Locale.ROOT) + " " + membership;
  }
}
