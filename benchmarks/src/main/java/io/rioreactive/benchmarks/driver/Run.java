package io.rioreactive.benchmarks.driver;

import io.rioreactive.benchmarks.load.Cores;
import io.rioreactive.benchmarks.report.Machine;
import io.rioreactive.benchmarks.report.Origin;
import io.rioreactive.benchmarks.report.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of {@code benchmarks/run}. */
@Command(
    name = "benchmarks/run",
    description =
        "Measures CPU a datagram of this library, its peers and C, side by side; prints a table and"
            + " writes it with all samples and a chart to a folder.",
    footer =
        "benchmarks/run drain, coalesced, sends, pumps, network, start, dns, statsd, syslog-kafka"
            + " and jmh measure one thing each: the head of the script says what.",
    sortOptions = false)
final class Run implements Callable<Integer> {

  /** What a quick try measures. */
  private static final List<String> QUICK = List.of("receive-64", "echo-256");

  @Option(names = "--quick", description = "Under two minutes, two workloads. No evidence.")
  private boolean quick;

  @Option(
      names = "--workload",
      split = ",",
      paramLabel = "NAME",
      description = "Only these; a name, or its beginning. --list has all.")
  private List<String> workloads = List.of();

  @Option(
      names = "--contender",
      split = ",",
      paramLabel = "NAME",
      description = "Only these, and C; a name, or its beginning.")
  private List<String> contenders = List.of();

  @Option(names = "--starts", paramLabel = "N", description = "Starts of the processes (3).")
  private @Nullable Integer starts;

  @Option(names = "--rounds", paramLabel = "N", description = "Rounds of each start (5).")
  private @Nullable Integer rounds;

  @Option(
      names = "--cores",
      split = ",",
      paramLabel = "N",
      description = "Two cores: that of the contenders, that of the load. Default: chosen.")
  private List<Integer> cores = List.of();

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description =
          "Where results.txt, results.json and results.svg go (benchmarks/target/results).")
  private @Nullable Path out;

  @Option(
      names = "--add",
      description =
          "Keeps what that folder has of other workloads, so that a long run can be done in parts.")
  private boolean add;

  @Option(
      names = "--base",
      hidden = true,
      description = "Classes of the library at another commit, of benchmarks/compare.")
  private @Nullable Path base;

  @Option(names = "--list", description = "Lists workloads and contenders, and ends.")
  private boolean list;

  @Option(names = "--help", usageHelp = true, description = "This.")
  private boolean help;

  private Run() {}

  /** Runs it; status 0 unless nothing could be measured. */
  public static void main(String[] args) {
    CommandLine line = new CommandLine(new Run());
    line.setParameterExceptionHandler((e, given) -> refuse(e, 2));
    line.setExecutionExceptionHandler((e, command, parsed) -> refuse(e, 1));
    System.exit(line.execute(args));
  }

  private static int refuse(Exception e, int status) {
    boolean isOurs = e instanceof Selection.Refused || e instanceof CommandLine.ParameterException;
    System.err.println(
        "benchmarks/run: "
            + (isOurs ? e.getMessage() + " (--help has all options)" : e.toString()));
    return isOurs ? 2 : status;
  }

  @Override
  public Integer call() throws IOException {
    Path target = Path.of(System.getProperty("benchmarks.target"));
    Path folder = out != null ? out : target.resolve("results");
    Programs programs = new Programs(target, base, folder);
    Contenders here = Contenders.here(programs);
    List<Workload> all = Workloads.all(programs);
    if (list) {
      all.forEach(w -> System.out.printf("workload   %-28s %s%n", w.name(), w.title()));
      here.all().forEach(c -> System.out.printf("contender  %-28s %s%n", c.name(), c.label()));
      here.leftOut().forEach(line -> System.out.println("left out   " + line));
      return 0;
    }
    List<Workload> chosen = chosenWorkloads(all);
    List<ContenderSpec> takingPart = chosenContenders(here.all());
    Settings settings = settings();
    Cores pinned = Selection.cores("--cores", cores);
    Selection.writable("--out", folder);
    Report report = Report.in(folder, add, all.stream().map(Workload::name).toList());
    Origin origin = origin(programs, pinned, settings, here.leftOut());
    pinned.pinDriver();
    measure(chosen, takingPart, origin, programs, pinned, report);
    report.print();
    return report.isEmpty() ? 1 : 0;
  }

  private static void measure(
      List<Workload> workloads,
      List<ContenderSpec> contenders,
      Origin origin,
      Programs programs,
      Cores cores,
      Report report)
      throws IOException {
    List<Workload> possible = new ArrayList<>();
    for (Workload workload : workloads) {
      String reason = workload.needs().reasonAgainst(cores);
      if (reason.isEmpty()) {
        possible.add(workload);
      } else {
        report.leaveOut(workload, reason);
      }
    }
    double reckoned = Reckoning.of(possible, contenders, origin.settings());
    Progress progress = new Progress(reckoned);
    System.err.println(
        possible.size() + " of " + workloads.size() + " workloads, " + Progress.inWords(reckoned));
    for (Workload workload : possible) {
      try {
        report.add(new Rounds(workload, contenders, origin, programs, cores, progress).run());
      } catch (IllegalStateException e) {
        report.leaveOut(workload, String.valueOf(e.getMessage()));
      }
    }
  }

  private static Origin origin(
      Programs programs, Cores cores, Settings settings, List<String> leftOut) throws IOException {
    String inWords =
        cores.areTwo()
            ? "contenders on core " + cores.server() + ", load on core " + cores.load()
            : "contenders and load on the one core there is";
    return new Origin(
        System.getProperty("benchmarks.command", "benchmarks/run").strip(),
        Machine.here(inWords, Cores.allowed().size(), programs.versions()),
        settings,
        leftOut);
  }

  private Settings settings() {
    Settings settings = quick ? Settings.aQuickTry() : Settings.full();
    if (starts != null) {
      settings = settings.withStarts(Selection.positive("--starts", starts));
    }
    return rounds == null ? settings : settings.withRounds(Selection.positive("--rounds", rounds));
  }

  private List<Workload> chosenWorkloads(List<Workload> all) {
    List<String> names = workloads.isEmpty() && quick ? QUICK : workloads;
    return names.isEmpty() ? all : Selection.named("--workload", names, all, Workload::name);
  }

  private List<ContenderSpec> chosenContenders(List<ContenderSpec> all) {
    if (contenders.isEmpty()) {
      return all;
    }
    List<ContenderSpec> named =
        Selection.named("--contender", contenders, all, ContenderSpec::name);
    return all.stream().filter(one -> one.isCeiling() || named.contains(one)).toList();
  }
}
