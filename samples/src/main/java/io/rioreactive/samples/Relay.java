package io.rioreactive.samples;

import io.rioreactive.RioStats;
import java.net.InetSocketAddress;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Relays many clients to one server; {@link UdpRelay} does it, this is its options. */
@Command(
    name = "relay",
    description = {
      "Relays clients to a server and back, and loses some on request.",
      "Each client has a socket of its own toward the server, closed when it is idle. Nothing is"
          + " queued without bound: what finds no place is dropped and counted."
    })
final class Relay implements Runnable {

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Local address (default: 127.0.0.1).")
  private String host = "127.0.0.1";

  @Option(names = "--listen", required = true, paramLabel = "PORT", description = "Local port.")
  private int port;

  @Option(
      names = "--to",
      required = true,
      paramLabel = "HOST:PORT",
      converter = PeerAddress.class,
      description = "The server.")
  private InetSocketAddress to;

  @Option(
      names = "--loss",
      paramLabel = "SHARE",
      description = "Share of the datagrams to drop, each way: 0.01 is 1 %% (default: 0).")
  private double loss;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Which ones: the same of each client for the same seed (default: 1).")
  private long seed = 1;

  @Option(
      names = "--idle",
      paramLabel = "TIME",
      converter = Period.class,
      description = "A client's socket is closed after so long without a datagram (default: 60s).")
  private Duration idle = Duration.ofSeconds(60);

  @Option(
      names = "--clients",
      paramLabel = "N",
      description =
          "The most clients at a time (default: 1000). What the next one sends is dropped and"
              + " counted until one of them has been idle.")
  private int clients = 1_000;

  @Option(
      names = "--size",
      paramLabel = "BYTES",
      description = "Longest datagram (default: 65507).")
  private int size = 65_507;

  @Mixin private CommonOptions common = new CommonOptions();

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  Relay() {}

  @Override
  public void run() {
    UdpRelay relay =
        new UdpRelay(
            new RelaySettings(host, port, to, common.provider(), loss, seed, idle, clients, size));
    new Console(relay.listener(), (now, before) -> status(relay, now, before))
        .endingWith(relay::shutdown, relay::totals)
        .serve();
  }

  private static String status(UdpRelay relay, RioStats now, RioStats before) {
    return "%,d clients, in %,d/s, out %,d/s; %s"
        .formatted(
            relay.clientCount(),
            now.received() - before.received(),
            now.sent() - before.sent(),
            relay.totals());
  }
}
