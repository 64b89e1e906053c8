package io.rioreactive.test;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioSocketOptions;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import java.time.Duration;
import reactor.core.publisher.Flux;

/**
 * Sends payloads of the lengths that are named to a server on {@code 127.0.0.1}, unfragmented, and
 * prints the path's MTU and what became of them.
 */
final class PathMtuProgram {

  private static final Duration LONG = Duration.ofSeconds(30);

  private PathMtuProgram() {}

  public static void main(String[] args) {
    RioConnection server = RioUdpServer.create().host("127.0.0.1").bindNow();
    RioConnection client =
        RioUdpClient.create()
            .provider(args[0])
            .remoteAddress(server::localAddress)
            .datagramSize(65_507)
            .option(RioSocketOptions.IP_DONTFRAGMENT, true)
            .doOnDrop(drop -> System.out.println("dropped: " + drop))
            .connectNow();
    System.out.println("path MTU " + client.pathMtu());
    Flux<Datagram> datagrams =
        Flux.fromArray(args).skip(1).map(length -> Datagram.of(new byte[Integer.parseInt(length)]));
    client.send(datagrams).block(LONG);
    System.out.println("sent " + client.stats().sent());
    client.disposeNow();
    server.disposeNow();
  }
}
