package io.rioreactive.test.windows;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;

/** Somebody on 127.0.0.1 who exchanges datagrams with a server, over the JDK's own socket. */
final class LoopbackPeer implements AutoCloseable {

  private static final int LARGEST = 1 << 16;

  private final DatagramSocket socket;

  LoopbackPeer() {
    try {
      socket = new DatagramSocket(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
      socket.setSoTimeout((int) RioRig.LONG.toMillis());
      socket.setReceiveBufferSize(1 << 20);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  void send(byte[] payload, InetSocketAddress to) {
    try {
      socket.send(new DatagramPacket(payload, payload.length, to));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void send(String text, InetSocketAddress to) {
    send(text.getBytes(UTF_8), to);
  }

  /** The next datagram; fails if none comes in ten seconds. */
  byte[] receive() {
    try {
      DatagramPacket packet = new DatagramPacket(new byte[LARGEST], LARGEST);
      socket.receive(packet);
      return Arrays.copyOf(packet.getData(), packet.getLength());
    } catch (IOException e) {
      throw new UncheckedIOException("nothing came for " + address(), e);
    }
  }

  String receiveText() {
    return new String(receive(), UTF_8);
  }

  /** Sends a text and answers what comes back. */
  String ask(String text, InetSocketAddress to) {
    send(text, to);
    return receiveText();
  }

  @Override
  public void close() {
    socket.close();
  }
}
