package io.rioreactive.test;

import io.rioreactive.Datagram;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** Asks for metrics where there is no Micrometer, and then does without. */
final class NoMicrometerProgram {

  private NoMicrometerProgram() {}

  /** No arguments. */
  public static void main(String[] args) {
    try {
      RioUdpServer.create().metrics(true);
    } catch (IllegalStateException refused) {
      System.out.println(refused.getClass().getSimpleName());
      if (refused.getMessage().contains("io.micrometer:micrometer-core")) {
        System.out.println("names the dependency");
      }
    }
    // As Spring does it: each type of a signature is loaded.
    int methods =
        RioUdpServer.class.getMethods().length
            + RioConnection.class.getMethods().length
            + RioUdpServer.class.getDeclaredMethods().length;
    System.out.println(methods > 0 ? "public methods are there" : "none");
    RioConnection server =
        RioUdpServer.create().metrics(false).handle((in, out) -> out.send(in.receive())).bindNow();
    RioConnection client = RioUdpClient.create().port(server.localAddress().getPort()).connectNow();
    Datagram answer =
        client
            .send(Mono.just(Datagram.of("hello")))
            .then(client.next())
            .block(Duration.ofSeconds(10));
    System.out.println("answered " + answer.asString());
    client.disposeNow();
    server.disposeNow();
  }
}
