package io.rioreactive.samples;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Loads an echo server; {@link LoadRun} does it, this is its options and what it prints. */
@Command(
    name = "load",
    description = {
      "Loads an echo server and says what came back, and how fast.",
      "Closed loop: each reply lets the next datagram go, and latency is service time. Open loop,"
          + " by --rate: datagrams leave by the clock, and latency counts from when each was to be"
          + " sent, so a pause of the server, or of the load itself, counts for all that it"
          + " delayed."
    })
final class Load implements Runnable {

  @Option(
      names = "--to",
      required = true,
      paramLabel = "HOST:PORT",
      converter = PeerAddress.class,
      description = "The echo server.")
  private InetSocketAddress to;

  @Option(
      names = "--window",
      paramLabel = "N",
      description = "Closed loop: datagrams under way, over all sockets (default: 256).")
  private @Nullable Integer window;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Open loop: datagrams a second, over all sockets.")
  private @Nullable Integer rate;

  @Option(names = "--sockets", paramLabel = "N", description = "Sockets (default: 4).")
  private int sockets = 4;

  @Option(
      names = "--size",
      paramLabel = "BYTES",
      description = "Length of a datagram, 24 to 65507 (default: 64).")
  private int size = 64;

  @Option(
      names = "--duration",
      paramLabel = "TIME",
      converter = Period.class,
      description = "How long to send: 500ms, 5s, 2m, 1h (default: 5s).")
  private Duration duration = Duration.ofSeconds(5);

  @Mixin private CommonOptions common = new CommonOptions();

  @Spec private CommandSpec spec;

  private final CountDownLatch reported = new CountDownLatch(1);

  @SuppressWarnings("NullAway.Init") // picocli sets the fields
  Load() {}

  @Override
  public void run() {
    LoadSettings settings = settings();
    StatusLine line = new StatusLine(spec.commandLine().getOut());
    try (LoadRun load = new LoadRun(settings)) {
      line.say(what(settings, load));
      Thread hook = new Thread(() -> stop(load), "stop");
      Runtime.getRuntime().addShutdownHook(hook);
      try {
        load.send(status -> showOnTerminal(line, status));
        say(settings, load, line);
      } finally {
        reported.countDown();
        removeHook(hook);
      }
      load.throwIfFailed();
      if (load.totals().echoed() == 0) {
        String why = nothingCameBack(load);
        throw new UncheckedIOException(why, new IOException(why));
      }
    }
  }

  private LoadSettings settings() {
    if (window != null && rate != null) {
      throw new IllegalArgumentException(
          "--window is for a closed loop and --rate for an open one: give one of them");
    }
    if (rate != null && rate < 1) {
      throw new IllegalArgumentException("--rate is " + rate + ": allowed are 1 to 100000000");
    }
    return new LoadSettings(
        to,
        common.provider(),
        sockets,
        window == null ? Math.max(256, sockets) : window,
        rate == null ? 0 : rate,
        size,
        duration);
  }

  private static String what(LoadSettings settings, LoadRun load) {
    return "%d sockets to %s, %s, %d bytes, %s"
        .formatted(
            settings.sockets(),
            PeerAddress.text(settings.to()),
            load.provider(),
            settings.size(),
            settings.isClosedLoop()
                ? "closed loop: %,d under way, so latency is service time"
                    .formatted(settings.window())
                : "open loop: %,d/s, latency from when each was to be sent"
                    .formatted(settings.rate()));
  }

  private static void showOnTerminal(StatusLine line, String status) {
    if (line.isTerminal()) {
      line.show(status);
    }
  }

  private static void say(LoadSettings settings, LoadRun load, StatusLine line) {
    LoadTotals totals = load.totals();
    line.say("echoed %,.0f/s, %s".formatted(totals.echoed() / load.seconds(), totals));
    if (load.notSent() > 0) {
      line.say(
          "not sent %,d: the sender fell behind its rate, and latency knows nothing of these"
              .formatted(load.notSent()));
    }
    line.say("sockets: " + load.troubles());
    Histogram latency = load.latency();
    if (latency.getTotalCount() > 0) {
      line.say(
          "%s p50 %s, p99 %s, p99.9 %s, max %s"
              .formatted(
                  settings.isClosedLoop() ? "service time" : "latency from intended send",
                  time(latency.getValueAtPercentile(50)),
                  time(latency.getValueAtPercentile(99)),
                  time(latency.getValueAtPercentile(99.9)),
                  time(latency.getMaxValue())));
    }
  }

  private static String time(long nanos) {
    return nanos < 10_000_000 ? "%,d µs".formatted(nanos / 1_000) : nanos / 1_000_000 + " ms";
  }

  private String nothingCameBack(LoadRun load) {
    return "nothing came back from "
        + PeerAddress.text(to)
        + (load.unreachable() > 0 ? ", which the network says is unreachable" : "")
        + ": start an echo server there, samples/run echo --port "
        + to.getPort();
  }

  /** Ctrl-C: the load ends early, and says what it has. */
  private void stop(LoadRun load) {
    load.stop();
    try {
      if (reported.await(10, TimeUnit.SECONDS)) {
        Runtime.getRuntime().halt(0); // as obeyed signals end in the other samples
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException isRunning) {
      // then it ends the process
    }
  }
}
