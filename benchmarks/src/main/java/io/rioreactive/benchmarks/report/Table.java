package io.rioreactive.benchmarks.report;

import io.rioreactive.benchmarks.report.Results.Contestant;
import io.rioreactive.benchmarks.report.Results.Measured;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Results for a terminal. */
public final class Table {

  private final StringBuilder text = new StringBuilder();
  private final List<String> shared = new ArrayList<>(); // by all runs

  private Table() {}

  /** The whole page. */
  public static String of(Results results) {
    Table table = new Table();
    table.head(results);
    results.workloads().forEach(table::workload);
    if (!results.leftOut().isEmpty()) {
      table.line("");
    }
    results
        .leftOut()
        .forEach(left -> table.line("left out: %s: %s", left.workload(), left.reason()));
    return table.text.toString();
  }

  private void line(String format, Object... arguments) {
    text.append(String.format(Locale.ROOT, format, arguments).stripTrailing()).append('\n');
  }

  private void head(Results results) {
    if (results.workloads().isEmpty()) {
      line("nothing was measured");
      return;
    }
    List<Origin> origins = results.origins();
    shared.addAll(origins.getFirst().lines());
    origins.forEach(origin -> shared.retainAll(origin.lines()));
    shared.forEach(text -> line("%s", text));
    if (origins.size() > 1) {
      line(
          "put together from %d runs: the command of each, and what differs, is with its workloads",
          origins.size());
    }
    line(
        "ratio: CPU a datagram of the first of a workload in the same round, divided by the"
            + " contender's; higher is better");
    line(
        "lost: of what was sent; told: of the kernel's count of drops, how much the library tells"
            + " its user");
  }

  private void workload(Measured measured) {
    line("");
    line("%s", measured.title());
    measured.origin().lines().stream()
        .filter(text -> !shared.contains(text))
        .forEach(text -> line("  %s", text));
    measured.ceiling().ifPresent(ceiling -> rows(measured, ceiling));
    measured.notes().forEach(note -> line("  %s", note));
  }

  private void rows(Measured measured, Contestant ceiling) {
    boolean hasLatency =
        measured.contestants().stream()
            .flatMap(Contestant::samples)
            .anyMatch(s -> s.latency().p50() > 0);
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
      line("%s", row(contestant, ceiling, hasLatency));
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
