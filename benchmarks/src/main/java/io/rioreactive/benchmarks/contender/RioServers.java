package io.rioreactive.benchmarks.contender;

import io.rioreactive.Notification;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioInbound;
import io.rioreactive.RioOutbound;
import io.rioreactive.RioUdpServer;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** This library's servers with its defaults: the sockets of a task, all on one pump. */
record RioServers(List<RioConnection> connections, Path path) implements Contender.Service {

  /** One of the ways in which datagrams reach and leave the user's code. */
  interface Path {

    /** What is done with those that come. */
    Publisher<Void> handle(RioInbound in, RioOutbound out);

    /** Sends one for each turn. */
    Mono<Void> send(RioOutbound out, Turns turns);
  }

  /**
   * Arguments: provider, receive slots (0 for the default), how to wait ({@code sleep}, {@code
   * polled}, or a duration to poll for before it sleeps), how to receive ({@code single}, or {@code
   * coalesced}), then the task. With the system property {@code benchmarks.metrics} the connections
   * have meters, and somebody looks at them.
   */
  static void run(String[] args, BiFunction<Task, Tally, Path> path) throws IOException {
    int slots = Integer.parseInt(args[1]);
    ContenderProcess.run(
        (task, tally) -> {
          Path handler = path.apply(task, tally);
          RioUdpServer server =
              RioUdpServer.create().runOn(pumps(args[0], args[2])).handle(handler::handle);
          if (slots > 0) {
            server = server.receiveSlots(slots);
          }
          return bind(server.coalescing(args[3].equals("coalesced")), task, handler);
        },
        Arrays.copyOfRange(args, 4, args.length));
  }

  private static PumpGroup pumps(String provider, String wait) {
    PumpGroup pumps = PumpGroup.create().provider(provider);
    return switch (wait) {
      case "sleep" -> pumps;
      case "polled" -> pumps.notification(Notification.POLLED);
      default -> pumps.busyPoll(Duration.parse(wait));
    };
  }

  private static RioServers bind(RioUdpServer unbound, Task task, Path path) {
    RioUdpServer server =
        task.receiveBuffer() > 0
            ? unbound.option(StandardSocketOptions.SO_RCVBUF, task.receiveBuffer())
            : unbound;
    List<RioConnection> connections = new ArrayList<>();
    for (int i = 0; i < task.sockets(); i++) {
      connections.add(server.bindNow());
    }
    if (Boolean.getBoolean("benchmarks.metrics")) {
      Scraped.eachSecond(connections);
    }
    return new RioServers(connections, path);
  }

  @Override
  public List<Integer> ports() {
    return connections.stream().map(connection -> connection.localAddress().getPort()).toList();
  }

  @Override
  public String transport() {
    return connections.getFirst().provider();
  }

  @Override
  public void send(Turns turns) {
    path.send(connections.getFirst().outbound(), turns).block();
  }

  @Override
  public long toldDrops() {
    long sum = 0;
    for (RioConnection connection : connections) {
      OptionalLong drops = connection.stats().kernelDrops();
      if (drops.isEmpty()) {
        return -1;
      }
      sum += drops.getAsLong();
    }
    return sum;
  }
}
