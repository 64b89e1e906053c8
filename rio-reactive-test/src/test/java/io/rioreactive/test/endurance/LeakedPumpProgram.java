package io.rioreactive.test.endurance;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import io.rioreactive.test.LoopbackPeer;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import reactor.core.publisher.Flux;

/**
 * Binds servers of the providers that are its arguments and forgets them: nothing is disposed of,
 * and nobody keeps a reference. They answer after a collection as before. Then the program ends in
 * the middle of their work.
 */
public final class LeakedPumpProgram {

  private static final int SERVERS = 10;

  private LeakedPumpProgram() {}

  public static void main(String[] providers) {
    for (String provider : providers) {
      List<InetSocketAddress> forgotten = bindAndForget(provider);
      int answers = 0;
      for (InetSocketAddress server : forgotten) {
        System.gc();
        try (LoopbackPeer peer = new LoopbackPeer()) {
          answers += peer.ask("hello", server).equals("hello") ? 1 : 0;
        }
      }
      System.out.println(provider + " answers: " + answers + " of " + SERVERS);
      keepBusy(provider, forgotten.getFirst());
    }
    System.out.println("main ends");
  }

  private static List<InetSocketAddress> bindAndForget(String provider) {
    List<InetSocketAddress> addresses = new ArrayList<>();
    for (int i = 0; i < SERVERS; i++) {
      addresses.add(
          RioUdpServer.create()
              .provider(provider)
              .handle((in, out) -> out.send(in.receive()))
              .bindNow()
              .localAddress());
    }
    return addresses;
  }

  /** From here on there are datagrams under way in both directions, for ever. */
  private static void keepBusy(String provider, InetSocketAddress server) {
    RioConnection client =
        RioUdpClient.create()
            .provider(provider)
            .receiveSlots(64)
            .remoteAddress(() -> server)
            .connectNow();
    client.send(client.receive().map(answer -> Datagram.of(answer.asByteArray()))).subscribe();
    client.send(Flux.range(0, 32).map(i -> Datagram.of("datagram " + i))).block();
    while (client.stats().received() < 1_000) { // bounded by whoever waits for this program
      Thread.onSpinWait();
    }
  }
}
