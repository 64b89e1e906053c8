package io.rioreactive.samples;

import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.StringJoiner;
import reactor.core.publisher.Flux;

/**
 * What a running sample shows: a line when it is ready, a status line a second on a terminal, and
 * the totals when SIGINT or SIGTERM ends it, after what is under way has been drained.
 */
final class Console {

  private static final Duration DRAIN = Duration.ofSeconds(5);

  /** Says in one line what happened since the last one, a second before. */
  interface Status {
    String line(RioStats now, RioStats before);
  }

  private final RioConnection connection;
  private final Status status;
  private final boolean isTerminal =
      Optional.ofNullable(System.console()).map(java.io.Console::isTerminal).orElse(false);
  private boolean everySecond = isTerminal;
  private volatile boolean failed;

  Console(RioConnection connection, Status status) {
    this.connection = connection;
    this.status = status;
  }

  /** Prints the status into a file or pipe too. */
  Console everySecond() {
    everySecond = true;
    return this;
  }

  /** Runs until a signal ends it (then the process exits with 0), or the socket fails. */
  void serve() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::drain, "drain"));
    RioStats start = connection.stats();
    say(
        "listening on %s, %s, %d slots of %d bytes"
            .formatted(
                text(connection.localAddress()),
                connection.provider(),
                start.receiveSlots(),
                connection.datagramSize()));
    if (everySecond) {
      Flux.interval(Duration.ofSeconds(1))
          .map(tick -> connection.stats())
          .startWith(start)
          .buffer(2, 1)
          .takeUntilOther(connection.onDispose().onErrorComplete())
          .filter(pair -> pair.size() == 2)
          .subscribe(pair -> show(status.line(pair.get(1), pair.get(0))));
    }
    try {
      connection.onDispose().block();
    } catch (RuntimeException socketFailed) {
      failed = true;
      throw socketFailed;
    }
  }

  private void drain() {
    if (failed) {
      return; // the exit status says so
    }
    connection.shutdown(DRAIN).block();
    if (isTerminal) {
      System.out.println();
    }
    RioStats total = connection.stats();
    say("total: received %d, sent %d, %s".formatted(total.received(), total.sent(), losses(total)));
    System.out.flush();
    // A signal that was obeyed is no failure. Only in a sample: it skips the hooks of others.
    Runtime.getRuntime().halt(0);
  }

  /** What was lost and why, the kernel's share included. */
  static String losses(RioStats stats) {
    StringJoiner losses = new StringJoiner(", ", "lost ", "").setEmptyValue("lost 0");
    for (DropReason reason : DropReason.values()) {
      if (stats.count(reason) > 0) {
        losses.add("%s %,d".formatted(reason, stats.count(reason)));
      }
    }
    if (stats.kernelDrops().orElse(0) > 0) {
      losses.add("receive buffer full %,d".formatted(stats.kernelDrops().getAsLong()));
    }
    return losses.toString();
  }

  /** On a terminal the status overwrites itself. */
  private void show(String line) {
    if (isTerminal) {
      System.out.print("\r\033[K" + line);
      System.out.flush();
    } else {
      say(line);
    }
  }

  private static void say(String line) {
    System.out.println(line);
  }

  private static String text(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }
}
