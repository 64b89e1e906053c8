package io.rioreactive.test;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;

/** A peer on the loopback network, over the JDK's own socket. */
public final class LoopbackPeer implements Peer {

  private static final int LARGEST = 1 << 16;
  private static final int MOST_MILLIS = 10_000;

  private final DatagramSocket socket;

  /** On 127.0.0.1. */
  public LoopbackPeer() {
    this(InetAddress.ofLiteral("127.0.0.1"));
  }

  /** On this address. */
  public LoopbackPeer(InetAddress address) {
    try {
      socket = new DatagramSocket(new InetSocketAddress(address, 0));
      socket.setSoTimeout(MOST_MILLIS);
      socket.setReceiveBufferSize(1 << 20);
      socket.setSendBufferSize(1 << 17);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public InetSocketAddress address() {
    return (InetSocketAddress) socket.getLocalSocketAddress();
  }

  @Override
  public void send(byte[] payload, InetSocketAddress to) {
    try {
      socket.send(new DatagramPacket(payload, payload.length, to));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public byte[] receive() {
    try {
      DatagramPacket packet = new DatagramPacket(new byte[LARGEST], LARGEST);
      socket.receive(packet);
      return Arrays.copyOf(packet.getData(), packet.getLength());
    } catch (IOException e) {
      throw new UncheckedIOException("nothing came for " + address(), e);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
