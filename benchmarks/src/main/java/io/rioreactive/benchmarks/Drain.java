package io.rioreactive.benchmarks;

import io.rioreactive.Datagram;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;

/**
 * CPU a received datagram: the socket is filled first, and only what takes the datagrams out is
 * timed, by the CPU clock of the thread that does it. All contenders take their turn in each round,
 * and each is compared with C's recvmmsg of the same round; the printed ratio is the median (higher
 * is better, 1 is as good as C).
 *
 * <p>As many datagrams are waiting in each round as the buffer holds for certain, so that waking up
 * counts for little.
 *
 * <p>Arguments: path of the compiled {@code drain.c}, payload bytes, rounds; {@code gro} to fill it
 * with what a segmenting sender sends, and to receive several datagrams at once.
 */
public final class Drain {

  /** The receive buffer that is asked for; the kernel doubles it for its own overhead. */
  private static final int BUFFER = 4 << 20;

  /** What a datagram costs that buffer besides its payload: less than this. */
  private static final int OVERHEAD = 1_100;

  private Drain() {}

  /** Something that can be filled and then drained; answers nanoseconds of CPU. */
  private interface Contender extends AutoCloseable {
    String name();

    InetSocketAddress address();

    long drain(int count) throws Exception;

    @Override
    void close();
  }

  /** Prints the table. */
  public static void main(String[] args) throws Exception {
    String ceiling = args[0];
    int size = Integer.parseInt(args[1]);
    int rounds = Integer.parseInt(args[2]);
    int datagrams = 2 * BUFFER / (size + OVERHEAD);
    List<Contender> contenders = args.length > 3 ? coalescing(ceiling) : oneByOne(ceiling);
    try (Filler sender = args.length > 3 ? segments(size) : datagrams(size)) {
      double[][] nanos = new double[contenders.size()][rounds];
      for (int round = -rounds / 2; round < rounds; round++) { // the first third warms up
        for (int c = 0; c < contenders.size(); c++) {
          sender.fill(contenders.get(c).address(), datagrams);
          double perDatagram = contenders.get(c).drain(datagrams) / (double) datagrams;
          if (round >= 0) {
            nanos[c][round] = perDatagram;
          }
        }
      }
      print(contenders, nanos, size, rounds, datagrams);
    }
    for (Contender contender : contenders) {
      contender.close();
    }
  }

  private static List<Contender> oneByOne(String ceiling) throws IOException {
    return List.of(
        new Ceiling("C recvmmsg", ceiling),
        new Ceiling("C recvmmsg again", ceiling),
        decoder(64),
        decoder(1_024),
        decoder(100_000),
        decoderWithPacketInfo(1_024),
        values(64),
        values(1_024));
  }

  private static List<Contender> coalescing(String ceiling) throws IOException {
    UnaryOperator<RioUdpServer> on = server -> server.coalescing(true);
    return List.of(
        new Ceiling("C UDP_GRO", ceiling, "gro"),
        new Ceiling("C UDP_GRO again", ceiling, "gro"),
        new Library("decoder, coalescing", 1_024, on, Drain::decode),
        new Library("value, coalescing", 1_024, on, RioConnection::receive),
        new Library("decoder", 1_024, server -> server, Drain::decode));
  }

  /** Sends so many datagrams to somebody. */
  private interface Filler extends AutoCloseable {
    void fill(InetSocketAddress target, int datagrams) throws IOException;

    @Override
    void close() throws IOException;
  }

  private static Filler datagrams(int size) throws IOException {
    DatagramChannel sender = DatagramChannel.open();
    sender.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    ByteBuffer payload = ByteBuffer.allocateDirect(size);
    return new Filler() {
      @Override
      public void fill(InetSocketAddress target, int datagrams) throws IOException {
        for (int i = 0; i < datagrams; i++) {
          sender.send(payload.clear(), target);
        }
      }

      @Override
      public void close() throws IOException {
        sender.close();
      }
    };
  }

  private static Filler segments(int size) {
    RioConnection sender = RioUdpServer.create().bindNow();
    byte[] payload = new byte[size];
    return new Filler() {
      @Override
      public void fill(InetSocketAddress target, int datagrams) {
        sender
            .send(
                Flux.range(0, datagrams), (i, writer) -> writer.remoteAddress(target).put(payload))
            .block();
      }

      @Override
      public void close() {
        sender.disposeNow();
      }
    };
  }

