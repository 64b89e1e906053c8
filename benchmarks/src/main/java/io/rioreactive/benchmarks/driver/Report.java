package io.rioreactive.benchmarks.driver;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.rioreactive.benchmarks.report.Chart;
import io.rioreactive.benchmarks.report.Json;
import io.rioreactive.benchmarks.report.LeftOut;
import io.rioreactive.benchmarks.report.Results;
import io.rioreactive.benchmarks.report.Results.Measured;
import io.rioreactive.benchmarks.report.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The files of a run. They are written after each workload: a long run may be cut off. */
final class Report {

  private static final String JSON = "results.json";

  private final Path folder;
  private final List<String> order;
  private Results results;
  private boolean isEmpty = true;

  private Report(Path folder, List<String> order, Results earlier) {
    this.folder = folder;
    this.order = order;
    results = earlier;
  }

  /**
   * To be written to a folder.
   *
   * @param add whether what the folder has already stays, where it is not measured again
   * @param order names of all workloads, in the order of the results
   */
  static Report in(Path folder, boolean add, List<String> order) throws IOException {
    Path file = folder.resolve(JSON);
    if (!add || !Files.exists(file)) {
      return new Report(folder, order, new Results(List.of(), List.of()));
    }
    try {
      return new Report(folder, order, Json.parse(Files.readString(file)));
    } catch (JsonProcessingException e) {
      throw new Selection.Refused(
          "--add: \"" + file + "\" is no results file of this version: " + e.getOriginalMessage());
    }
  }

  /** A workload has been measured. */
  void add(Measured measured) throws IOException {
    isEmpty = false;
    write(new Results(List.of(measured), List.of()));
  }

  /** One has not. */
  void leaveOut(Workload workload, String reason) throws IOException {
    write(new Results(List.of(), List.of(new LeftOut(workload.name(), reason))));
  }

  private void write(Results later) throws IOException {
    results = results.with(later, order);
    Files.writeString(folder.resolve("results.txt"), Table.of(results));
    Files.writeString(folder.resolve(JSON), Json.of(results));
    Files.writeString(folder.resolve("results.svg"), Chart.of(results));
  }

  /** Whether this run has measured nothing. */
  boolean isEmpty() {
    return isEmpty;
  }

  void print() {
    System.out.print(Table.of(results));
    System.out.println("written: " + folder + "/results.txt, results.json, results.svg");
  }
}
