package io.rioreactive.spring.boot;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.rioreactive.RioConnection;
import io.rioreactive.spring.RioUdpConnections;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import org.springframework.beans.factory.BeanFactory;

/** A socket of the JDK's on the loopback address, as the other end. */
final class Peer implements AutoCloseable {

  private static final int LONGEST_WAIT_MILLIS = 20_000;

  private final DatagramSocket socket;

  Peer() throws SocketException {
    this(0);
  }

  Peer(int port) throws SocketException {
    socket = new DatagramSocket(port, InetAddress.getLoopbackAddress());
    socket.setSoTimeout(LONGEST_WAIT_MILLIS);
  }

  /** One that nobody had a moment ago. */
  static int freePort() throws SocketException {
    try (Peer peer = new Peer()) {
      return peer.port();
    }
  }

  /** Where a server of an application is bound. */
  static InetSocketAddress addressOf(BeanFactory application, String server) {
    return bound(application, server).localAddress();
  }

  static RioConnection bound(BeanFactory application, String server) {
    return application.getBean(RioUdpConnections.class).bound().get(server);
  }

  int port() {
    return socket.getLocalPort();
  }

  void send(InetSocketAddress server, byte[] bytes) throws IOException {
    socket.send(new DatagramPacket(bytes, bytes.length, server));
  }

  void send(InetSocketAddress server, String text) throws IOException {
    send(server, text.getBytes(UTF_8));
  }

  /** Fails if none comes. */
  String receive() throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[65_507], 65_507);
    socket.receive(packet);
    return new String(packet.getData(), 0, packet.getLength(), UTF_8);
  }

  String ask(InetSocketAddress server, String text) throws IOException {
    send(server, text);
    return receive();
  }

  @Override
  public void close() {
    socket.close();
  }
}
