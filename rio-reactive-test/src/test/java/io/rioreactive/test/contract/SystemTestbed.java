package io.rioreactive.test.contract;

import io.rioreactive.Notification;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.Needs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;

/** The machine's own sockets, on loopback. */
class SystemTestbed extends Testbed {

  private final String provider;
  private final Notification notification;

  SystemTestbed(String provider) {
    this(provider, Notification.COMPLETION_PORT);
  }

  SystemTestbed(String provider, Notification notification) {
    Needs.provider(provider);
    this.provider = provider;
    this.notification = notification;
  }

  @Override
  RioUdpServer server() {
    return RioUdpServer.create().host("127.0.0.1").provider(provider).notification(notification);
  }

  /** Windows owns what is posted until it completes; elsewhere a post is only a number. */
  @Override
  boolean keepsPosts() {
    return provider.startsWith("windows-");
  }

  @Override
  PumpGroup newPumps() {
    return PumpGroup.create().provider(provider).notification(notification);
  }

  @Override
  Peer newPeer(InetAddress address) {
    try {
      DatagramSocket socket = new DatagramSocket(new InetSocketAddress(address, 0));
      socket.setSoTimeout((int) LONG.toMillis());
      socket.setSendBufferSize(1 << 17);
      return new SocketPeer(socket);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record SocketPeer(DatagramSocket socket) implements Peer {

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
        DatagramPacket packet = new DatagramPacket(new byte[1 << 16], 1 << 16);
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
}
