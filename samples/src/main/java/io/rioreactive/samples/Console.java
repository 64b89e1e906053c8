package io.rioreactive.samples;

import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What a running sample shows: a line when it is ready, a status line a second on a terminal, and
 * the totals when SIGINT or SIGTERM ends it, after what is under way has been drained.
 */
final class Console {

  static final Duration DRAIN = Duration.ofSeconds(5);

  /** Says in one line what happened since the last one, a second before. */
  interface Status {
    String line(RioStats now, RioStats before);
  }

  private final RioConnection connection;
  private final Status status;
  private final StatusLine line =
      new StatusLine(new PrintWriter(System.out, true, System.out.charset()));
  private boolean everySecond = line.isTerminal();
  private Supplier<Mono<Void>> end;
  private Supplier<String> totals;
  private volatile boolean failed;

  Console(RioConnection connection, Status status) {
    this.connection = connection;
    this.status = status;
    this.end = () -> connection.shutdown(DRAIN);
    this.totals = () -> totals(connection.stats());
  }

  /** For a sample that is more than its connection: how to drain it, and what it says then. */
  Console endingWith(Supplier<Mono<Void>> drain, Supplier<String> says) {
    end = drain;
    totals = says;
    return this;
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
    line.say(
        "listening on %s, %s, %d slots of %d bytes"
            .formatted(
                PeerAddress.text(connection.localAddress()),
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
          .subscribe(pair -> line.show(status.line(pair.get(1), pair.get(0))));
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
    end.get().block();
    line.say("total: " + totals.get());
    // A signal that was obeyed is no failure. Only in a sample: it skips the hooks of others.
    Runtime.getRuntime().halt(0);
  }

  private static String totals(RioStats total) {
    return "received %d, sent %d, %s".formatted(total.received(), total.sent(), losses(total));
  }

  /** What was lost and why, the kernel's share included. */
  static String losses(RioStats stats) {
    return losses(List.of(stats));
  }

  /** What several sockets lost. */
  static String losses(Collection<RioStats> all) {
    StringJoiner losses = new StringJoiner(", ", "lost ", "").setEmptyValue("lost 0");
    for (DropReason reason : DropReason.values()) {
      long count = all.stream().mapToLong(stats -> stats.count(reason)).sum();
      if (count > 0) {
        losses.add("%s %,d".formatted(reason, count));
      }
    }
    long kernelDrops = all.stream().mapToLong(stats -> stats.kernelDrops().orElse(0)).sum();
    if (kernelDrops > 0) {
      losses.add("receive buffer full %,d".formatted(kernelDrops));
    }
    return losses.toString();
  }
}
