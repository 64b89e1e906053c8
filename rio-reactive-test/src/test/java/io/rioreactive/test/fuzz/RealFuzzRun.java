package io.rioreactive.test.fuzz;

import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.LoopbackPeer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import reactor.core.publisher.Flux;

/**
 * Some connections on one pump of a provider, a peer, and calls on them in an order that a seed
 * gives. At the end each has lost nothing; see {@link RealSocket}.
 */
final class RealFuzzRun implements AutoCloseable {

  private static final int STEPS = 150;
  private static final int MOST_SOCKETS = 4;
  private static final int DATAGRAM_SIZE = 64;

  private final Random random;
  private final PumpGroup pumps;
  private final LoopbackPeer peer = new LoopbackPeer();
  private final List<RealSocket> sockets = new ArrayList<>();
  private final List<String> done = new ArrayList<>();

  RealFuzzRun(String provider, long seed) {
    random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
    pumps = PumpGroup.create().provider(provider);
  }

  /** All steps, and what must be true after them. */
  void go() {
    for (int i = 0; i < STEPS; i++) {
      step();
    }
    done.add("the end");
    for (RealSocket socket : sockets) {
      socket.drain();
      socket.end();
    }
  }

  private void step() {
    RealSocket socket = sockets.isEmpty() ? bind() : sockets.get(random.nextInt(sockets.size()));
    int kind = random.nextInt(20);
    done.add(sockets.indexOf(socket) + ":" + kind);
    switch (kind) {
      case 0 -> {
        if (sockets.size() < MOST_SOCKETS) {
          bind();
        }
      }
      case 1, 2 -> socket.subscribe(random.nextBoolean());
      case 3, 4, 5, 6 -> socket.request(1 + random.nextInt(6));
      case 7 -> socket.request(Long.MAX_VALUE);
      case 8, 9 -> socket.cancel();
      case 10, 11, 12, 13 -> socket.arrive(1 + random.nextInt(30), 0);
      case 14 -> socket.arrive(1, DATAGRAM_SIZE + random.nextInt(100));
      case 15, 16 -> socket.send(1 + random.nextInt(40));
      case 17 -> socket.cancelSends();
      case 18 -> pause();
      default -> {
        if (random.nextInt(4) == 0) {
          end(socket);
        }
      }
    }
    socket.check();
  }

  private void end(RealSocket socket) {
    if (random.nextBoolean()) {
      socket.drain();
    }
    socket.end();
    sockets.remove(socket);
  }

  /** So that what was called comes before what is called next, which it otherwise may not. */
  private void pause() {
    Flux.just(0).delayElements(Duration.ofMillis(1 + random.nextInt(3))).blockLast();
  }

  private RealSocket bind() {
    int receiveSlots = 1 + random.nextInt(random.nextBoolean() ? 8 : 600);
    int sendSlots = 1 + random.nextInt(8);
    RioConnection connection =
        random.nextInt(3) == 0
            ? RioUdpClient.create()
                .remoteAddress(peer::address)
                .receiveSlots(receiveSlots)
                .sendSlots(sendSlots)
                .datagramSize(DATAGRAM_SIZE)
                .runOn(pumps)
                .connectNow()
            : RioUdpServer.create()
                .receiveSlots(receiveSlots)
                .sendSlots(sendSlots)
                .datagramSize(DATAGRAM_SIZE)
                .packetInfo(random.nextBoolean())
                .runOn(pumps)
                .bindNow();
    RealSocket socket = new RealSocket(connection, peer, DATAGRAM_SIZE);
    sockets.add(socket);
    return socket;
  }

  @Override
  public void close() {
    pumps.dispose();
    peer.close();
  }

  @Override
  public String toString() {
    return "socket and step %s; %s".formatted(done, sockets);
  }
}
