package io.rioreactive.samples;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;

/** A server of the JDK's own: calls a function for each datagram, on a thread of its own. */
final class TestServer implements AutoCloseable {

  /** Answers the replies to a datagram. */
  interface Answer {
    List<byte[]> to(byte[] datagram, InetSocketAddress peer);
  }

  private final DatagramSocket socket;
  private final Thread thread;

  TestServer(Answer answer) throws IOException {
    socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    socket.setReceiveBufferSize(1 << 22);
    thread = Thread.ofPlatform().daemon().name("test-server").start(() -> serve(answer));
  }

  static TestServer echo() throws IOException {
    return new TestServer((datagram, peer) -> List.of(datagram));
  }

  private void serve(Answer answer) {
    DatagramPacket packet = new DatagramPacket(new byte[65_535], 65_535);
    try {
      while (true) {
        packet.setLength(65_535);
        socket.receive(packet);
        byte[] datagram = Arrays.copyOf(packet.getData(), packet.getLength());
        InetSocketAddress peer = (InetSocketAddress) packet.getSocketAddress();
        for (byte[] reply : answer.to(datagram, peer)) {
          socket.send(new DatagramPacket(reply, reply.length, peer));
        }
      }
    } catch (IOException closed) {
      // the end
    }
  }

  InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  /** Sends something that nobody asked for. */
  void send(byte[] datagram, InetSocketAddress peer) throws IOException {
    socket.send(new DatagramPacket(datagram, datagram.length, peer));
  }

  @Override
  public void close() throws InterruptedException {
    socket.close();
    thread.join();
  }
}