  private static void print(
      List<Contender> contenders, double[][] nanos, int size, int rounds, int datagrams) {
    System.out.printf(
        Locale.ROOT,
        "drain, %d B, %d rounds of %d datagrams; ns of CPU a datagram (median), ratio to C (median"
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
          "  %-36s %6.0f ns  %5.2f%n",
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

  private static Contender decoder(int slots) {
    return new Library("decoder, " + slots + " slots", slots, server -> server, Drain::decode);
  }

  private static Contender decoderWithPacketInfo(int slots) {
    return new Library(
        "decoder, " + slots + " slots, packet info", slots, s -> s.packetInfo(true), Drain::decode);
  }

  private static Flux<?> decode(RioConnection connection) {
    return connection.receive(view -> view.getLong(0) == -1 ? "" : "datagram");
  }

  private static Contender values(int slots) {
    return new Library(
        "value, " + slots + " slots", slots, server -> server, RioConnection::receive);
  }

  /** A connection whose subscriber asks for nothing until it is told to drain. */
  private static final class Library implements Contender {

    private final String name;
    private final PumpGroup pumps;
    private final RioConnection connection;
    private final Thread pump;
    private final Sink sink = new Sink();

    Library(
        String name,
        int slots,
        UnaryOperator<RioUdpServer> options,
        Function<RioConnection, Flux<?>> receive) {
      this.name = name;
      String threads = name.replaceAll("\\W", "");
      pumps = PumpGroup.create().name(threads);
      long start = System.nanoTime();
      connection =
          options
              .apply(RioUdpServer.create().receiveSlots(slots))
              .option(StandardSocketOptions.SO_RCVBUF, BUFFER)
              .runOn(pumps)
              .bindNow();
      System.out.printf(
          Locale.ROOT,
          "bound %s (%s) in %d ms%n",
          name,
          connection.provider(),
          TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start));
      pump =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().startsWith(threads + "-"))
              .findFirst()
              .orElseThrow();
      receive.apply(connection).subscribe(sink);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public InetSocketAddress address() {
      return connection.localAddress();
    }

    @Override
    public long drain(int count) throws InterruptedException {
      CountDownLatch done = sink.expect(count);
      long start = cpuNanos();
      sink.request(count);
      if (!done.await(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException(name + ": datagrams are missing: " + connection.stats());
      }
      return cpuNanos() - start;
    }

    private long cpuNanos() {
      return ManagementFactory.getThreadMXBean().getThreadCpuTime(pump.threadId());
    }

    @Override
    public void close() {
      pumps.dispose();
    }
  }

  /** Takes what it is given and says when it was enough. */
  private static final class Sink extends BaseSubscriber<Object> {

    private int left;
    private CountDownLatch done = new CountDownLatch(0);

    CountDownLatch expect(int count) {
      left = count;
      done = new CountDownLatch(1);
      return done;
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      // demand comes with each drain
    }

    @Override
    protected void hookOnNext(Object value) {
      if (value instanceof Datagram datagram && datagram.length() == 0) {
        throw new IllegalStateException("empty");
      }
      if (--left == 0) {
        done.countDown();
      }
    }
  }

  /** The C program, asked over its standard input. */
  private static final class Ceiling implements Contender {

    private final String name;
    private final Process process;
    private final BufferedReader answers;
    private final InetSocketAddress address;

    Ceiling(String name, String... program) throws IOException {
      this.name = name;
      process = new ProcessBuilder(program).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      answers = process.inputReader(StandardCharsets.US_ASCII);
      address = new InetSocketAddress(InetAddress.getLoopbackAddress(), (int) answer());
    }

    private long answer() {
      try {
        String line = answers.readLine();
        if (line == null) {
          throw new IllegalStateException(name + " has ended");
        }
        return Long.parseLong(line);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public InetSocketAddress address() {
      return address;
    }

    @Override
    public long drain(int count) throws IOException {
      process.getOutputStream().write((count + "\n").getBytes(StandardCharsets.US_ASCII));
      process.getOutputStream().flush();
      return answer();
    }

    @Override
    public void close() {
      process.destroy();
    }
  }
}
