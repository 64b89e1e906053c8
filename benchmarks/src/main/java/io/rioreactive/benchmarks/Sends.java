package io.rioreactive.benchmarks;

import io.rioreactive.Datagram;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * CPU a datagram sent to one peer, by the CPU clock of the threads that send. All contenders take
 * their turn in each round, and each is compared with C's UDP_SEGMENT of the same round; the
 * printed ratio is the median (higher is better, 1 is as good as C).
 *
 * <p>What is sent waits in the peer's buffer, which holds all of a round and is emptied after it:
 * that none is missing is checked.
 *
 * <p>Arguments: path of the compiled {@code sends.c}, payload bytes, rounds.
 */
public final class Sends {

  private static final int BUFFER = 4 << 20; // the kernel doubles it for its own overhead
  private static final int OVERHEAD = 1_100; // what a datagram costs it besides: less than this

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private Sends() {}

  /** Sends so many datagrams; answers nanoseconds of CPU. */
  private interface Contender {
    long send(int count) throws Exception;
  }

  private record Named(String name, Contender contender) {}

  /** Prints the table. */
  public static void main(String[] args) throws Exception {
    int size = Integer.parseInt(args[1]);
    int rounds = Integer.parseInt(args[2]);
    int datagrams = 2 * BUFFER / (2 * size + OVERHEAD);
    try (DatagramChannel sink = DatagramChannel.open()) {
      sink.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER)
          .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
          .configureBlocking(false);
      InetSocketAddress to = (InetSocketAddress) sink.getLocalAddress();
      byte[] payload = new byte[size];
      List<Named> contenders =
          List.of(
              new Named("C UDP_SEGMENT", ceiling(args[0], to, size, "segment")),
              new Named("C UDP_SEGMENT again", ceiling(args[0], to, size, "segment")),
              new Named("C sendmmsg", ceiling(args[0], to, size, "plain")),
              new Named("encoder", encoder(to, payload, true)),
              new Named("encoder, no segmentation", encoder(to, payload, false)),
              new Named("value", value(to, payload)));
      double[][] nanos = new double[contenders.size()][rounds];
      for (int round = -rounds / 2; round < rounds; round++) { // the first third warms up
        for (int c = 0; c < contenders.size(); c++) {
          double perDatagram = contenders.get(c).contender().send(datagrams) / (double) datagrams;
          empty(sink, datagrams, contenders.get(c).name());
          if (round >= 0) {
            nanos[c][round] = perDatagram;
          }
        }
      }
      print(contenders, nanos, size, rounds, datagrams);
    }
    System.exit(0); // with the C programs and the pumps
  }

  private static void empty(DatagramChannel sink, int expected, String sender) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 16);
    int count = 0;
    while (sink.receive(buffer.clear()) != null) {
      count++;
    }
    if (count != expected) {
      throw new IllegalStateException(sender + ": " + count + " of " + expected + " came");
    }
  }

  private static void print(
      List<Named> contenders, double[][] nanos, int size, int rounds, int datagrams) {
    System.out.printf(
        Locale.ROOT,
        "sends, %d B, %d rounds of %d datagrams; ns of CPU a datagram (median), ratio to C (median"
            + " of the rounds, higher is better)%n",
        size,
        rounds,
        datagrams);
    for (int c = 0; c < contenders.size(); c++) {
      double[] ratios = new double[rounds];
      for (int round = 0; round < rounds; round++) {
        ratios[round] = nanos[0][round] / nanos[c][round];
      }
      System.out.printf(
          Locale.ROOT,
          "  %-28s %6.0f ns  %5.2f%n",
          contenders.get(c).name(),
          median(nanos[c]),
          median(ratios));
    }
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static Contender encoder(InetSocketAddress to, byte[] payload, boolean segmentation) {
    return library(
        segmentation,
        (connection, count) ->
            connection.send(
                Flux.range(0, count), (number, writer) -> writer.remoteAddress(to).put(payload)));
  }

  private static Contender value(InetSocketAddress to, byte[] payload) {
    return library(
        true,
        (connection, count) ->
            connection.send(Flux.range(0, count).map(i -> Datagram.to(to, payload))));
  }

  private interface Send {
    Mono<Void> of(RioConnection connection, int count);
  }

  private static Contender library(boolean segmentation, Send send) {
    List<Thread> pump = new ArrayList<>();
    RioConnection connection =
        RioUdpServer.create()
            .segmentation(segmentation)
            .option(StandardSocketOptions.SO_SNDBUF, BUFFER)
            .runOn(PumpGroup.create())
            .doOnBound(it -> pump.add(Thread.currentThread()))
            .bindNow();
    return count -> {
      // Both: the publisher begins on this thread, and goes on where it is asked for more.
      long start = cpuNanos(pump.getFirst()) + cpuNanos(Thread.currentThread());
      send.of(connection, count).block();
      return cpuNanos(pump.getFirst()) + cpuNanos(Thread.currentThread()) - start;
    };
  }

  private static long cpuNanos(Thread thread) {
    return THREADS.getThreadCpuTime(thread.threadId());
  }

  /** The C program, asked over its standard input. */
  private static Contender ceiling(String program, InetSocketAddress to, int size, String mode)
      throws IOException {
    String[] command = {program, String.valueOf(to.getPort()), String.valueOf(size), mode};
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader answers = process.inputReader(StandardCharsets.US_ASCII);
    return count -> {
      process.getOutputStream().write((count + "\n").getBytes(StandardCharsets.US_ASCII));
      process.getOutputStream().flush();
      String line = answers.readLine();
      if (line == null) {
        throw new IllegalStateException(mode + ": the C program has ended");
      }
      return Long.parseLong(line);
    };
  }
}
