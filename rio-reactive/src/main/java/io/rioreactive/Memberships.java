package io.rioreactive;

import io.rioreactive.kernel.GroupMembership;
import io.rioreactive.kernel.MembershipChange;
import io.rioreactive.kernel.RequestQueue;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The multicast groups that one socket has joined. What makes no sense is refused here, by the same
 * words whatever the provider; the system is asked for the rest. On the pump, but for {@link #now}.
 */
final class Memberships {

  /** One that was joined: as it was asked for, as the kernel knows it, and who is blocked in it. */
  private record Joined(Membership asked, GroupMembership known, Set<InetAddress> blocked) {}

  private final RequestQueue queue;
  private final List<Joined> all = new ArrayList<>();
  private volatile List<Membership> now = List.of();

  Memberships(RequestQueue queue) {
    this.queue = queue;
  }

  /** What is joined, in that order. Any thread. */
  List<Membership> now() {
    return now;
  }

  void onChange(MembershipChange change, Membership asked) throws IOException {
    switch (change) {
      case JOIN -> onJoin(asked);
      case LEAVE -> onLeave(asked);
      case BLOCK -> onBlock(asked);
      case UNBLOCK -> onUnblock(asked);
    }
  }

  private void onJoin(Membership asked) throws IOException {
    requireHearing(asked);
    GroupMembership wanted = asked.resolve();
    for (Joined joined : all) {
      if (joined.known().isSameGroup(wanted)) {
        requireOther(asked, joined, wanted);
      }
    }
    queue.changeMembership(MembershipChange.JOIN, wanted);
    all.add(new Joined(asked, wanted, new LinkedHashSet<>()));
    publish();
  }

  /**
   * A socket bound to one address of its machine hears no group on Linux and macOS. So it is
   * refused everywhere.
   */
  private void requireHearing(Membership asked) throws IOException {
    InetAddress group = asked.group();
    if (group instanceof Inet6Address && !queue.addressFormat().isIpv6Socket()) {
      throw new IOException(
          "join " + asked + ": the socket is IPv4 and the group IPv6: bind it to host(\"::\")");
    }
    InetAddress bound = queue.localAddress().getAddress();
    if (!bound.isAnyLocalAddress() && !bound.equals(group)) {
      throw new IOException(
          "join "
              + asked
              + ": the socket is bound to "
              + bound.getHostAddress()
              + ", and hears only what is sent to that address: bind it to host(\"0.0.0.0\") or"
              + " host(\"::\"); a client also hears only its peer, and takes the group as its"
              + " bindAddress");
    }
  }

  private static void requireOther(Membership asked, Joined joined, GroupMembership wanted) {
    InetAddress source = joined.known().source();
    if (source == null ? wanted.source() == null : source.equals(wanted.source())) {
      throw new IllegalStateException("join " + asked + ": it is joined already");
    }
    if (source == null || wanted.source() == null) {
      throw new IllegalStateException(
          "join "
              + asked
              + ": "
              + joined.asked()
              + " is joined, and one group is joined either from anybody or from named sources:"
              + " leave that first"
              + (source == null ? ", or block the sources that are not wanted" : ""));
    }
  }

  private void onLeave(Membership asked) throws IOException {
    Joined joined = require("leave", asked, asked);
    queue.changeMembership(MembershipChange.LEAVE, joined.known());
    all.remove(joined);
    publish();
  }

  private void onBlock(Membership asked) throws IOException {
    InetAddress source = source("block", asked);
    Joined joined = require("block", asked, fromAnybody(asked));
    if (joined.blocked().contains(source)) {
      throw new IllegalStateException("block " + asked + ": it is blocked already");
    }
    queue.changeMembership(MembershipChange.BLOCK, withSource(joined, source));
    joined.blocked().add(source);
  }

  private void onUnblock(Membership asked) throws IOException {
    InetAddress source = source("unblock", asked);
    Joined joined = require("unblock", asked, fromAnybody(asked));
    if (!joined.blocked().contains(source)) {
      throw new IllegalStateException("unblock " + asked + ": it is not blocked");
    }
    queue.changeMembership(MembershipChange.UNBLOCK, withSource(joined, source));
    joined.blocked().remove(source);
  }

  private static InetAddress source(String change, Membership asked) {
    InetAddress source = asked.source();
    if (source == null) {
      throw new IllegalArgumentException(
          change + " " + asked + ": no source is named: add from(…)");
    }
    return source;
  }

  private static Membership fromAnybody(Membership asked) {
    return new Membership(asked.group(), asked.networkInterface(), null);
  }

  private static GroupMembership withSource(Joined joined, InetAddress source) {
    GroupMembership known = joined.known();
    return new GroupMembership(
        known.group(), known.interfaceIndex(), known.interfaceName(), source);
  }

  private Joined require(String change, Membership asked, Membership wanted) throws IOException {
    Joined joined = find(wanted);
    if (joined == null) {
      throw new IllegalStateException(
          change + " " + asked + ": it is not joined; joined are " + now);
    }
    return joined;
  }

  /** As it was asked for, which needs no interface; else what it comes to. */
  private @Nullable Joined find(Membership wanted) throws IOException {
    for (Joined joined : all) {
      if (joined.asked().equals(wanted)) {
        return joined;
      }
    }
    GroupMembership known = wanted.resolve();
    for (Joined joined : all) {
      if (joined.known().equals(known)) {
        return joined;
      }
    }
    return null;
  }

  /** The socket is about to be closed, and leaves all with that. */
  void onClose() {
    all.clear();
    publish();
  }

  private void publish() {
    now = all.stream().map(Joined::asked).toList();
  }
}
