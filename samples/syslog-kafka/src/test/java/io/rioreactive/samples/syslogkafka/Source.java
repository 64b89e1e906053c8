package io.rioreactive.samples.syslogkafka;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Somebody who sends numbered messages from an address. */
final class Source implements AutoCloseable {

  private final DatagramSocket socket;
  private final InetSocketAddress collector;
  private int sent;

  Source(String address, int port) throws IOException {
    socket = new DatagramSocket(0, InetAddress.ofLiteral(address));
    collector = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
  }

  /** Sends so many, numbered on from the last. */
  void send(int count) throws IOException {
    for (int i = 0; i < count; i++) {
      byte[] message = ("<13>message " + sent).getBytes(US_ASCII);
      socket.send(new DatagramPacket(message, message.length, collector));
      sent++;
    }
  }

  /** How many have been sent. */
  int sent() {
    return sent;
  }

  @Override
  public void close() {
    socket.close();
  }
}
