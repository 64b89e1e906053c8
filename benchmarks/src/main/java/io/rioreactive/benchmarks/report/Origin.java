package io.rioreactive.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The run that has measured a workload.
 *
 * @param command that started it
 * @param machine it was made on
 * @param settings how long and how often
 * @param leftOut contenders that it had to do without, and why
 */
public record Origin(String command, Machine machine, Settings settings, List<String> leftOut) {

  /** In lines for a terminal. What two runs share is the same line in both. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            "%s, commit %s, %s; load average %s",
            command, machine.commit(), machine.when(), machine.loadAverage()));
    lines.add(String.format("%s; %s; %s", machine.kernel(), machine.cpu(), machine.cores()));
    lines.add(
        String.format(
            "%s; %s; %s; %s",
            machine.java(), machine.compiler(), machine.versions(), machine.limits()));
    lines.add(
        String.format(
            Locale.ROOT,
            "%d starts of %d rounds of %d ms; medians, in brackets their 95 %% bootstrap interval",
            settings.starts(),
            settings.rounds(),
            settings.windowMillis()));
    if (!settings.isEvidence()) {
      lines.add("NO EVIDENCE: this was a short run, to see that everything works");
    }
    leftOut.forEach(line -> lines.add("left out: " + line));
    return lines;
  }
}
