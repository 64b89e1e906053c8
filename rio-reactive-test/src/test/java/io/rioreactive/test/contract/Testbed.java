package io.rioreactive.test.contract;

import static io.rioreactive.test.LawAssert.assertThatLawHolds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.list;

import io.rioreactive.Membership;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.Peer;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a contract test runs on: one provider, and peers who reach its sockets. Its end closes what
 * the test has opened, and holds each connection to the law of conservation.
 */
abstract class Testbed implements AutoCloseable {

  static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  /** Longer than anything takes; a test that needs all of it has failed. */
  static final Duration LONG = Duration.ofSeconds(10);

  private final List<RioConnection> connections = new ArrayList<>();
  private final List<Peer> peers = new ArrayList<>();
  private final List<PumpGroup> groups = new ArrayList<>();

  /** A server on this provider, at a free port of 127.0.0.1. */
  abstract RioUdpServer server();

  /** A client on this provider. */
  abstract RioUdpClient client();

  /** Whether its kernel keeps what is posted when a subscriber cancels, as RIO does. */
  abstract boolean keepsPosts();

  /** Whether its kernel tells how long a datagram was that did not fit. */
  abstract boolean tellsTrueLength();

  /** Skips a test that connects a socket again, where the system's own part of it is broken. */
  void needReconnects() {}

  /** Whether its kernel tells where a datagram came to, and lets one leave from there. */
  boolean hasPacketInfo() {
    return false;
  }

  /** That the system takes notice of the source that a datagram names. */
  void needSources() {}

  /** That a broadcast on the loopback interface comes, and is told from other datagrams. */
  void needBroadcasts() {}

  /** Whether the traffic class that a socket of the JDK's is set to is that of its datagrams. */
  boolean peersSetTrafficClass(InetAddress to) {
    return true;
  }

  /** Whether what was posted first completes first. */
  boolean completesInOrder() {
    return true;
  }

  /** A group on the interface that has 127.0.0.1. */
  final Membership onLoopback(InetAddress group) {
    return Membership.of(group).on(loopback());
  }

  /** The index of that interface, in digits. */
  final String loopbackIndex() {
    return String.valueOf(loopback().getIndex());
  }

  static NetworkInterface loopback() {
    try {
      return NetworkInterface.getByInetAddress(LOOPBACK);
    } catch (SocketException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends a datagram from 127.0.0.1 to a port of a group, over the loopback interface. */
  abstract void sendToGroup(String text, InetAddress group, int port);

  /** That a socket hears no group which only others on the machine have joined. */
  void needGroupsOfOthersUnheard() {}

  /** That the system knows one source of a group from another. */
  void needSourcesOfGroups() {}

  abstract PumpGroup newPumps();

  abstract Peer newPeer(InetAddress address);

  final RioConnection bind(RioUdpServer server) {
    RioConnection connection = server.bindNow();
    connections.add(connection);
    return connection;
  }

  final RioConnection connect(RioUdpClient client, InetSocketAddress peer) {
    return connect(client, () -> peer);
  }

  final RioConnection connect(RioUdpClient client, Supplier<InetSocketAddress> peer) {
    RioConnection connection = client.remoteAddress(peer).connectNow();
    connections.add(connection);
    return connection;
  }

  /** An echo server. */
  final RioConnection echo(RioUdpServer server) {
    return bind(server.handle((in, out) -> out.send(in.receive())));
  }

  /** One pump that several servers can share. */
  final PumpGroup pumps() {
    PumpGroup group = newPumps();
    groups.add(group);
    return group;
  }

  /** A peer on 127.0.0.1. */
  final Peer peer() {
    return peer(LOOPBACK);
  }

  final Peer peer(InetAddress address) {
    Peer peer = newPeer(address);
    peers.add(peer);
    return peer;
  }

  @Override
  public void close() {
    connections.forEach(RioConnection::disposeNow);
    groups.forEach(PumpGroup::dispose);
    peers.forEach(Peer::close);
    for (RioConnection connection : connections) {
      requireNothingLost(connection.stats());
    }
  }

  /** The law of conservation, once nothing is under way. */
  static void requireNothingLost(RioStats stats) {
    assertThatLawHolds(stats);
    assertThat(stats.posted()).as("posted in %s", stats).isBetween(0, stats.receiveSlots());
    assertThat(stats.inFlight()).as("in flight in %s", stats).isBetween(0, stats.sendSlots());
  }

  /** Holds what came to what was sent: in the same order, where requests complete in order. */
  final void assertReceived(List<?> got, Object... sent) {
    if (completesInOrder()) {
      assertThat(got).isEqualTo(List.of(sent));
    } else {
      assertThat(got).asInstanceOf(list(Object.class)).containsExactlyInAnyOrder(sent);
    }
  }

  /** A payload that is easy to tell from others of another length or with something amiss. */
  static byte[] payload(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) (31 * length + 7 * i + (i >> 8));
    }
    return bytes;
  }
}
