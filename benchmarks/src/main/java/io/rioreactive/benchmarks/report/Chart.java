package io.rioreactive.benchmarks.report;

import io.rioreactive.benchmarks.report.Results.Contestant;
import io.rioreactive.benchmarks.report.Results.Measured;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The main results as a picture for the README: a panel for each of the main workloads, in it a bar
 * for each path of this library and for each peer, as long as its ratio to C, with its interval as
 * a line. It follows the reader's light or dark screen. All else is in the table.
 */
public final class Chart {

  private static final List<String> MAIN =
      List.of(
          "receive-64", "receive-1200", "echo-256", "runs-64", "coalesced-64", "coalesced-1200");

  private static final int WIDTH = 800;
  private static final int PANEL = 390; // two beside each other
  private static final int MARGIN = 10;
  private static final int LABELS = 112; // of a panel
  private static final int BARS = 222;
  private static final double UNIT = BARS / 1.3; // 1.3 times C fits
  private static final int ROW = 17;
  private static final int TITLE = 36;
  private static final int HEAD = 62;

  private static final String STYLE =
      """
      .ground { fill: #ffffff } .text { fill: #1f2328 } .small { fill: #59636e; font-size: 11px }
      .ours { fill: #0b7285 } .peer { fill: #b6bdc4 } .line { stroke: #1f2328 } .warning { fill: #b3261e }
      @media (prefers-color-scheme: dark) {
        .ground { fill: #0d1117 } .text { fill: #e6edf3 } .small { fill: #9198a1 }
        .ours { fill: #1f9bb0 } .peer { fill: #545d68 } .line { stroke: #e6edf3 } .warning { fill: #ff8a80 }
      }
      """;

  private final StringBuilder svg = new StringBuilder();

  private Chart() {}

  /** The whole file. */
  public static String of(Results results) {
    List<Measured> shown = main(results);
    Chart chart = new Chart();
    int y = HEAD;
    for (int i = 0; i < shown.size(); i += 2) {
      List<Measured> line = shown.subList(i, Math.min(i + 2, shown.size()));
      int bars = 0;
      for (Measured measured : line) {
        int x = MARGIN + line.indexOf(measured) * PANEL;
        bars = Math.max(bars, chart.panel(measured, x, y));
      }
      y += TITLE + bars * ROW + 12;
    }
    return chart.framed(results, y);
  }

  /** The main ones; where none of them was measured, those that were. */
  private static List<Measured> main(Results results) {
    List<Measured> all =
        results.workloads().stream().filter(measured -> measured.ceiling().isPresent()).toList();
    List<Measured> main =
        MAIN.stream()
            .flatMap(name -> all.stream().filter(measured -> measured.name().equals(name)))
            .toList();
    return main.isEmpty() ? all : main;
  }

