package io.rioreactive.samples;

import io.rioreactive.DatagramView;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Counts what comes, decoded in the slot: no datagram is copied. */
@Command(name = "count", description = "Counts what comes: a line a second, and the total.")
final class Count implements Runnable {

  @Mixin private BindOptions options = new BindOptions();

  @Override
  public void run() {
    RioConnection connection = options.server().bindNow();
    connection
        .receive(DatagramView::length)
        .subscribe(length -> {}, failure -> {}); // serve() throws it
    new Console(connection, Count::status).everySecond().serve();
  }

  private static String status(RioStats now, RioStats before) {
    return "%,d/s, %,d datagrams, %,d bytes, %s"
        .formatted(
            now.delivered() - before.delivered(),
            now.delivered(),
            now.bytesReceived(),
            Console.losses(now));
  }
}
