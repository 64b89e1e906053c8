package io.rioreactive.soak;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;

/**
 * The peer of a connected client goes away, so that the network answers what is sent to it with
 * ECONNREFUSED, and comes back. What is sent while it is there is answered to the last one.
 */
final class DeadPeer implements Fault {

  private static final int COUNT = 100;

  @Override
  public String name() {
    return "dead-peer";
  }

  /** Wine hears nothing more on a socket that has been told so. */
  @Override
  public boolean isFor(String provider) {
    return !provider.startsWith("windows-");
  }

  @Override
  public String strike(Scene scene) throws IOException, InterruptedException {
    Server server = scene.server();
    Echo first = new Echo(new InetSocketAddress(scene.options().host(), 0));
    InetSocketAddress address = first.address();
    String send = "send client " + COUNT + " " + text(address);
    server.tell("open client " + text(address));
    server.tell(send);
    requireAnswers(server, COUNT);
    first.close();

    server.tell(send);
    if (scene.provider().startsWith("linux-")) {
      Eventually.none(
          "nothing is unreachable",
          () -> server.counts("client").unreachable() > 0 ? null : "told of nothing");
    }
    requireConserved(server);

    Echo second = new Echo(address);
    server.tell(send);
    requireAnswers(server, 2 * COUNT);
    requireConserved(server);
    Counts end = server.counts("client");
    second.close();
    server.tell("close client");
    return "%,d sent, %,d told as unreachable, %,d answered"
        .formatted(end.sent(), end.unreachable(), end.received());
  }

  private static String text(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + " " + address.getPort();
  }

  /** All that the peer has answered has come: as much as was sent while it was there. */
  private static void requireAnswers(Server server, long count) throws InterruptedException {
    Eventually.none(
        count + " answers to the client",
        () -> {
          Counts counts = server.counts("client");
          return counts.received() == count && counts.delivered() == count
              ? null
              : counts.toString();
        });
  }

  /** The counters are published when a turn ends. */
  private static void requireConserved(Server server) throws InterruptedException {
    Eventually.none(
        "the client does not conserve",
        () -> server.counts("client").conserve() ? null : server.counts("client").toString());
  }

  /** Sends back what comes, on a thread of its own. */
  private static final class Echo {

    private final DatagramSocket socket;
    private final Thread thread;

    Echo(InetSocketAddress address) throws SocketException {
      socket = new DatagramSocket(address);
      thread = Thread.ofPlatform().daemon().name("peer").start(this::run);
    }

    InetSocketAddress address() {
      return (InetSocketAddress) socket.getLocalSocketAddress();
    }

    private void run() {
      DatagramPacket packet = new DatagramPacket(new byte[Numbers.LARGEST], Numbers.LARGEST);
      while (!socket.isClosed()) {
        try {
          packet.setLength(Numbers.LARGEST);
          socket.receive(packet);
          socket.send(packet);
        } catch (IOException closed) {
          // or refused; the loop looks
        }
      }
    }

    void close() throws InterruptedException {
      socket.close();
      thread.join();
    }
  }
}
