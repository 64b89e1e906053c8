package io.rioreactive.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.rioreactive.benchmarks.load.CpuClock;
import io.rioreactive.benchmarks.report.Estimate;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/**
 * What the start of an application costs: the sample {@code webflux}, and the same with
 * reactor-netty's UdpServer in place of the starter. Both are executable jars, started as a user
 * does it, in turn; a round has one start of each, and the first round is not counted.
 *
 * <p>Printed, as medians over the rounds and the ratio of the two in the same round: the time from
 * the start of the process to the first datagram that comes back, the CPU that the process has used
 * until then, and its resident memory at that moment.
 *
 * <p>Arguments: the sample's jar, the other jar, rounds.
 */
public final class Start {

  private static final long LONGEST_START = 60; // seconds
  private static final long LONGEST_STOP = 30;
  private static final int PAUSE = 1; // milliseconds between two questions

  private Start() {}

  /** One start, until its first echo. */
  private record Cost(double seconds, double cpuSeconds, double mebibytes) {}

  /** Prints the table. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path starter = Path.of(args[0]);
    Path reactorNetty = Path.of(args[1]);
    int rounds = Integer.parseInt(args[2]);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(Start::endWhatRuns));
    List<Cost> ours = new ArrayList<>();
    List<Cost> theirs = new ArrayList<>();
    for (int round = 0; round <= rounds; round++) {
      boolean oursIsFirst = round % 2 == 0;
      Cost first = start(oursIsFirst ? starter : reactorNetty);
      Cost second = start(oursIsFirst ? reactorNetty : starter);
      if (round > 0) { // the first brings the jars into the page cache
        ours.add(oursIsFirst ? first : second);
        theirs.add(oursIsFirst ? second : first);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "start, %d rounds; medians, and the median ratio with its 95 %% interval (lower is"
            + " better)%n  %-24s %14s %14s   ratio%n",
        rounds,
        "",
        "starter",
        "reactor-netty");
    print("to the first echo", "s", Cost::seconds, ours, theirs);
    print("CPU until then", "s", Cost::cpuSeconds, ours, theirs);
    print("resident memory then", "MiB", Cost::mebibytes, ours, theirs);
  }

  private static void print(
      String what, String unit, ToDoubleFunction<Cost> cost, List<Cost> ours, List<Cost> theirs) {
    List<double[]> ratios = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      ratios.add(
          new double[] {cost.applyAsDouble(ours.get(i)) / cost.applyAsDouble(theirs.get(i))});
    }
    System.out.printf(
        Locale.ROOT,
        "  %-24s %10.2f %-3s %10.2f %-3s   %s%n",
        what,
        median(ours, cost),
        unit,
        median(theirs, cost),
        unit,
        Estimate.of(ratios));
  }

  private static double median(List<Cost> costs, ToDoubleFunction<Cost> cost) {
    double[] sorted = costs.stream().mapToDouble(cost).toArray();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** Starts an application and ends it again. */
  private static Cost start(Path jar) throws IOException, InterruptedException {
    Path log = jar.resolveSibling("start.log");
    try (DatagramSocket client = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
      client.setSoTimeout(PAUSE);
      InetSocketAddress server = new InetSocketAddress(client.getLocalAddress(), freePort());
      ProcessBuilder builder =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-jar",
                  jar.toString(),
                  "--server.port=0",
                  "--rio.udp.server.port=" + server.getPort())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      long began = System.nanoTime();
      Process application = builder.start();
      try {
        awaitEcho(client, server, application, log);
        return new Cost(
            (System.nanoTime() - began) / 1e9,
            new CpuClock(application.pid()).nanos() / 1e9,
            residentKibibytes(application.pid()) / 1_024.0);
      } finally {
        end(application);
      }
    }
  }

  private static int freePort() throws IOException {
    try (DatagramSocket socket = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  /** Asks again and again; what is sent before the server is bound is lost. */
  private static void awaitEcho(
      DatagramSocket client, InetSocketAddress server, Process application, Path log)
      throws IOException {
    byte[] said = "anybody there?".getBytes(US_ASCII);
    DatagramPacket question = new DatagramPacket(said, said.length, server);
    DatagramPacket answer = new DatagramPacket(new byte[said.length], said.length);
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_START);
    while (System.nanoTime() - end < 0 && application.isAlive()) {
      client.send(question);
      try {
        client.receive(answer);
        return;
      } catch (SocketTimeoutException notYet) {
        // asks again
      }
    }
    throw new IOException("the application does not answer; what it printed: " + log);
  }

  private static long residentKibibytes(long pid) throws IOException {
    return Files.readAllLines(Path.of("/proc", String.valueOf(pid), "status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow(() -> new IOException("process " + pid + " has ended"));
  }

  /** When this program is ended before it is done. */
  private static void endWhatRuns() {
    ProcessHandle.current().children().forEach(ProcessHandle::destroy);
  }

  private static void end(Process application) throws InterruptedException {
    application.destroy();
    if (!application.waitFor(LONGEST_STOP, TimeUnit.SECONDS)) {
      application.destroyForcibly().waitFor();
    }
  }
}
