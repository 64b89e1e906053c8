package io.rioreactive.benchmarks.report;

import io.rioreactive.benchmarks.report.Results.Contestant;
import io.rioreactive.benchmarks.report.Results.Measured;
import java.util.List;
import java.util.Locale;

/**
 * Results as a picture: for each workload a bar for each contender, as long as its ratio to C, with
 * its interval as a line.
 */
public final class Chart {

  private static final int WIDTH = 880;
  private static final int LABELS = 270;
  private static final int NUMBERS = 110;
  private static final int ROW = 20;
  private static final int TITLE = 34;
  private static final int HEAD = 70;
  private static final double UNIT = (WIDTH - LABELS - NUMBERS) / 1.25; // 1.25 times C fits

  private final StringBuilder svg = new StringBuilder();
  private int y = HEAD;

  private Chart() {}

  /** The whole file. */
  public static String of(Results results) {
    Chart chart = new Chart();
    results.workloads().forEach(chart::workload);
    return chart.framed(results);
  }

  private String framed(Results results) {
    String note =
        results.settings().isEvidence()
            ? ""
            : "<text x=\""
                + (WIDTH - 10)
                + "\" y=\"20\" text-anchor=\"end\" fill=\"#b00020\">a short run: no"
                + " evidence</text>\n";
    return format(
            """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d"
                font-family="sans-serif" font-size="12" fill="#222222">
            <rect width="%1$d" height="%2$d" fill="#ffffff"/>
            <text x="10" y="22" font-size="15" font-weight="bold">CPU a datagram, C = 1, longer is better</text>
            <text x="10" y="40" fill="#666666">%3$s</text>
            <text x="10" y="56" fill="#666666">%4$s</text>
            """,
            WIDTH,
            y + 10,
            escaped(
                results.machine().kernel()
                    + ", "
                    + results.machine().cpu()
                    + ", "
                    + results.machine().java()),
            escaped(
                "commit "
                    + results.machine().commit()
                    + ", "
                    + results.machine().when()
                    + ", "
                    + results.command()))
        + note
        + svg
        + "</svg>\n";
  }

  private void workload(Measured measured) {
    Contestant ceiling = measured.ceiling().orElse(null);
    if (ceiling == null) {
      return;
    }
    List<Contestant> contestants =
        measured.contestants().stream().filter(c -> c.role() != Role.CEILING).toList();
    svg.append(
        format(
            "<text x=\"10\" y=\"%d\" font-weight=\"bold\">%s</text>%n",
            y + 22, escaped(measured.title())));
    y += TITLE;
    int top = y;
    contestants.forEach(contestant -> bar(contestant, Comparison.cpu(ceiling, contestant)));
    svg.append(
        format(
            "<line x1=\"%1$.1f\" x2=\"%1$.1f\" y1=\"%2$d\" y2=\"%3$d\" stroke=\"#222222\""
                + " stroke-dasharray=\"3 3\"/>%n",
            LABELS + UNIT, top - 4, y));
  }

  private void bar(Contestant contestant, Estimate ratio) {
    double middle = y + ROW / 2.0;
    svg.append(
        format(
            """
            <text x="%d" y="%.1f" text-anchor="end">%s</text>
            <rect x="%d" y="%.1f" width="%.1f" height="%d" fill="%s"/>
            <line x1="%.1f" x2="%.1f" y1="%.1f" y2="%.1f" stroke="#222222" stroke-width="1.5"/>
            <text x="%d" y="%.1f">%s</text>
            """,
            LABELS - 8,
            middle + 4,
            escaped(contestant.label()),
            LABELS,
            y + 3.0,
            length(ratio.median()),
            ROW - 6,
            colour(contestant.role()),
            LABELS + length(ratio.low()),
            LABELS + length(ratio.high()),
            middle,
            middle,
            WIDTH - NUMBERS + 6,
            middle + 4,
            ratio));
    y += ROW;
  }

  /** A bar that is longer than the picture is cut. */
  private static double length(double ratio) {
    return Math.min(ratio * UNIT, WIDTH - LABELS - NUMBERS);
  }

  private static String colour(Role role) {
    return switch (role) {
      case OURS -> "#0b7285";
      case PEER, PLAIN -> "#adb5bd";
      case CEILING, CEILING_AGAIN -> "#495057";
    };
  }

  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }
}