  private String framed(Results results, int height) {
    List<Origin> origins = results.origins();
    boolean isEvidence = origins.stream().allMatch(origin -> origin.settings().isEvidence());
    String head =
        format(
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d"
                font-family="sans-serif" font-size="12">
            <style>
            %3$s</style>
            <rect width="%1$d" height="%2$d" class="ground"/>
            <text x="%4$d" y="20" font-size="15" font-weight="bold" class="text">CPU a datagram: \
            that of C divided by each one's; longer is better</text>
            <text x="%4$d" y="37" class="small">%5$s</text>
            <text x="%4$d" y="52" class="small">%6$s; each peer at its best; thin lines: 95 %% intervals</text>
            """,
            WIDTH,
            height,
            STYLE,
            MARGIN,
            escaped(
                distinct(origins.stream().map(Origin::machine).map(Chart::inWords).toList(), "; ")),
            escaped(
                "commit "
                    + distinct(origins.stream().map(o -> o.machine().commit()).toList(), ", ")
                    + ", "
                    + distinct(origins.stream().map(o -> day(o.machine())).toList(), ", ")));
    String warning =
        isEvidence
            ? ""
            : format(
                "<text x=\"%d\" y=\"20\" text-anchor=\"end\" class=\"warning\">a short run: no"
                    + " evidence</text>%n",
                WIDTH - MARGIN);
    return head + warning + svg + "</svg>\n";
  }

  private static String inWords(Machine machine) {
    return machine.kernel() + ", " + machine.cpu() + ", " + machine.java();
  }

  private static String day(Machine machine) {
    return machine.when().replaceFirst("T.*", "");
  }

  private static String distinct(List<String> texts, String separator) {
    return texts.stream().distinct().collect(Collectors.joining(separator));
  }

  /** Answers how many bars it has. */
  private int panel(Measured measured, int x, int y) {
    Contestant ceiling = measured.ceiling().orElseThrow();
    List<Bar> bars = bars(measured, ceiling);
    double one = x + LABELS + UNIT;
    int top = y + TITLE;
    svg.append(
        format(
            """
            <text x="%d" y="%d" font-weight="bold" class="text">%s</text>
            <text x="%.1f" y="%d" text-anchor="middle" class="small">%s = 1</text>
            """,
            x, y + 16, escaped(measured.title()), one, top - 5, escaped(ceiling.label())));
    for (int i = 0; i < bars.size(); i++) {
      bar(bars.get(i), x + LABELS, top + i * ROW);
    }
    svg.append(
        format(
            "<line x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\" class=\"line\""
                + " stroke-dasharray=\"3 3\"/>%n",
            one, top - 1, top + bars.size() * ROW));
    return bars.size();
  }

  private record Bar(String label, boolean isOurs, Estimate ratio) {}

  /** One for each family, that of its best: ours by path, peers by library. */
  private static List<Bar> bars(Measured measured, Contestant ceiling) {
    List<Bar> best = new ArrayList<>();
    String provider = "";
    for (Contestant contestant : measured.contestants()) {
      boolean isOurs = contestant.role() == Role.OURS;
      if (isOurs && provider.isEmpty()) {
        provider = contestant.transport(); // the first is the default
      }
      if (contestant.role() == Role.CEILING
          || contestant.role() == Role.CEILING_AGAIN
          || (isOurs && !contestant.transport().equals(provider))) {
        continue;
      }
      Bar bar = new Bar(family(contestant), isOurs, Comparison.cpu(ceiling, contestant));
      Bar other = best.stream().filter(b -> b.label.equals(bar.label)).findFirst().orElse(null);
      if (other == null) {
        best.add(bar);
      } else if (bar.ratio.median() > other.ratio.median()) {
        best.set(best.indexOf(other), bar);
      }
    }
    best.sort(
        Comparator.comparing((Bar bar) -> !bar.isOurs)
            .thenComparing(bar -> bar.isOurs ? 0 : -bar.ratio.median()));
    return best;
  }

  /** As {@code rio decoder}, {@code Netty}: what comes before the comma, without the provider. */
  private static String family(Contestant contestant) {
    String[] words = contestant.label().split(",", -1)[0].split(" ", -1);
    return contestant.role() == Role.OURS
        ? words[0] + " " + words[words.length - 1]
        : String.join(" ", words);
  }

  private void bar(Bar bar, int x, int y) {
    double middle = y + ROW / 2.0;
    svg.append(
        format(
            """
            <text x="%d" y="%.1f" text-anchor="end" class="text">%s</text>
            <rect x="%d" y="%d" width="%.1f" height="%d" class="%s"/>
            <line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f" class="line" stroke-width="1.5"/>
            <text x="%d" y="%.1f" class="text">%.2f</text>
            """,
            x - 6,
            middle + 4,
            escaped(bar.label),
            x,
            y + 2,
            length(bar.ratio.median()),
            ROW - 4,
            bar.isOurs ? "ours" : "peer",
            x + length(bar.ratio.low()),
            x + length(bar.ratio.high()),
            middle,
            middle,
            x + BARS + 8,
            middle + 4,
            bar.ratio.median()));
  }

  /** A bar that is longer than its panel is cut; its number says how long it were. */
  private static double length(double ratio) {
    return Math.min(ratio * UNIT, BARS);
  }

  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }
}
