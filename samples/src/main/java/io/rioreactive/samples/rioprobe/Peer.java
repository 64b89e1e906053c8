package io.rioreactive.samples.rioprobe;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;

/** An ordinary socket on the loopback address: the other end of every experiment. */
final class Peer implements AutoCloseable {

  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private final DatagramSocket socket;

  Peer() throws IOException {
    socket = new DatagramSocket(new InetSocketAddress(LOOPBACK, 0));
  }

  int port() {
    return socket.getLocalPort();
  }

  /** Sends {@code length} bytes; the first of them tells datagrams apart. */
  void send(int toPort, int length, int firstByte) throws IOException {
    byte[] payload = new byte[length];
    if (length > 0) {
      payload[0] = (byte) firstByte;
    }
    socket.send(new DatagramPacket(payload, length, LOOPBACK, toPort));
  }

  /** The length of the next datagram; -1 if none comes within 2 s. */
  int receive() throws IOException {
    socket.setSoTimeout(2_000);
    DatagramPacket datagram =
        new DatagramPacket(new byte[Cells.LONGEST_PAYLOAD], Cells.LONGEST_PAYLOAD);
    try {
      socket.receive(datagram);
      return datagram.getLength();
    } catch (SocketTimeoutException none) {
      return -1;
    }
  }

  @Override
  public void close() {
    socket.close();
  }

  /** A port of the loopback address where nobody listens. */
  static int closedPort() throws IOException {
    try (Peer nobody = new Peer()) {
      return nobody.port();
    }
  }
}
