package io.rioreactive.samples;

import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The whole of an echo server: each datagram goes back to where it came from. */
@Command(name = "echo", description = "Sends each datagram back to its sender.")
final class Echo implements Runnable {

  @Mixin private BindOptions options = new BindOptions();

  @Option(
      names = "--pumps",
      paramLabel = "N",
      description = "Sockets on the port, each with a thread (default: 1).")
  private int pumps = 1;

  @Override
  public void run() {
    RioConnection connection =
        options
            .server()
            .refuseOwnPort(true) // or two of them could be made to talk to each other for ever
            .pumps(pumps)
            .handle((in, out) -> out.send(in.receive()))
            .bindNow();
    new Console(connection, Echo::status).serve();
  }

  /** Rates since the last line, then what the kernel has been asked for, then losses. */
  private static String status(RioStats now, RioStats before) {
    return "in %,d/s, out %,d/s, demand %s, posted %d, %s"
        .formatted(
            now.received() - before.received(),
            now.sent() - before.sent(),
            now.isDemandUnbounded() ? "unbounded" : now.demand(),
            now.posted(),
            Console.losses(now));
  }
}
