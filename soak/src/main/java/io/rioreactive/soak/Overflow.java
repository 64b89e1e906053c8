package io.rioreactive.soak;

import java.io.IOException;

/**
 * More comes than can be taken: two peers flood, one of them a connection whose subscriber takes
 * little, until the receive buffer has overflown. What did not fit is the system's count, to the
 * datagram.
 */
final class Overflow implements Fault {

  @Override
  public String name() {
    return "overflow";
  }

  /** Wine's sockets tell nobody what they drop. */
  @Override
  public boolean isFor(String provider) {
    return !provider.startsWith("windows-");
  }

  @Override
  public String strike(Scene scene) throws IOException, InterruptedException {
    Server server = scene.server();
    try (Load flood = Load.unanswered(server.open("sink"), scene.random().nextLong())) {
      server.tell("mood PAUSES");
      scene.load().flood();
      flood.flood();
      Eventually.none(
          "the receive buffer has room", () -> drops(flood) > 0 ? null : "no drops, " + flood);
      Thread.sleep(scene.millis(50, 150));
      scene.load().run();
      flood.pause();
      server.tell("mood TAKES");
      String account = Law.of(flood, server, "sink").require();
      server.tell("close sink");
      return "its own connection: " + account;
    }
  }

  private static long drops(Load load) throws IOException {
    return UdpTable.now().drops(load.target());
  }
}
