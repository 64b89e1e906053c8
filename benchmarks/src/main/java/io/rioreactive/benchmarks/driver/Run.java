package io.rioreactive.benchmarks.driver;

import io.rioreactive.benchmarks.load.Cores;
import io.rioreactive.benchmarks.report.Chart;
import io.rioreactive.benchmarks.report.Json;
import io.rioreactive.benchmarks.report.Machine;
import io.rioreactive.benchmarks.report.Results;
import io.rioreactive.benchmarks.report.Settings;
import io.rioreactive.benchmarks.report.Table;
import java.io.IOException;
import java.nio.file.Files;
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

  @Option(names = "--starts", description = "Starts of the contenders' processes (3).")
  private int starts;

  @Option(names = "--rounds", description = "Rounds of each start (5).")
  private int rounds;

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
      names = "--base",
      hidden = true,
      description = "Classes of the library at another commit, of benchmarks/compare.")
  private @Nullable Path base;

  @Option(names = "--list", description = "Lists workloads and contenders, and ends.")
  private boolean list;

  @Option(names = "--help", usageHelp = true, description = "This.")
  private boolean help;

  private final List<String> leftOut = new ArrayList<>();

  private Run() {}

  /** Runs it; status 0 unless nothing could be measured. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Run()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    Programs programs = new Programs(Path.of(System.getProperty("benchmarks.target")), base);
    Contenders here = Contenders.here(programs);
    if (list) {
      Workloads.all(programs)
          .forEach(w -> System.out.printf("workload   %-16s %s%n", w.name(), w.title()));
      here.all().forEach(c -> System.out.printf("contender  %-16s %s%n", c.name(), c.label()));
      here.leftOut().forEach(line -> System.out.println("left out   " + line));
      return 0;
    }
    leftOut.addAll(here.leftOut());
    Results results = measure(programs, here.all());
    write(results, out != null ? out : programs.target().resolve("results"));
    return results.workloads().isEmpty() ? 1 : 0;
  }

  private Results measure(Programs programs, List<ContenderSpec> all) throws IOException {
    Settings settings = settings();
    int allowed = Cores.allowed().size();
    Cores chosen =
        cores.size() == 2 ? new Cores(cores.getFirst(), cores.getLast()) : Cores.choose();
    Machine machine = Machine.here(inWords(chosen), allowed, programs.versions());
    chosen.pinDriver();
    List<ContenderSpec> chosenContenders = all.stream().filter(this::isChosen).toList();
    List<Results.Measured> measured = new ArrayList<>();
    for (Workload workload : Workloads.all(programs)) {
      if (isChosen(workload)) {
        String reason = workload.needs().reasonAgainst(chosen);
        if (!reason.isEmpty()) {
          leftOut.add(workload.title() + ": " + reason);
          continue;
        }
        try {
          measured.add(
              new Rounds(workload, chosenContenders, settings, programs, chosen, leftOut).run());
        } catch (IllegalStateException e) {
          leftOut.add(String.valueOf(e.getMessage()));
        }
      }
    }
    if (measured.isEmpty()) {
      leftOut.add("all: no workload was measured; --list has their names");
    }
    String command = System.getProperty("benchmarks.command", "benchmarks/run").strip();
    return new Results(command, machine, settings, measured, leftOut);
  }

  private static String inWords(Cores cores) {
    return cores.areTwo()
        ? "contenders on core " + cores.server() + ", load on core " + cores.load()
        : "contenders and load on the one core there is";
  }

  private Settings settings() {
    Settings settings = quick ? Settings.aQuickTry() : Settings.full();
    settings = starts > 0 ? settings.withStarts(starts) : settings;
    return rounds > 0 ? settings.withRounds(rounds) : settings;
  }

  private boolean isChosen(ContenderSpec contender) {
    return contenders.isEmpty()
        || contender.isCeiling()
        || contenders.stream().anyMatch(contender.name()::startsWith);
  }

  private boolean isChosen(Workload workload) {
    List<String> names = workloads.isEmpty() && quick ? QUICK : workloads;
    return names.isEmpty() || names.stream().anyMatch(workload.name()::startsWith);
  }

  private static void write(Results results, Path folder) throws IOException {
    Files.createDirectories(folder);
    String table = Table.of(results);
    System.out.print(table);
    Files.writeString(folder.resolve("results.txt"), table);
    Files.writeString(folder.resolve("results.json"), Json.of(results));
    Files.writeString(folder.resolve("results.svg"), Chart.of(results));
    System.out.println("written: " + folder + "/results.txt, results.json, results.svg");
  }
}
