package io.rioreactive.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.rioreactive.RioConnection;
import io.rioreactive.RioStats;
import io.rioreactive.RioUdpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * What {@code pumps(2)} brings, and costs, over one pump: servers that a sender floods in turn, by
 * {@code UDP_SEGMENT} and from 16 ports. The servers share this process, of which the one that is
 * flooded is alone at work; the sender is a process of its own, and takes a core.
 *
 * <p>Printed, as medians over the rounds: datagrams taken from the socket in a second, the share of
 * what was sent that the kernel dropped, and nanoseconds of CPU of the process for each datagram
 * taken; and of each the ratio to one pump in the same round. One pump stands there twice: what
 * differs between the two is noise.
 *
 * <p>Arguments: path of the compiled {@code segments.c}, payload bytes, rounds.
 */
public final class Pumps {

  private static final int MILLIS = 500;
  private static final int WARM_UP = 3;

  private Pumps() {}

  private record Server(String name, RioConnection connection) {

    static Server bind(String name, int pumps) {
      RioConnection bound =
          RioUdpServer.create()
              .pumps(pumps)
              .handle((in, out) -> in.receive(view -> view.getLong(0) == -1 ? "" : "it").then())
              .bindNow();
      return new Server(name, bound);
    }
  }

  /** What one flood came to. */
  private record Flood(double perSecond, double droppedShare, double nanos) {}

  /** Prints the table. */
  public static void main(String[] args) throws IOException {
    int size = Integer.parseInt(args[1]);
    int rounds = Integer.parseInt(args[2]);
    List<Server> servers =
        List.of(
            Server.bind("1 pump", 1), Server.bind("1 pump again", 1), Server.bind("2 pumps", 2));
    Flood[][] floods = new Flood[servers.size()][rounds];
    Process sender =
        new ProcessBuilder(args[0]).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader answers = sender.inputReader(StandardCharsets.US_ASCII);
        Writer orders = sender.outputWriter(StandardCharsets.US_ASCII)) {
      for (int round = -WARM_UP; round < rounds; round++) {
        for (int s = 0; s < servers.size(); s++) {
          Flood flood = flood(servers.get(s).connection(), size, orders, answers);
          if (round >= 0) {
            floods[s][round] = flood;
          }
        }
      }
    } finally {
      sender.destroy();
    }
    System.out.printf(
        Locale.ROOT,
        "pumps, %d B by UDP_SEGMENT from 16 ports, %d rounds of %d ms; medians, in brackets the"
            + " ratio to 1 pump%n",
        size,
        rounds,
        MILLIS);
    for (int s = 0; s < servers.size(); s++) {
      print(servers.get(s), floods[s], floods[0]);
    }
    servers.forEach(server -> server.connection().disposeNow());
  }

  private static Flood flood(RioConnection server, int size, Writer orders, BufferedReader answers)
      throws IOException {
    RioStats before = server.stats();
    long cpu = cpuNanos();
    orders.write(server.localAddress().getPort() + " " + size + " " + MILLIS + "\n");
    orders.flush();
    String answer = answers.readLine();
    if (answer == null) {
      throw new IOException("the sender has ended");
    }
    long sent = Long.parseLong(answer);
    RioStats after = awaitAll(server, before, sent);
    long received = after.received() - before.received();
    long dropped = drops(after) - drops(before);
    return new Flood(
        received * 1_000.0 / MILLIS,
        (double) dropped / sent,
        (double) (cpuNanos() - cpu) / received);
  }

  /** What was sent has been received or dropped by the kernel. */
  private static RioStats awaitAll(RioConnection server, RioStats before, long sent) {
    long end = System.nanoTime() + 10_000_000_000L;
    RioStats now = server.stats();
    while (now.received() - before.received() + drops(now) - drops(before) < sent) {
      if (System.nanoTime() - end > 0) {
        throw new IllegalStateException("of " + sent + " sent some are missing: " + now);
      }
      LockSupport.parkNanos(1_000_000); // a spinning thread would be measured too
      now = server.stats();
    }
    return now;
  }

  private static long drops(RioStats stats) {
    return stats.kernelDrops().orElseThrow();
  }

  private static long cpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  private static void print(Server server, Flood[] floods, Flood[] ofOne) {
    System.out.printf(
        Locale.ROOT,
        "  %-14s %9.0f/s (%.2f)  %4.1f %% dropped  %5.0f ns of CPU a datagram (%.2f)%n",
        server.name(),
        median(floods, ofOne, (flood, one) -> flood.perSecond()),
        median(floods, ofOne, (flood, one) -> flood.perSecond() / one.perSecond()),
        median(floods, ofOne, (flood, one) -> 100 * flood.droppedShare()),
        median(floods, ofOne, (flood, one) -> flood.nanos()),
        median(floods, ofOne, (flood, one) -> flood.nanos() / one.nanos()));
  }

  private interface Figure {
    double of(Flood flood, Flood ofOne);
  }

  private static double median(Flood[] floods, Flood[] ofOne, Figure figure) {
    double[] values = new double[floods.length];
    for (int round = 0; round < floods.length; round++) {
      values[round] = figure.of(floods[round], ofOne[round]);
    }
    Arrays.sort(values);
    return values[values.length / 2];
  }
}
