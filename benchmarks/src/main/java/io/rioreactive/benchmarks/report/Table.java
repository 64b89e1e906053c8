package io.rioreactive.benchmarks.report;

import io.rioreactive.benchmarks.report.Results.Contestant;
import io.rioreactive.benchmarks.report.Results.Measured;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Results for a terminal. */
public final class Table {

  private final StringBuilder text = new StringBuilder();

  private Table() {}

  /** The whole page. */
  public static String of(Results results) {
    Table table = new Table();
    table.head(results);
    results.workloads().forEach(table::workload);
    results.leftOut().forEach(line -> table.line("left out: %s", line));
    return table.text.toString();
  }

  private void line(String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments).stripTrailing()).append('\n');
  }

  private void head(Results results) {
    Machine machine = results.machine();
    line("%s, commit %s, %s", results.command(), machine.commit(), machine.when());
    line(
        "%s; %s; %s; load average %s",
        machine.kernel(), machine.cpu(), machine.cores(), machine.loadAverage());
    line(
        "%s; %s; %s; %s", machine.java(), machine.compiler(), machine.versions(), machine.limits());
    line(
        "%d starts of %d rounds of %d ms; medians, in brackets their 95 %% bootstrap interval",
        results.settings().starts(),
        results.settings().rounds(),
        results.settings().windowMillis());
    if (!results.settings().isEvidence()) {
      line("NO EVIDENCE: this was a short run, to see that everything works");
    }
    line(
        "ratio: CPU a datagram of C in the same round, divided by the contender's; higher is"
            + " better");
    line(
        "lost: of what was sent; told: of what the kernel dropped, how much the library tells its"
            + " user");
  }

  private void workload(Measured measured) {
    Optional<Contestant> ceiling = measured.ceiling();
    if (ceiling.isEmpty()) {
      return;
    }
    boolean hasLatency =
        measured.contestants().stream()
            .flatMap(Contestant::samples)
            .anyMatch(s -> s.latency().p50() > 0);
    line("");
    line("%s", measured.title());
    line(
        "  %-36s %-18s %8s %8s %10s %7s %6s%s",
        "contender",
        "ratio",
        "CPU ns",
        "alloc B",
        "a second",
        "lost %",
        "told %",
        hasLatency ? "   p50 µs   p99 µs  p50 against C" : "");
    for (Contestant contestant : measured.contestants()) {
      line("%s", row(contestant, ceiling.get(), hasLatency));
    }
    double spread = Comparison.spread(measured);
    line("  the ceiling with itself: within %.3f of 1", spread);
    measured.of(Role.OURS).forEach(ours -> against(ours, measured, spread));
    missing(measured.contestants());
  }

  private static String row(Contestant contestant, Contestant ceiling, boolean hasLatency) {
    String row =
        String.format(
            Locale.ROOT,
            "  %-36s %-18s %8.0f %8.1f %10.0f %7.2f %6s",
            contestant.label(),
            Comparison.cpu(ceiling, contestant),
            Comparison.median(contestant, Sample::cpuNanos),
            Comparison.median(contestant, Sample::allocatedBytes),
            Comparison.median(contestant, Sample::perSecond),
            Comparison.median(
                contestant, s -> 100.0 * (s.kernelDrops() + s.missing()) / Math.max(s.sent(), 1)),
            told(contestant));
    if (!hasLatency) {
      return row;
    }
    return row
        + String.format(
            Locale.ROOT,
            " %8.1f %8.1f  %s",
            Comparison.median(contestant, s -> s.latency().p50()) / 1e3,
            Comparison.median(contestant, s -> s.latency().p99()) / 1e3,
            Comparison.ratio(contestant, ceiling, s -> s.latency().p50()));
  }

  /** How much of what the kernel dropped the library tells its user of. */
  private static String told(Contestant contestant) {
    long told = contestant.samples().mapToLong(Sample::toldDrops).sum();
    long drops = contestant.samples().mapToLong(Sample::kernelDrops).sum();
    if (told < 0 || drops == 0) {
      return "-";
    }
    return String.format(Locale.ROOT, "%.0f", 100.0 * told / drops);
  }

  /** One of ours against its rival. */
  private void against(Contestant ours, Measured measured, double spread) {
    measured
        .rival(ours)
        .ifPresent(
            rival -> {
              Estimate ratio = Comparison.cpu(rival, ours);
              line(
                  "  %s against %s%s: %s, %s",
                  ours.label(),
                  ours.rival().isEmpty() ? "the best peer, " : "",
                  rival.label(),
                  ratio,
                  verdict(ratio, spread));
            });
  }

  private static String verdict(Estimate ratio, double spread) {
    if (ratio.low() > 1 + spread) {
      return "ahead";
    }
    return ratio.high() < 1 - spread ? "behind" : "equal";
  }

  /** The law: what was sent has been received or dropped by the kernel. */
  private void missing(List<Contestant> contestants) {
    for (Contestant contestant : contestants) {
      long missing = contestant.samples().mapToLong(Sample::missing).sum();
      if (missing != 0) {
        line(
            "  %s: %d datagrams of %d are not accounted for",
            contestant.label(), missing, contestant.samples().mapToLong(Sample::sent).sum());
      }
    }
  }
}
