package io.rioreactive.soak;

import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Random;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;

/**
 * Servers that come and go while others serve: each with datagrams on their way to it when it
 * closes. Half of them have a pump of their own, half share one. Of each the laws must hold, and
 * nothing may be left with the kernel.
 */
final class Visitors implements AutoCloseable {

  private static final Duration LONG = Duration.ofSeconds(20);
  private static final int MOST_SLOTS = 600;
  private static final int MOST_DATAGRAMS = 100;

  private final String provider;
  private final Random random;
  private final DatagramSocket peer;
  private final PumpGroup shared;

  Visitors(String provider, long seed) throws IOException {
    this.provider = provider;
    random = new Random(seed);
    peer = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    shared = PumpGroup.create().provider(provider);
  }

  /** How many there were. */
  int comeAndGo(Duration time) throws IOException {
    long began = System.nanoTime();
    int visits = 0;
    while (System.nanoTime() - began < time.toNanos()) {
      visit();
      visits++;
    }
    return visits;
  }

  private void visit() throws IOException {
    if (random.nextInt(8) == 0) {
      bindAndThinkBetter();
      return;
    }
    RioConnection visitor = bind();
    send(visitor, random.nextInt(MOST_DATAGRAMS));
    end(visitor);
    send(visitor, random.nextInt(MOST_DATAGRAMS));
    visitor.onDispose().block(LONG);
    Counts counts = Counts.of(visitor.stats());
    if (!counts.conserve() || counts.posted() != 0) {
      throw new SoakFailure("a server that has closed does not conserve: " + counts);
    }
  }

  private RioUdpServer server() {
    RioUdpServer server =
        RioUdpServer.create()
            .receiveSlots(1 + random.nextInt(MOST_SLOTS))
            .sendSlots(1 + random.nextInt(MOST_SLOTS));
    return random.nextBoolean() ? server.runOn(shared) : server.provider(provider);
  }

  private RioConnection bind() {
    RioUdpServer server = server();
    return switch (random.nextInt(3)) {
      case 0 -> server.handle((in, out) -> out.send(in.receive())).bindNow(LONG);
      case 1 -> server.respond(query -> Mono.just(query.reply("yes")), 4).bindNow(LONG);
      default -> server.bindNow(LONG);
    };
  }

  /**
   * Cancels the bind at whatever point it has reached. A connection that is emitted at that very
   * moment belongs to the subscriber; this one sees it even then.
   */
  private void bindAndThinkBetter() {
    BaseSubscriber<RioConnection> bind =
        server()
            .bind()
            .subscribeWith(
                new BaseSubscriber<RioConnection>() {
                  @Override
                  protected void hookOnNext(RioConnection connection) {
                    connection.dispose();
                  }
                });
    for (int spins = random.nextInt(10_000); spins > 0; spins--) {
      Thread.onSpinWait();
    }
    bind.dispose();
  }

  private void end(RioConnection visitor) {
    if (random.nextBoolean()) {
      visitor.dispose();
    } else {
      visitor.shutdown(LONG).subscribe();
    }
  }

  private void send(RioConnection to, int count) throws IOException {
    byte[] payload = new byte[random.nextInt(Numbers.LARGEST)];
    for (int i = 0; i < count; i++) {
      peer.send(new DatagramPacket(payload, payload.length, to.localAddress()));
    }
  }

  @Override
  public void close() {
    shared.dispose();
    peer.close();
  }
}
