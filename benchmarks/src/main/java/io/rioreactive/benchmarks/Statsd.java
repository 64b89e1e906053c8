package io.rioreactive.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.rioreactive.benchmarks.load.Cores;
import io.rioreactive.benchmarks.load.CpuClock;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the sample {@code statsd} takes on one core: the program as a user starts it, all of its
 * threads on that core, under lines that come by the clock from another core; 25 of them in a
 * datagram, of a thousand metrics of all kinds.
 *
 * <p>Printed: lines and datagrams sent, stored, refused and lost, by whom; what of them nobody
 * accounts for; and the CPU that the program has used while it was measured, which is after a
 * warm-up at the same rate. The counts are of the whole run.
 *
 * <p>Arguments: the sample's jar, lines a second, seconds to measure.
 */
public final class Statsd {

  private static final int LINES = 25; // in a datagram
  private static final int DATAGRAMS = 200; // different ones
  private static final int NAMES = 1_000;
  private static final int WARM_UP = 20; // seconds
  private static final long LONGEST_STOP = 30; // seconds

  private static final Pattern READY = Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+), .*");
  private static final Pattern TOTAL =
      Pattern.compile(
          "total: received (\\d+) datagrams with (\\d+) lines, (\\d+) of them refused.*");
  private static final Pattern KERNEL = Pattern.compile("receive buffer full (\\S+)");

  private Statsd() {}

  /** Prints what came of it. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path jar = Path.of(args[0]);
    int linesPerSecond = Integer.parseInt(args[1]);
    int seconds = Integer.parseInt(args[2]);
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(Statsd::endWhatRuns));
    Cores cores = Cores.choose();
    cores.pinDriver();
    Process program = cores.onServerCore(() -> start(jar));
    try (BufferedReader out = program.inputReader();
        DatagramChannel channel = DatagramChannel.open()) {
      int port = Integer.parseInt(match(READY, out.readLine()).group(1));
      channel.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
      List<ByteBuffer> datagrams = datagrams();
      double interval = 1e9 * LINES / linesPerSecond;
      CpuClock clock = new CpuClock(program.pid());

      long sent = send(channel, datagrams, interval, WARM_UP);
      long cpuBefore = clock.nanos();
      long measured = send(channel, datagrams, interval, seconds);
      long cpu = clock.nanos() - cpuBefore;
      sent += measured;

      LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1)); // what waits in the socket is taken
      program.toHandle().destroy(); // SIGTERM, and its output stays open
      String totals = totals(out);
      print(cores, linesPerSecond, seconds, datagrams.getFirst().limit());
      print(sent, totals, measured, cpu, seconds);
      System.out.println("  it says      " + totals);
    } finally {
      end(program);
    }
  }

  private static Process start(Path jar) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xms256m",
            "-Xmx256m",
            "-jar",
            jar.toString(),
            "--port=0",
            "--http-port=0")
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /** Counters, timers, gauges and sets, with tags and sample rates here and there. */
  private static List<ByteBuffer> datagrams() {
    Random random = new Random(1);
    List<ByteBuffer> datagrams = new ArrayList<>();
    for (int i = 0; i < DATAGRAMS; i++) {
      StringBuilder lines = new StringBuilder();
      for (int line = 0; line < LINES; line++) {
        lines.append("service.name").append(random.nextInt(NAMES)).append(':');
        lines.append(
            switch (random.nextInt(10)) {
              case 0, 1, 2, 3 -> "1|c";
              case 4 -> "3|c|@0.1";
              case 5 -> "1|c|#zone:a";
              case 6, 7 -> random.nextInt(5_000) / 10.0 + "|ms";
              case 8 -> random.nextInt(1_000) + "|g";
              default -> "user" + random.nextInt(1_000) + "|s";
            });
        lines.append('\n');
      }
      byte[] bytes = lines.toString().getBytes(US_ASCII);
      datagrams.add(ByteBuffer.allocateDirect(bytes.length).put(bytes).flip());
    }
    return datagrams;
  }

  /** Each when it is due, those that are late at once; answers how many there were. */
  private static long send(
      DatagramChannel channel, List<ByteBuffer> datagrams, double interval, int seconds)
      throws IOException {
    long all = (long) (TimeUnit.SECONDS.toNanos(seconds) / interval);
    long start = System.nanoTime();
    for (long i = 0; i < all; i++) {
      long due = start + (long) (i * interval);
      while (System.nanoTime() - due < 0) {
        Thread.onSpinWait();
      }
      ByteBuffer datagram = datagrams.get((int) (i % datagrams.size()));
      int written = channel.write(datagram.rewind());
      if (written != datagram.limit()) {
        throw new IOException("a datagram was not sent");
      }
    }
    return all;
  }

  private static String totals(BufferedReader out) throws IOException {
    String line = out.readLine();
    while (line != null && !line.startsWith("total: ")) {
      line = out.readLine();
    }
    if (line == null) {
      throw new IOException("the program has ended without its totals");
    }
    return line;
  }

  private static Matcher match(Pattern pattern, @Nullable String line) throws IOException {
    Matcher matcher = pattern.matcher(String.valueOf(line));
    if (!matcher.matches()) {
      throw new IOException("the program says what nobody understands: " + line);
    }
    return matcher;
  }

  private static void print(Cores cores, int linesPerSecond, int seconds, int bytes) {
    System.out.printf(
        Locale.ROOT,
        "statsd, %,d lines/s for %d s after %d s, %d in a datagram of some %d bytes%n"
            + "  core %d for the program, core %d for the load%s%n",
        linesPerSecond,
        seconds,
        WARM_UP,
        LINES,
        bytes,
        cores.server(),
        cores.load(),
        cores.areTwo() ? "" : ": they are one, so this is no measurement");
  }

  private static void print(long sent, String totals, long measured, long cpu, int seconds)
      throws IOException {
    Matcher total = match(TOTAL, totals);
    long received = Long.parseLong(total.group(1));
    long lines = Long.parseLong(total.group(2));
    long refused = Long.parseLong(total.group(3));
    Matcher kernel = KERNEL.matcher(totals);
    long dropped = kernel.find() ? Long.parseLong(kernel.group(1).replaceAll("\\D", "")) : 0;
    System.out.printf(
        Locale.ROOT,
        "  sent         %,12d lines in %,d datagrams%n"
            + "  stored       %,12d lines, refused %,d%n"
            + "  received     %,12d datagrams, dropped by the kernel %,d, unexplained %,d%n"
            + "  unexplained  %,12d lines of those that were received%n"
            + "  CPU          %12.2f of the core, %.2f µs a line, %,.0f lines a CPU second%n",
        sent * LINES,
        sent,
        lines - refused,
        refused,
        received,
        dropped,
        sent - received - dropped,
        received * LINES - lines,
        cpu / 1e9 / seconds,
        cpu / 1e3 / (measured * LINES),
        measured * LINES / (cpu / 1e9));
  }

  /** When this program is ended before it is done. */
  private static void endWhatRuns() {
    ProcessHandle.current().children().forEach(ProcessHandle::destroy);
  }

  private static void end(Process program) throws InterruptedException {
    program.destroy();
    if (!program.waitFor(LONGEST_STOP, TimeUnit.SECONDS)) {
      program.destroyForcibly().waitFor();
    }
  }
}
