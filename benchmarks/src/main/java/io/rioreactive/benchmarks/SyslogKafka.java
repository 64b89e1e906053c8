package io.rioreactive.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.rioreactive.benchmarks.load.Cores;
import io.rioreactive.benchmarks.load.CpuClock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The sample {@code syslog-kafka} under a steady load: whether it carries it, whether its memory
 * has a bound while the broker is stopped, and whether in the end each datagram is accounted for.
 * Collector and broker are processes of their own, as a user has them, on two cores; the load is
 * this process, and takes a share of the same cores where there are no more.
 *
 * <p>Arguments: the sample's jar, seconds, datagrams a second, bytes of each. Exit status 1 if a
 * datagram is missing.
 */
public final class SyslogKafka {

  private static final int WARM_UP = 10; // seconds
  private static final int STOPPED = 20;
  private static final int AFTERWARDS = 10;
  private static final int LONGEST = 180;
  private static final String HEAP = "192m";

  private static final String NUMBER = "([\\d,]+)";
  private static final Pattern STATUS =
      Pattern.compile(
          "received N \\(.*/s\\), stored N \\(.*/s\\), under way N, posted N of .*"
              .replace("N", NUMBER));
  private static final Pattern TOTALS =
      Pattern.compile(
          "total: received N, stored N, not stored N.*, given up N, .* the topic has taken N .*"
              .replace("N", NUMBER));
  private static final Pattern DROPS = Pattern.compile("receive buffer full " + NUMBER);

  private SyslogKafka() {}

  /** One line of the collector's. */
  private record Status(
      long nanos, long received, long stored, long underWay, long posted, long drops) {

    static final Status NONE = new Status(0, 0, 0, 0, 0, 0);

    static @Nullable Status of(String line) {
      Matcher status = STATUS.matcher(line);
      return status.matches()
          ? new Status(
              System.nanoTime(),
              number(status, 1),
              number(status, 2),
              number(status, 3),
              number(status, 4),
              dropsIn(line))
          : null;
    }
  }

  private static long number(Matcher matcher, int group) {
    return Long.parseLong(matcher.group(group).replace(",", ""));
  }

  private static long dropsIn(String line) {
    Matcher drops = DROPS.matcher(line);
    return drops.find() ? number(drops, 1) : 0;
  }

  /** The sample as a process, and what it has printed. */
  private static final class Sample implements AutoCloseable {

    final Process process;
    final CpuClock cpu;
    private final Thread reader;
    private final List<String> lines = new CopyOnWriteArrayList<>(); // but for the status
    private volatile Status status = Status.NONE;

    Sample(List<String> command) throws IOException {
      process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
      cpu = new CpuClock(process.pid());
      reader = Thread.ofPlatform().daemon().start(this::read);
    }

    private void read() {
      try (BufferedReader out = process.inputReader(UTF_8)) {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
          Status next = Status.of(line);
          if (next == null) {
            lines.add(line);
          } else {
            status = next;
          }
        }
      } catch (IOException ended) {
        // what it has printed is there
      }
    }

    /** Waits for a line that begins so, and answers the rest of it. */
    String awaitLine(String beginning) throws IOException {
      await("\"" + beginning + "\"", () -> line(beginning) != null || !process.isAlive());
      String line = line(beginning);
      if (line == null) {
        throw new IOException("the sample has ended and said " + lines);
      }
      return line.substring(beginning.length());
    }

    private @Nullable String line(String beginning) {
      for (String line : lines) {
        if (line.startsWith(beginning)) {
          return line;
        }
      }
      return null;
    }

