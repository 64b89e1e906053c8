package io.rioreactive.benchmarks;

import io.rioreactive.benchmarks.load.Cores;
import io.rioreactive.benchmarks.load.CpuClock;
import io.rioreactive.benchmarks.load.Program;
import io.rioreactive.benchmarks.report.Estimate;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many questions a program that people run answers for a second of CPU: the sample {@code dns},
 * and the same responder behind reactor-netty, tuned. Both are executable jars, each a process of
 * its own on the core of the contenders; dnsperf asks them in turn from the core of the load, in an
 * order of its own for each round, and that again with fresh processes.
 *
 * <p>Printed, of each: questions answered for a second of CPU of its whole process, as the median
 * over all rounds; its ratio to reactor-netty in the same round, with the 95 % interval; questions
 * answered a second; questions lost. The sample stands there twice: what differs between the two is
 * noise.
 *
 * <p>Arguments: the sample's jar, the other jar, a file of questions, rounds of each start.
 */
public final class Dns {

  private static final int STARTS = 3;
  private static final int WARM_UP = 3; // rounds
  private static final int SECONDS = 2; // of each round; dnsperf takes whole ones
  private static final int UNDER_WAY = 100;

  private static final Pattern READY = Pattern.compile("listening on 127\\.0\\.0\\.1:(\\d+), (.+)");

  private static final List<String> NAMES = List.of("dns", "dns again", "reactor-netty");
  private static final int RIVAL = 2;

  private Dns() {}

  /** One that runs. */
  private record Server(Process process, CpuClock cpu, int port, String transport) {}

  /** What one round came to. */
  private record Answers(double perCpuSecond, double perSecond, double lost) {}

  /** Prints the table. */
  public static void main(String[] args) throws IOException, InterruptedException {
    int rounds = Integer.parseInt(args[3]);
    if (!Program.isInstalled("dnsperf")) {
      System.err.println("benchmarks/run: dns needs dnsperf; .ci/install linux installs it");
      System.exit(1);
    }
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(Dns::endWhatRuns));
    Cores cores = Cores.choose();
    cores.pinDriver();
    System.out.printf(
        Locale.ROOT,
        "%s, %d cores, Java %s, commit %s; servers on core %d, dnsperf on core %d%n",
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        Cores.allowed().size(),
        System.getProperty("java.version"),
        System.getProperty("benchmarks.commit", "unknown"),
        cores.server(),
        cores.load());
    List<List<List<Answers>>> all = new ArrayList<>(); // of each server, of each start, the rounds
    NAMES.forEach(name -> all.add(new ArrayList<>()));
    List<String> transports = new ArrayList<>();
    for (int start = 0; start < STARTS; start++) {
      System.err.println("start " + (start + 1) + " of " + STARTS + " …");
      List<Server> servers = start(args[0], args[1], cores);
      transports = servers.stream().map(Server::transport).toList();
      measure(servers, args[2], rounds, all);
      for (Server server : servers) {
        end(server.process());
      }
    }
    System.out.printf(
        Locale.ROOT,
        "dns, %d questions under way, %d starts of %d rounds of %d s; medians, and the ratio to"
            + " reactor-netty with its 95 %% interval (higher is better)%n",
        UNDER_WAY,
        STARTS,
        rounds,
        SECONDS);
    for (int s = 0; s < NAMES.size(); s++) {
      print(NAMES.get(s), transports.get(s), all.get(s), all.get(RIVAL));
    }
  }

  private static List<Server> start(String sample, String twin, Cores cores) throws IOException {
    List<Server> servers = new ArrayList<>();
    for (String jar : List.of(sample, sample, twin)) {
      servers.add(start(jar, cores));
    }
    return servers;
  }

  /** With the flags of the other benchmarks: a heap that is touched at the start, and IPv4. */
  private static Server start(String jar, Cores cores) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms192m",
                "-Xmn128m",
                "-Xmx1g",
                "-XX:+AlwaysPreTouch",
                "-Djava.net.preferIPv4Stack=true",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-jar",
                jar,
                "--port",
                "0")
            .redirectError(ProcessBuilder.Redirect.INHERIT);
    Process process = cores.onServerCore(builder::start);
    BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
    String line = lines.readLine();
    Matcher ready = READY.matcher(line == null ? "" : line);
    if (!ready.matches()) {
      throw new IOException(jar + " does not start: " + line);
    }
    String transport = ready.group(2).split(",", 2)[0];
    return new Server(
        process, new CpuClock(process.pid()), Integer.parseInt(ready.group(1)), transport);
  }

  private static void measure(
      List<Server> servers, String questions, int rounds, List<List<List<Answers>>> all)
      throws IOException {
    all.forEach(starts -> starts.add(new ArrayList<>()));
    List<Integer> order = new ArrayList<>(List.of(0, 1, 2));
    Random random = new Random(all.getFirst().size()); // the same orders in every run
    for (int round = -WARM_UP; round < rounds; round++) {
      Collections.shuffle(order, random);
      for (int s : order) {
        Answers answers = ask(servers.get(s), questions);
        if (round >= 0) {
          all.get(s).getLast().add(answers);
        }
      }
    }
  }

  private static Answers ask(Server server, String questions) throws IOException {
    server.cpu().awaitIdle();
    long before = server.cpu().nanos();
    Program dnsperf =
        Program.run(
            SECONDS + 30,
            List.of(
                "dnsperf",
                "-s",
                "127.0.0.1",
                "-p",
                Integer.toString(server.port()),
                "-d",
                questions,
                "-q",
                Integer.toString(UNDER_WAY),
                "-l",
                Integer.toString(SECONDS)));
    server.cpu().awaitIdle();
    double used = (server.cpu().nanos() - before) / 1e9;
    double answered = dnsperf.number("Queries completed:");
    return new Answers(answered / used, answered / SECONDS, dnsperf.number("Queries lost:"));
  }

  private static void print(
      String name, String transport, List<List<Answers>> ours, List<List<Answers>> rival) {
    List<double[]> ratios = new ArrayList<>();
    for (int start = 0; start < ours.size(); start++) {
      double[] ratio = new double[ours.get(start).size()];
      for (int round = 0; round < ratio.length; round++) {
        Answers theirs = rival.get(start).get(round);
        ratio[round] = ours.get(start).get(round).perCpuSecond() / theirs.perCpuSecond();
      }
      ratios.add(ratio);
    }
    List<Answers> all = ours.stream().flatMap(List::stream).toList();
    System.out.printf(
        Locale.ROOT,
        "  %-14s %-20s %8.0f for a second of CPU   %s   %8.0f/s, lost %.0f%n",
        name,
        transport,
        median(all.stream().mapToDouble(Answers::perCpuSecond).toArray()),
        Estimate.of(ratios),
        median(all.stream().mapToDouble(Answers::perSecond).toArray()),
        all.stream().mapToDouble(Answers::lost).sum());
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  /** When this program is ended before it is done. */
  private static void endWhatRuns() {
    ProcessHandle.current().children().forEach(ProcessHandle::destroy);
  }

  private static void end(Process process) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }
}
