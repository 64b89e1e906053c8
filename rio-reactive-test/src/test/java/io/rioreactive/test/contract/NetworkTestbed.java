package io.rioreactive.test.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.Datagram;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.LossCause;
import io.rioreactive.test.NetworkLaw;
import io.rioreactive.test.Peer;
import io.rioreactive.test.SimulatedNetwork;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;

/** A simulated network on the wall's time, with peers that are sockets of it as well. */
final class NetworkTestbed extends Testbed {

  private final SimulatedNetwork network;
  private final boolean keepsPosts;

  private NetworkTestbed(SimulatedNetwork network, boolean keepsPosts) {
    this.network = network;
    this.keepsPosts = keepsPosts;
  }

  static Testbed withdrawingPosts() {
    return new NetworkTestbed(SimulatedNetwork.create(), false);
  }

  static Testbed keepingPosts() {
    return new NetworkTestbed(SimulatedNetwork.create().keepingPosts(), true);
  }

  @Override
  RioUdpServer server() {
    return RioUdpServer.create().host("127.0.0.1").runOn(network.pumps());
  }

  @Override
  RioUdpClient client() {
    return RioUdpClient.create().runOn(network.pumps());
  }

  @Override
  boolean keepsPosts() {
    return keepsPosts;
  }

  @Override
  boolean tellsTrueLength() {
    return !keepsPosts;
  }

  @Override
  boolean hasPacketInfo() {
    return true;
  }

  @Override
  void sendToGroup(String text, InetAddress group, int port) {
    peer().send(text.getBytes(UTF_8), new InetSocketAddress(group, port));
  }

  @Override
  PumpGroup newPumps() {
    return network.pumps();
  }

  @Override
  Peer newPeer(InetAddress address) {
    return new NetworkPeer(
        RioUdpServer.create()
            .host(address.getHostAddress())
            .datagramSize(65_507)
            .receiveSlots(16)
            .sendSlots(4)
            .runOn(network.pumps())
            .bindNow());
  }

  @Override
  public void close() {
    super.close();
    network.close();
    NetworkLaw.assertThatItHolds(network);
    assertThat(network.stats().lost(LossCause.LOSS)).isZero();
  }

  private static final class NetworkPeer implements Peer {

    private final RioConnection connection;
    private final BlockingQueue<byte[]> received = new LinkedBlockingQueue<>();

    NetworkPeer(RioConnection connection) {
      this.connection = connection;
      connection.receive().map(Datagram::asByteArray).subscribe(received::add);
    }

    @Override
    public InetSocketAddress address() {
      return connection.localAddress();
    }

    @Override
    public void send(byte[] payload, InetSocketAddress to) {
      connection.send(Mono.just(Datagram.to(to, payload))).block(LONG);
    }

    @Override
    public byte[] receive() {
      try {
        byte[] next = received.poll(LONG.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(next).as("a datagram at " + connection).isNotNull();
        return next;
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      connection.dispose();
    }
  }
}