    double mebibytes() throws IOException {
      return Files.readAllLines(Path.of("/proc", String.valueOf(process.pid()), "status")).stream()
              .filter(line -> line.startsWith("VmRSS:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .findFirst()
              .orElse(0)
          / 1_024.0;
    }

    /** Asks it to end, and waits; answers the last line of it. */
    String end() throws IOException, InterruptedException {
      process.toHandle().destroy(); // SIGTERM, and its output stays open
      if (!process.waitFor(LONGEST, TimeUnit.SECONDS)) {
        throw new IOException("the sample does not end, and said " + lines);
      }
      reader.join();
      return lines.isEmpty() ? "" : lines.getLast();
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  /** Sends by the clock from eight addresses, whoever takes it, until it is closed. */
  private static final class Load implements AutoCloseable {

    private static final int SOURCES = 8;

    private final List<DatagramChannel> sources = new ArrayList<>();
    private final ByteBuffer datagram;
    private final int perSecond;
    private final Thread thread;
    private volatile boolean ended;
    private volatile long sent;

    Load(int port, int perSecond, int size) throws IOException {
      this.perSecond = perSecond;
      String message = "<134>1 2026-01-01T00:00:00.000000Z host app 4711 - - ";
      message += "x".repeat(Math.max(0, size - message.length()));
      datagram = ByteBuffer.wrap(message.getBytes(US_ASCII));
      InetSocketAddress collector = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
      for (int i = 1; i <= SOURCES; i++) {
        DatagramChannel source = DatagramChannel.open();
        sources.add(source);
        source.bind(new InetSocketAddress(InetAddress.ofLiteral("127.0.1." + i), 0));
        source.connect(collector);
      }
      thread = Thread.ofPlatform().name("load").start(this::run);
    }

    private void run() {
      long start = System.nanoTime();
      long count = 0;
      try {
        while (!ended) {
          long due = (System.nanoTime() - start) / 1_000 * perSecond / 1_000_000;
          while (count < due && !ended) {
            sources.get((int) (count % SOURCES)).write(datagram.duplicate());
            count++;
          }
          sent = count;
          LockSupport.parkNanos(1_000_000); // the cores are the collector's and the broker's
        }
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      } finally {
        sent = count;
      }
    }

    /** How many have been sent, some milliseconds ago. */
    long sent() {
      return sent;
    }

    /** Sends no more; answers how many have been sent. */
    long end() throws InterruptedException {
      ended = true;
      thread.join();
      return sent;
    }

    @Override
    public void close() throws IOException {
      ended = true;
      for (DatagramChannel source : sources) {
        source.close();
      }
    }
  }

  /** Prints what it has seen. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Path jar = Path.of(args[0]);
    int seconds = Integer.parseInt(args[1]);
    int perSecond = Integer.parseInt(args[2]);
    int size = Integer.parseInt(args[3]);
    System.out.printf(
        Locale.ROOT,
        "syslog-kafka, %d B, %,d datagrams/s for %d s; the collector has a heap of %s%n",
        size,
        perSecond,
        seconds,
        HEAP);
    Path data = Files.createTempDirectory("syslog-kafka-benchmark-");
    String port = String.valueOf(freePort());
    List<String> brokerCommand =
        command(
            jar, "512m", "--broker-only", "--broker-port", port, "--broker-data", data.toString());
    List<String> collectorCommand =
        command(jar, HEAP, "--bootstrap-servers", "127.0.0.1:" + port, "--port", "0", "--status");
    Sample broker = new Sample(brokerCommand);
    try {
      broker.awaitLine("broker on ");
      try (Sample collector = new Sample(collectorCommand)) {
        int collectorPort = port(collector.awaitLine("listening on 127.0.0.1:"));
        collector.awaitLine("storing in ");
        long sent;
        try (Load load = new Load(collectorPort, perSecond, size)) {
          steady(load, collector, broker, seconds);
          broker = stopAndReturn(broker, brokerCommand, collector);
          TimeUnit.SECONDS.sleep(AFTERWARDS);
          sent = load.end();
        }
        account(sent, collector);
      }
    } finally {
      broker.close();
      delete(data);
    }
  }

  private static void steady(Load load, Sample collector, Sample broker, int seconds)
      throws IOException, InterruptedException {
    TimeUnit.SECONDS.sleep(WARM_UP);
    long began = System.nanoTime();
    long sent = load.sent();
    Status before = collector.status;
    long collectorCpu = collector.cpu.nanos();
    long brokerCpu = broker.cpu.nanos();
    TimeUnit.SECONDS.sleep(seconds);
    double took = (System.nanoTime() - began) / 1e9;
    Status after = collector.status; // of some time within the last second, as the one before
    double statusTook = (after.nanos - before.nanos) / 1e9;
    double count = load.sent() - sent;
    System.out.printf(
        Locale.ROOT,
        "  with the broker     sent %,.0f/s, received %,.0f/s, stored %,.0f/s; dropped by the"
            + " kernel %,d of %,.0f%n"
            + "  CPU a datagram      collector %.1f µs, broker %.1f µs%n",
        count / took,
        (after.received - before.received) / statusTook,
        (after.stored - before.stored) / statusTook,
        after.drops - before.drops,
        count,
        (collector.cpu.nanos() - collectorCpu) / count / 1e3,
        (broker.cpu.nanos() - brokerCpu) / count / 1e3);
  }

  /** Answers the broker that has come back, with its port and its data. */
  private static Sample stopAndReturn(Sample broker, List<String> command, Sample collector)
      throws IOException, InterruptedException {
    double memoryBefore = collector.mebibytes();
    double most = memoryBefore;
    String said = broker.end();
    if (!said.startsWith("the broker has ended")) {
      throw new IOException(
          "the broker has not ended well: status " + broker.process.exitValue() + ", " + said);
    }
    long drops = collector.status.drops;
    for (int second = 0; second < STOPPED; second++) {
      TimeUnit.SECONDS.sleep(1);
      most = Math.max(most, collector.mebibytes());
    }
    Status stalled = collector.status;
    System.out.printf(
        Locale.ROOT,
        "  broker stopped %d s  receives posted %d, under way %,d, dropped by the kernel %,d;"
            + " resident memory %.0f MiB before, %.0f at most%n",
        STOPPED,
        stalled.posted,
        stalled.underWay,
        stalled.drops - drops,
        memoryBefore,
        most);
    long began = System.nanoTime();
    Sample returned = new Sample(command);
    try {
      await("the collector to store again", () -> collector.status.stored > stalled.stored);
    } catch (IOException failure) {
      returned.close();
      throw failure;
    }
    System.out.printf(
        Locale.ROOT,
        "  after its return    stored again %.1f s after the broker was started%n",
        (System.nanoTime() - began) / 1e9);
    return returned;
  }

  /** Each that was sent is in the topic, or the kernel has dropped it. */
  private static void account(long sent, Sample collector)
      throws IOException, InterruptedException {
    await(
        "all to be stored",
        () -> {
          Status now = collector.status;
          return now.received + now.drops == sent && now.stored == now.received;
        });
    String said = collector.end();
    Matcher totals = TOTALS.matcher(said);
    if (!totals.matches()) {
      throw new IOException("the collector has not ended well: " + said);
    }
    long stored = number(totals, 2);
    long drops = dropsIn(said);
    long inTopic = number(totals, 5);
    boolean isRight = stored + drops == sent && stored == inTopic;
    System.out.printf(
        Locale.ROOT,
        "  the account         sent %,d = stored %,d + dropped by the kernel %,d; not stored %,d,"
            + " given up %,d; the topic has %,d: %s%n",
        sent,
        stored,
        drops,
        number(totals, 3),
        number(totals, 4),
        inTopic,
        isRight ? "right" : "WRONG");
    if (!isRight) {
      throw new IOException("datagrams are missing: " + said);
    }
  }

  private static void await(String what, BooleanSupplier isTrue) throws IOException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST);
    while (!isTrue.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new IOException("waited " + LONGEST + " s in vain for " + what);
      }
      LockSupport.parkNanos(10_000_000);
    }
  }

  /** On two cores, where there are more. */
  private static List<String> command(Path jar, String heap, String... options) throws IOException {
    List<String> command = new ArrayList<>();
    List<Integer> cores = Cores.allowed();
    if (cores.size() > 2) {
      command.addAll(List.of("taskset", "-c", cores.getFirst() + "," + cores.get(1)));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heap);
    command.add("--sun-misc-unsafe-memory-access=allow"); // Kafka unmaps its files so
    command.addAll(List.of("-jar", jar.toString()));
    command.addAll(List.of(options));
    return command;
  }

  private static int port(String rest) {
    return Integer.parseInt(rest.substring(0, rest.indexOf(',')));
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
