package io.rioreactive.samples.netty;

import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.socket.DatagramPacket;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioInbound;
import io.rioreactive.RioOutbound;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.awaitility.core.ThrowingRunnable;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.netty.Connection;
import reactor.netty.resources.LoopResources;
import reactor.netty.udp.UdpClient;
import reactor.netty.udp.UdpInbound;
import reactor.netty.udp.UdpOutbound;
import reactor.netty.udp.UdpServer;

/**
 * Servers and clients of both libraries on loopback, closed in the reverse of the order in which
 * they were opened. reactor-netty has one event loop, of the transport that it takes by itself:
 * epoll on Linux, where it may load its library (on the class path), else Java NIO. Ours share a
 * pump.
 */
final class BothLibraries implements AutoCloseable {

  /** Longer than anything takes; a test that needs all of it has failed. */
  static final Duration LONG = Duration.ofSeconds(30);

  /** How the threads of each begin, so that a test can tell whether they are gone. */
  static final String NETTY_THREADS = "netty-side";

  static final String RIO_THREADS = "rio-side";

  private final LoopResources loops = LoopResources.create(NETTY_THREADS, 1, true);
  private final PumpGroup pumps = PumpGroup.create().name(RIO_THREADS);
  private final Deque<Runnable> opened = new ArrayDeque<>();

  LoopResources loops() {
    return loops;
  }

  PumpGroup pumps() {
    return pumps;
  }

  UdpServer nettyServer() {
    return UdpServer.create().runOn(loops).host("127.0.0.1").port(0);
  }

  UdpClient nettyClient(InetSocketAddress server) {
    return UdpClient.create()
        .runOn(loops)
        .host(server.getAddress().getHostAddress())
        .port(server.getPort());
  }

  RioUdpServer rioServer() {
    return RioUdpServer.create().runOn(pumps);
  }

  RioUdpClient rioClient(InetSocketAddress server) {
    return RioUdpClient.create()
        .runOn(pumps)
        .host(server.getAddress().getHostAddress())
        .port(server.getPort());
  }

  Connection bind(UdpServer server) {
    return closedAtTheEnd(server.bindNow(LONG));
  }

  Connection connect(UdpClient client) {
    return closedAtTheEnd(client.connectNow(LONG));
  }

  Connection closedAtTheEnd(Connection connection) {
    opened.push(() -> connection.disposeNow(LONG));
    return connection;
  }

  RioConnection bind(RioUdpServer server) {
    return closedAtTheEnd(server.bindNow());
  }

  RioConnection connect(RioUdpClient client) {
    return closedAtTheEnd(client.connectNow());
  }

  RioConnection closedAtTheEnd(RioConnection connection) {
    opened.push(connection::disposeNow);
    return connection;
  }

  <T extends Disposable> T disposedAtTheEnd(T disposable) {
    opened.push(disposable::dispose);
    return disposable;
  }

  /** Where a server of reactor-netty listens, or its client is. */
  static InetSocketAddress addressOf(Connection connection) {
    return (InetSocketAddress) connection.channel().localAddress();
  }

  /** A copy: the buffer is released when the subscriber has returned. */
  static byte[] bytesOf(DatagramPacket packet) {
    return ByteBufUtil.getBytes(packet.content());
  }

  static DatagramPacket reply(DatagramPacket asked, byte[] payload) {
    return new DatagramPacket(Unpooled.wrappedBuffer(payload), asked.sender());
  }

  /** A handler for reactor-netty's server. */
  static Publisher<Void> echo(UdpInbound in, UdpOutbound out) {
    return out.sendObject(
        in.receiveObject()
            .cast(DatagramPacket.class)
            .map(asked -> new DatagramPacket(asked.content().retain(), asked.sender())));
  }

  /** A handler for ours. */
  static Publisher<Void> echo(RioInbound in, RioOutbound out) {
    return out.send(in.receive());
  }

  /** Waits until it holds. */
  static void eventually(ThrowingRunnable assertion) {
    await()
        .atMost(LONG)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(1))
        .untilAsserted(assertion);
  }

  void stopNetty() {
    loops.disposeLater(Duration.ZERO, LONG).block(LONG);
  }

  void stopRio() {
    pumps.dispose();
  }

  @Override
  public void close() {
    while (!opened.isEmpty()) {
      opened.pop().run();
    }
    stopRio();
    stopNetty();
  }
}
