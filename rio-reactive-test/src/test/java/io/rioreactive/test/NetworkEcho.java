package io.rioreactive.test;

import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;

/** An echo server at 10.0.0.1:53 of a network, and its clients. */
final class NetworkEcho {

  private static final String HOST = "10.0.0.1";
  private static final int PORT = 53;

  private NetworkEcho() {}

  static RioConnection echo(SimulatedNetwork network) {
    return RioUdpServer.create()
        .host(HOST)
        .port(PORT)
        .runOn(network.pumps())
        .handle((in, out) -> out.send(in.receive()))
        .bindNow();
  }

  static RioConnection client(SimulatedNetwork network) {
    return RioUdpClient.create().host(HOST).port(PORT).runOn(network.pumps()).connectNow();
  }
}
