package io.rioreactive.kernel.nio;

import io.rioreactive.kernel.GroupMembership;
import io.rioreactive.kernel.MembershipChange;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The multicast groups of one channel, and the JDK's key to each. The queue's thread alone. The
 * keys end with the channel.
 */
final class NioMemberships {

  private static final Logger LOG = LoggerFactory.getLogger(NioMemberships.class);

  /** Any: nothing is sent. */
  private static final int PORT = 9;

  private final DatagramChannel channel;
  private final Map<GroupMembership, MembershipKey> keys = new HashMap<>();

  NioMemberships(DatagramChannel channel) {
    this.channel = channel;
  }

  void change(MembershipChange change, GroupMembership membership) throws IOException {
    try {
      switch (change) {
        case JOIN -> keys.put(membership, join(membership));
        case LEAVE -> Objects.requireNonNull(keys.remove(membership)).drop();
        case BLOCK -> key(membership).block(Objects.requireNonNull(membership.source()));
        case UNBLOCK -> key(membership).unblock(Objects.requireNonNull(membership.source()));
      }
    } catch (IOException
        | IllegalArgumentException
        | IllegalStateException
        | UnsupportedOperationException e) {
      throw new IOException(
          change.of(membership)
              + " failed: "
              + e.getMessage()
              + ": name an interface that has the group's family, or choose another provider",
          e);
    }
  }

  private MembershipKey join(GroupMembership membership) throws IOException {
    InetAddress group = membership.group();
    NetworkInterface on =
        membership.interfaceIndex() == 0
            ? picked(group)
            : NetworkInterface.getByIndex(membership.interfaceIndex());
    if (on == null) {
      throw new IOException("the interface is gone");
    }
    InetAddress source = membership.source();
    return source == null ? channel.join(group, on) : channel.join(group, on, source);
  }

  /**
   * The JDK wants to be told: the one that is set to send by, or that datagrams to the group leave
   * by, as the system does.
   */
  private NetworkInterface picked(InetAddress group) throws IOException {
    NetworkInterface set = channel.getOption(StandardSocketOptions.IP_MULTICAST_IF);
    if (set != null) {
      return set;
    }
    StandardProtocolFamily family =
        group instanceof Inet6Address ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET;
    NetworkInterface routed = null;
    try (DatagramChannel asking = DatagramChannel.open(family)) {
      asking.connect(new InetSocketAddress(group, PORT));
      InetSocketAddress local = (InetSocketAddress) asking.getLocalAddress();
      routed = NetworkInterface.getByInetAddress(local.getAddress());
    } catch (SocketException noRoute) {
      LOG.debug("no interface to {}: {}", group, noRoute.getMessage());
    }
    if (routed == null) {
      throw new IOException("there is no route to the group to pick an interface by");
    }
    return routed;
  }

  private MembershipKey key(GroupMembership membership) {
    return Objects.requireNonNull(keys.get(membership.fromAnybody()));
  }
}
