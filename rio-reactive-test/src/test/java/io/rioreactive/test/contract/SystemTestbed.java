package io.rioreactive.test.contract;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rioreactive.Notification;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.LoopbackPeer;
import io.rioreactive.test.Needs;
import io.rioreactive.test.Peer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.function.UnaryOperator;

/** The machine's own sockets, on loopback. */
class SystemTestbed extends Testbed {

  private final String provider;
  private final Notification notification;
  private final UnaryOperator<RioUdpServer> ofServers;
  private final UnaryOperator<RioUdpClient> ofClients;

  SystemTestbed(String provider) {
    this(provider, Notification.COMPLETION_PORT);
  }

  SystemTestbed(String provider, Notification notification) {
    this(provider, notification, server -> server, client -> client);
  }

  /** With an option that is not the default. */
  SystemTestbed(
      String provider,
      UnaryOperator<RioUdpServer> ofServers,
      UnaryOperator<RioUdpClient> ofClients) {
    this(provider, Notification.COMPLETION_PORT, ofServers, ofClients);
  }

  private SystemTestbed(
      String provider,
      Notification notification,
      UnaryOperator<RioUdpServer> ofServers,
      UnaryOperator<RioUdpClient> ofClients) {
    Needs.provider(provider);
    this.provider = provider;
    this.notification = notification;
    this.ofServers = ofServers;
    this.ofClients = ofClients;
  }

  @Override
  RioUdpServer server() {
    RioUdpServer plain = RioUdpServer.create().host("127.0.0.1");
    return ofServers.apply(plain.provider(provider).notification(notification));
  }

  @Override
  RioUdpClient client() {
    RioUdpClient plain = RioUdpClient.create();
    return ofClients.apply(plain.provider(provider).notification(notification));
  }

  /** Windows owns what is posted until it completes; elsewhere a post is only a number. */
  @Override
  boolean keepsPosts() {
    return provider.startsWith("windows-");
  }

  @Override
  boolean tellsTrueLength() {
    return provider.startsWith("linux-");
  }

  @Override
  void needReconnects() {
    if (provider.equals("nio")) {
      Needs.noWine("takes the port away from a channel that the JDK disconnects");
    }
  }

  @Override
  void sendToGroup(String text, InetAddress group, int port) {
    try (DatagramChannel sender = DatagramChannel.open(StandardProtocolFamily.INET)) {
      sender
          .setOption(StandardSocketOptions.IP_MULTICAST_IF, loopback())
          .bind(new InetSocketAddress(LOOPBACK, 0))
          .send(ByteBuffer.wrap(text.getBytes(UTF_8)), new InetSocketAddress(group, port));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  void needGroupsOfOthersUnheard() {
    Needs.groupsOfOthersUnheard(loopback());
  }

  @Override
  void needSourcesOfGroups() {
    Needs.ipv4Sources(loopback());
  }

  @Override
  boolean hasPacketInfo() {
    return !provider.equals("nio");
  }

  @Override
  void needSources() {
    if (provider.equals("windows-iocp")) {
      Needs.noWine("takes no notice of the source that WSASendMsg is handed");
    }
  }

  @Override
  void needBroadcasts() {
    Needs.loopbackBroadcast();
    if (provider.equals("windows-iocp")) {
      Needs.noWine("does not tell which datagrams were broadcasts");
    }
  }

  /** Windows takes it from the system's settings, the JDK under Wine from IPv4 sockets alone. */
  @Override
  boolean peersSetTrafficClass(InetAddress to) {
    return !provider.startsWith("windows-") || (Needs.isWine() && to instanceof Inet4Address);
  }

  @Override
  PumpGroup newPumps() {
    return PumpGroup.create().provider(provider).notification(notification);
  }

  @Override
  Peer newPeer(InetAddress address) {
    return new LoopbackPeer(address);
  }
}
