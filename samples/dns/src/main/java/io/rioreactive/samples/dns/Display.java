package io.rioreactive.samples.dns;

import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.StringJoiner;
import reactor.core.publisher.Flux;

/**
 * What the running sample shows: two lines when it is ready, on a terminal a status that overwrites
 * itself each second, and the totals when SIGINT or SIGTERM ends it, after what is under way has
 * been drained.
 */
final class Display {

  private static final Duration DRAIN = Duration.ofSeconds(5);

  private final boolean isTerminal =
      Optional.ofNullable(System.console()).map(java.io.Console::isTerminal).orElse(false);

  private final RioConnection connection;
  private final Responder responder;
  private long answeredBefore;
  private boolean isShown;
  private volatile boolean failed;

  Display(RioConnection connection, Responder responder) {
    this.connection = connection;
    this.responder = responder;
  }

  /** Runs until a signal ends it (then the process exits with 0), or the socket fails. */
  void serve() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::drain, "drain"));
    say(
        "listening on %s, %s, %d slots of %d bytes"
            .formatted(
                text(connection.localAddress()),
                connection.provider(),
                connection.stats().receiveSlots(),
                connection.datagramSize()));
    say("zone %s, %d names".formatted(responder.zone().origin(), responder.zone().size()));
    if (isTerminal) {
      Flux.interval(Duration.ofSeconds(1))
          .takeUntilOther(connection.onDispose().onErrorComplete())
          .subscribe(second -> show(status()));
    }
    try {
      connection.onDispose().block();
    } catch (RuntimeException socketFailed) {
      failed = true;
      throw socketFailed;
    }
  }

  private static String text(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  private String status() {
    RioStats now = connection.stats();
    long answered = responder.counts().answered();
    long inThisSecond = answered - answeredBefore;
    answeredBefore = answered;
    return "%,d answers/s, demand %d, posted %d, %s"
        .formatted(inThisSecond, now.demand(), now.posted(), losses(now));
  }

  private void drain() {
    if (failed) {
      return; // the exit status says so
    }
    connection.shutdown(DRAIN).block();
    RioStats total = connection.stats();
    say(
        "total: received %d, %s, sent %d, %s"
            .formatted(total.received(), responder.counts(), total.sent(), losses(total)));
    // A signal that was obeyed is no failure. Only in a sample: it skips the hooks of others.
    Runtime.getRuntime().halt(0);
  }

  /** What was lost and why, the kernel's share included. */
  private static String losses(RioStats stats) {
    StringJoiner losses = new StringJoiner(", ", "lost ", "").setEmptyValue("lost 0");
    for (DropReason reason : DropReason.values()) {
      if (stats.count(reason) > 0) {
        losses.add("%s %,d".formatted(reason, stats.count(reason)));
      }
    }
    long kernelDrops = stats.kernelDrops().orElse(0);
    if (kernelDrops > 0) {
      losses.add("receive buffer full %,d".formatted(kernelDrops));
    }
    return losses.toString();
  }

  /** In place of the last status. */
  private synchronized void show(String status) {
    System.out.print("\r\033[K" + status);
    System.out.flush();
    isShown = true;
  }

  /** A line that stays, below the status. */
  private synchronized void say(String line) {
    if (isShown) {
      System.out.println();
      isShown = false;
    }
    System.out.println(line);
    System.out.flush();
  }
}
