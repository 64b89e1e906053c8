package io.rioreactive.test.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.rioreactive.PumpGroup;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.Peer;
import io.rioreactive.test.SentDatagram;
import io.rioreactive.test.SimulatedKernel;
import io.rioreactive.test.SimulatedSocket;
import io.rioreactive.test.ThreadedPump;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A simulated kernel whose sockets the peers reach directly, and a thread that turns its pump. */
final class SimulatedTestbed extends Testbed {

  private final SimulatedKernel kernel;
  private final boolean keepsPosts;
  private int nextPeersPort = 40_000;

  private SimulatedTestbed(SimulatedKernel kernel, boolean keepsPosts) {
    this.kernel = kernel;
    this.keepsPosts = keepsPosts;
  }

  static Testbed withdrawingPosts() {
    return new SimulatedTestbed(SimulatedKernel.withdrawingPosts(), false);
  }

  static Testbed keepingPosts() {
    return new SimulatedTestbed(SimulatedKernel.keepingPosts(), true);
  }

  @Override
  RioUdpServer server() {
    return RioUdpServer.create().host("127.0.0.1").runOn(pumps());
  }

  @Override
  RioUdpClient client() {
    return RioUdpClient.create().runOn(pumps());
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
  void sendToGroup(String text, InetAddress group, int port) {
    InetSocketAddress from = new InetSocketAddress(LOOPBACK, nextPeersPort++);
    for (SimulatedSocket socket : kernel.sockets()) {
      if (socket.localAddress().getPort() == port && !socket.isClosed()) {
        socket.deliverToGroup(group, text.getBytes(UTF_8), from);
      }
    }
  }

  @Override
  PumpGroup newPumps() {
    return ThreadedPump.over(kernel);
  }

  @Override
  Peer newPeer(InetAddress address) {
    return new SimulatedPeer(kernel, new InetSocketAddress(address, nextPeersPort++));
  }

  @Override
  public void close() {
    super.close();
    assertThat(kernel.violations()).isEmpty();
    assertThat(kernel.openSockets()).isZero();
  }

  private static final class SimulatedPeer implements Peer {

    private final SimulatedKernel kernel;
    private final InetSocketAddress address;

    /** How many of a socket's datagrams have been looked at. */
    private final Map<SimulatedSocket, Integer> seen = new HashMap<>();

    SimulatedPeer(SimulatedKernel kernel, InetSocketAddress address) {
      this.kernel = kernel;
      this.address = address;
    }

    @Override
    public InetSocketAddress address() {
      return address;
    }

    @Override
    public void send(byte[] payload, InetSocketAddress to) {
      for (SimulatedSocket socket : kernel.sockets()) {
        InetSocketAddress bound = socket.localAddress();
        boolean isMeant =
            bound.getAddress().isAnyLocalAddress()
                ? bound.getPort() == to.getPort()
                : bound.equals(to);
        if (isMeant && !socket.isClosed()) {
          assertThat(socket.deliver(payload, address)).as("room for a datagram").isTrue();
        }
      }
    }

    @Override
    public byte[] receive() {
      return await()
          .atMost(LONG)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .until(this::next, Optional::isPresent)
          .orElseThrow()
          .bytes();
    }

    private Optional<SentDatagram> next() {
      for (SimulatedSocket socket : kernel.sockets()) {
        List<SentDatagram> sent = socket.sent();
        for (int i = seen.getOrDefault(socket, 0); i < sent.size(); i++) {
          seen.put(socket, i + 1);
          if (sent.get(i).target().equals(address)) {
            return Optional.of(sent.get(i));
          }
        }
      }
      return Optional.empty();
    }

    @Override
    public void close() {}
  }
}
