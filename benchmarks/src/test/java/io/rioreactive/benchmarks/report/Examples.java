package io.rioreactive.benchmarks.report;

import io.rioreactive.benchmarks.report.Results.Contestant;
import io.rioreactive.benchmarks.report.Results.Measured;
import io.rioreactive.benchmarks.report.Sample.Latency;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Results that nobody has measured. */
final class Examples {

  private static final Latency NO_LATENCY = new Latency(0, 0, 0, 0, 0);

  private Examples() {}

  /** A round in which nothing was lost. */
  static Sample sample(double cpuNanos) {
    return new Sample(cpuNanos, 1_000, 1e6, 0, 1_000, 0, 0, -1, NO_LATENCY);
  }

  /** A round with losses. */
  static Sample sample(long sent, long drops, long missing, long told) {
    return new Sample(100, sent - drops - missing, 1e6, 0, sent, drops, missing, told, NO_LATENCY);
  }

  /** One that has taken part in one start. */
  static Contestant contestant(String label, Role role, Sample... rounds) {
    return new Contestant(label, label, role, "", "transport", List.of(List.of(rounds)));
  }

  /** The same, with its CPU of each round. */
  static Contestant contestant(String label, Role role, double... cpuNanos) {
    return contestant(
        label, role, Arrays.stream(cpuNanos).mapToObj(Examples::sample).toArray(Sample[]::new));
  }

  /** A workload where C differs from itself by a tenth, and the best peer takes twice as much. */
  static Measured measured(String name, Contestant... others) {
    List<Contestant> all = new ArrayList<>();
    all.add(contestant("C", Role.CEILING, 100, 100, 100));
    all.add(contestant("C again", Role.CEILING_AGAIN, 100 / 1.1, 100 / 1.1, 100 / 1.1));
    all.addAll(List.of(others));
    all.add(contestant("Slow, plain", Role.PEER, 400, 400, 400));
    all.add(contestant("Peer, tuned", Role.PEER, 200, 200, 200));
    return new Measured(name, "title of " + name, origin("run", "1"), List.of(), all);
  }

  static Origin origin(String command, String commit) {
    return new Origin(command, machine(commit), Settings.full(), List.of());
  }

  private static Machine machine(String commit) {
    return new Machine(
        "2026-01-02T03:04:05Z",
        "Linux 6",
        "CPU <a> & b",
        "cores",
        Map.of("limit", "1"),
        "0.1",
        commit,
        "Java",
        "cc",
        Map.of("Peer", "2"));
  }

  static Results results(Measured... workloads) {
    return new Results(List.of(workloads), List.of());
  }
}
