package io.rioreactive.samples.statsd;

import io.rioreactive.DropReason;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import io.rioreactive.RioUdpServer;
import java.io.Console;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.boot.web.server.WebServerException;
import org.springframework.context.ConfigurableApplicationContext;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;
import reactor.core.publisher.Flux;

/** The program: its options, the lines it prints, and its end. */
@Command(
    name = "statsd",
    description = {
      "Collects statsd metrics over UDP: counters, gauges, timers and sets, with sample rates and"
          + " tags, any number of lines in a datagram.",
      "A page shows them live, and beside them what the program asks the kernel for and what was"
          + " lost; its slider makes the program slow."
    })
public final class Statsd implements Runnable {

  @Option(
      names = "--host",
      paramLabel = "HOST",
      description = "Local address for metrics (default: 127.0.0.1).")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "Local port for metrics, 0 picks one (default: 8125).")
  private int port = 8125;

  @Option(names = "--slots", paramLabel = "N", description = "Receive slots (default: 256).")
  private int slots = StatsdServer.WINDOW; // it never asks for more

  @Option(names = "--size", paramLabel = "BYTES", description = "Longest datagram (default: 2048).")
  private int size = 2_048;

  @Option(
      names = "--provider",
      paramLabel = "NAME",
      description =
          "windows-rio, windows-iocp, linux-mmsg, linux-uring, nio or auto (default: auto).")
  private String provider = "auto";

  @Option(
      names = "--http-host",
      paramLabel = "HOST",
      description = "Local address for the page (default: 127.0.0.1).")
  private String httpHost = "127.0.0.1";

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      description = "Local port for the page, 0 picks one (default: 8126).")
  private int httpPort = 8126;

  @Option(
      names = "--demo",
      paramLabel = "N",
      description = "Sends itself N datagrams a second of made-up metrics (default: 0).")
  private int demo;

  @Option(names = "--help", usageHelp = true, description = "Prints this.")
  @SuppressWarnings("unused") // picocli reads it
  private boolean help;

  private volatile @Nullable RioConnection load; // of --demo
  private boolean isStatusShown;
  private volatile boolean failed;

  /** Exit status: 0 ended as asked, 1 failed, 2 wrong options. */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Statsd())
        .setParameterExceptionHandler((wrong, args) -> sayWhat(wrong.getCommandLine(), wrong))
        .setExecutionExceptionHandler(Statsd::sayWhy);
  }

  @Override
  public void run() {
    RioUdpServer udp =
        RioUdpServer.create()
            .host(host)
            .port(port)
            .receiveSlots(slots)
            .datagramSize(size)
            .provider(provider);
    requireKnown(httpHost);
    requireRange("--http-port", httpPort, 0, 65_535);
    requireRange("--demo", demo, 0, 1_000_000);
    ConfigurableApplicationContext application = StatsdApplication.start(udp, httpHost, httpPort);
    RioConnection connection = application.getBean(StatsdServer.class).connection();
    Metrics metrics = application.getBean(Metrics.class);
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> drain(application, connection, metrics), "drain"));
    say(
        "listening on %s, %s, %d slots of %d bytes"
            .formatted(text(connection.localAddress()), connection.provider(), slots, size));
    say(
        "page at http://%s/"
            .formatted(
                text(
                    InetSocketAddress.createUnresolved(
                        httpHost, StatsdApplication.httpPort(application)))));
    try {
      if (demo > 0) {
        load = DemoLoad.start(connection.localAddress(), demo);
      }
      showStatus(connection);
      connection.onDispose().block();
    } catch (RuntimeException failure) {
      failed = true;
      throw failure;
    }
  }

  /** On a terminal alone: a line that overwrites itself. */
  private void showStatus(RioConnection connection) {
    if (!Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false)) {
      return;
    }
    Flux.interval(Duration.ofSeconds(1))
        .map(second -> connection.stats())
        .buffer(2, 1)
        .takeUntilOther(connection.onDispose().onErrorComplete())
        .filter(pair -> pair.size() == 2)
        .subscribe(pair -> showStatus(pair.getFirst(), pair.getLast()));
  }

  private synchronized void showStatus(RioStats before, RioStats now) {
    System.out.printf(
        "\r\033[K%,d datagrams/s, demand %s, posted %d, %s",
        now.received() - before.received(),
        now.isDemandUnbounded() ? "unbounded" : now.demand(),
        now.posted(),
        losses(now));
    System.out.flush();
    isStatusShown = true;
  }

  private synchronized void say(String line) {
    System.out.println((isStatusShown ? System.lineSeparator() : "") + line);
    isStatusShown = false;
  }

  private void drain(
      ConfigurableApplicationContext application, RioConnection connection, Metrics metrics) {
    if (failed) {
      return; // the exit status says so
    }
    RioConnection sender = load;
    if (sender != null) {
      sender.disposeNow(); // so that all it has sent is stored
    }
    application.close();
    Metrics.Look look = metrics.look(1);
    RioStats stats = connection.stats();
    say(
        "total: received %d datagrams with %d lines, %d of them refused%s; %s"
            .formatted(
                stats.received(),
                look.stored() + look.refused(),
                look.refused(),
                refusals(look),
                losses(stats)));
    // A signal that was obeyed is no failure. Only in a sample: it skips the hooks of others.
    Runtime.getRuntime().halt(0);
  }

  private static String refusals(Metrics.Look look) {
    StringJoiner refusals = new StringJoiner(", ", " (", ")").setEmptyValue("");
    look.faults()
        .forEach(
            (fault, count) -> {
              if (count > 0) {
                refusals.add("%s %,d".formatted(fault, count));
              }
            });
    return refusals.toString();
  }

  /** What was lost and why, the kernel's share included. */
  private static String losses(RioStats stats) {
    StringJoiner losses = new StringJoiner(", ", "lost ", "").setEmptyValue("lost 0");
    for (DropReason reason : DropReason.values()) {
      if (stats.count(reason) > 0) {
        losses.add("%s %,d".formatted(reason, stats.count(reason)));
      }
    }
    if (stats.kernelDrops().orElse(0) > 0) {
      losses.add("receive buffer full %,d".formatted(stats.kernelDrops().orElse(0)));
    }
    return losses.toString();
  }

  private static void requireRange(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s is %d: allowed are %d to %d".formatted(option, value, least, most));
    }
  }

  /** The address of a host, as digits. */
  private static void requireKnown(String host) {
    try {
      InetAddress _ = InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new UncheckedIOException(
          "host \"" + host + "\" cannot be resolved: check the name, or give an address", e);
    }
  }

  /** As a user would write it. */
  private static String text(InetSocketAddress address) {
    String host =
        address.isUnresolved() ? address.getHostString() : address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  /** One line about an option that is wrong, be it by its form or by its value. */
  private static int sayWhat(CommandLine command, Exception wrong) {
    command.getErr().println("statsd: " + wrong.getMessage() + "; --help lists the options");
    return ExitCode.USAGE;
  }

  /** One line instead of a stack trace for what a user can mend. */
  private static int sayWhy(Exception failure, CommandLine command, Object parsed)
      throws Exception {
    if (failure instanceof IllegalArgumentException) {
      return sayWhat(command, failure);
    }
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof PortInUseException inUse) {
        command.getErr().println("statsd: " + inUse.getMessage() + ": --http-port names another");
        return ExitCode.SOFTWARE;
      }
      if (cause instanceof WebServerException) {
        command
            .getErr()
            .println(
                "statsd: the page cannot be served ("
                    + deepest(cause).getMessage()
                    + "): --http-host and --http-port say where");
        return ExitCode.SOFTWARE;
      }
      if (cause instanceof UncheckedIOException) {
        command.getErr().println("statsd: " + cause.getMessage());
        return ExitCode.SOFTWARE;
      }
    }
    throw failure;
  }

  private static Throwable deepest(Throwable failure) {
    Throwable deepest = failure;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return deepest;
  }
}
