package io.rioreactive.samples.netty;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Neither of the two: a socket of the JDK's own, which asks and waits for the answer. */
final class TestPeer implements AutoCloseable {

  private final DatagramSocket socket;

  TestPeer() throws IOException {
    socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    socket.setSoTimeout((int) BothLibraries.LONG.toMillis());
  }

  InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  void send(InetSocketAddress to, byte[] payload) throws IOException {
    socket.send(new DatagramPacket(payload, payload.length, to));
  }

  void send(InetSocketAddress to, String text) throws IOException {
    send(to, text.getBytes(UTF_8));
  }

  /** The next datagram from anybody. */
  String receive() throws IOException {
    DatagramPacket answer = new DatagramPacket(new byte[65_507], 65_507);
    socket.receive(answer);
    return new String(answer.getData(), 0, answer.getLength(), UTF_8);
  }

  String ask(InetSocketAddress server, String question) throws IOException {
    send(server, question);
    return receive();
  }

  @Override
  public void close() {
    socket.close();
  }
}
