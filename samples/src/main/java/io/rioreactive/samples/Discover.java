package io.rioreactive.samples;

import io.rioreactive.Membership;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import io.rioreactive.RioUdpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import reactor.core.publisher.Mono;

/** Programs that find each other by multicast; {@link Neighbours} does it, this is its options. */
@Command(
    name = "discover",
    description = {
      "Finds others like itself by multicast.",
      "Start it twice: each announces itself to a group, and says whom it hears. By default it"
          + " stays on this machine; --interface eth0 looks around the network."
    })
final class Discover implements Runnable {

  @Option(
      names = "--group",
      paramLabel = "ADDRESS",
      description = "Multicast group (default: 239.255.77.77).")
  private String group = "239.255.77.77";

  @Option(names = "--port", paramLabel = "PORT", description = "Port (default: 5354).")
  private int port = 5_354;

  @Option(
      names = "--interface",
      paramLabel = "NAME",
      description = "Network interface, by its name or one of its addresses (default: 127.0.0.1).")
  private String networkInterface = "127.0.0.1";

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What to be called (default: the process id).")
  private String name = "process-" + ProcessHandle.current().pid();

  @Option(
      names = "--every",
      paramLabel = "TIME",
      converter = Period.class,
      description = "How often to announce; three times that without a word is gone (default: 1s).")
  private Duration every = Duration.ofSeconds(1);

  @Mixin private CommonOptions common = new CommonOptions();

  @Override
  public void run() {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("--port is " + port + ": allowed are 1 to 65535");
    }
    Membership membership = membership().on(networkInterface);
    InetSocketAddress target = new InetSocketAddress(membership.group(), port);
    Neighbours neighbours = new Neighbours(name, target, every, System.out::println);
    RioConnection connection =
        RioUdpServer.create()
            .provider(common.provider())
            .host(target.getAddress().getAddress().length == 4 ? "0.0.0.0" : "::")
            .port(port)
            .option(StandardSocketOptions.SO_REUSEADDR, true) // the others have the port too
            .option(StandardSocketOptions.IP_MULTICAST_IF, find(networkInterface))
            .option(StandardSocketOptions.IP_MULTICAST_LOOP, true)
            .join(membership)
            .handle(neighbours::meet)
            .bindNow();
    new Console(connection, (now, before) -> status(neighbours, now))
        .endingWith(
            () ->
                connection
                    .send(Mono.just(neighbours.farewell()))
                    .then(connection.shutdown(Console.DRAIN)),
            () -> status(neighbours, connection.stats()))
        .serve();
  }

  private Membership membership() {
    try {
      return Membership.of(group);
    } catch (IllegalArgumentException wrong) {
      throw new IllegalArgumentException("--group: " + wrong.getMessage(), wrong);
    }
  }

  private static String status(Neighbours neighbours, RioStats now) {
    return "%d others, heard %,d, said %,d, %s"
        .formatted(neighbours.count(), now.delivered(), now.sent(), Console.losses(now));
  }

  private static NetworkInterface find(String wanted) {
    try {
      NetworkInterface found = NetworkInterface.getByName(wanted);
      if (found == null && !wanted.isBlank() && Character.digit(wanted.charAt(0), 16) >= 0) {
        found = NetworkInterface.getByInetAddress(InetAddress.ofLiteral(wanted));
      }
      if (found == null) {
        throw new IllegalArgumentException(
            "--interface is "
                + wanted
                + ": there are "
                + NetworkInterface.networkInterfaces()
                    .map(NetworkInterface::getName)
                    .collect(Collectors.joining(", ")));
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
