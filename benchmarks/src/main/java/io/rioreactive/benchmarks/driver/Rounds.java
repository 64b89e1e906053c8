package io.rioreactive.benchmarks.driver;

import io.rioreactive.benchmarks.load.Cores;
import io.rioreactive.benchmarks.report.Origin;
import io.rioreactive.benchmarks.report.Results.Contestant;
import io.rioreactive.benchmarks.report.Results.Measured;
import io.rioreactive.benchmarks.report.Role;
import io.rioreactive.benchmarks.report.Sample;
import io.rioreactive.benchmarks.report.Settings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Measures one workload: all contenders are started and warmed up, then take turns, each once in a
 * round, in an order of its own for each round; and that again with fresh processes. A contender
 * that fails is left out from there on, and the others go on; only without its ceiling a workload
 * ends.
 */
final class Rounds {

  static final int WARM_UP_PIECES = 4;

  private final Workload workload;
  private final Settings settings;
  private final Programs programs;
  private final Cores cores;
  private final Origin origin;
  private final Progress progress;
  private final List<ContenderSpec> contenders;
  private final Set<String> notes = new LinkedHashSet<>(); // the same for all starts
  private final Map<ContenderSpec, List<List<Sample>>> samples = new LinkedHashMap<>();
  private final Map<ContenderSpec, String> transports = new LinkedHashMap<>();
  private final Random random = new Random(1); // the same orders in every run

  /**
   * To be run once.
   *
   * @param origin of the whole run
   */
  Rounds(
      Workload workload,
      List<ContenderSpec> contenders,
      Origin origin,
      Programs programs,
      Cores cores,
      Progress progress) {
    this.workload = workload;
    this.contenders = contenders;
    this.origin = origin;
    this.progress = progress;
    settings = origin.settings();
    this.programs = programs;
    this.cores = cores;
    contenders.stream()
        .filter(workload::isFor)
        .map(spec -> spec.isC() ? spec.variant(workload.variant()) : spec)
        .forEach(spec -> samples.put(spec, new ArrayList<>()));
  }

  Measured run() {
    for (int start = 0; start < settings.starts(); start++) {
      progress.show(workload.title() + ", start " + (start + 1) + " of " + settings.starts());
      measureOneStart();
      progress.onDone(Reckoning.ofStart(workload, contenders, settings));
    }
    List<Contestant> contestants = new ArrayList<>();
    samples.forEach(
        (spec, starts) ->
            contestants.add(
                new Contestant(
                    spec.name(),
                    spec.label(),
                    spec.role(),
                    spec.rival(),
                    transports.getOrDefault(spec, ""),
                    starts)));
    return new Measured(workload.name(), workload.title(), origin, List.copyOf(notes), contestants);
  }

  private void measureOneStart() {
    List<Turn> turns = new ArrayList<>();
    try {
      for (ContenderSpec spec : List.copyOf(samples.keySet())) {
        attempt(spec, () -> turns.add(start(spec)));
      }
      for (int round = 0; round < settings.rounds(); round++) {
        Collections.shuffle(turns, random);
        for (Turn turn : turns) {
          if (samples.containsKey(turn.spec())) {
            attempt(turn.spec(), () -> take(turn));
          }
        }
      }
      for (Turn turn : turns) {
        samples.computeIfPresent(turn.spec(), (spec, starts) -> plus(starts, turn.samples));
      }
    } finally {
      turns.forEach(Turn::close);
    }
  }

  private static List<List<Sample>> plus(List<List<Sample>> starts, List<Sample> last) {
    List<List<Sample>> all = new ArrayList<>(starts);
    all.add(last);
    return all;
  }

  private void take(Turn turn) throws IOException {
    if (!workload.isOneAtATime()) {
      turn.take(millis(settings.windowMillis()));
      return;
    }
    turn.contender.resume();
    try {
      turn.take(millis(settings.windowMillis()));
    } finally {
      turn.contender.suspend();
    }
  }

  private Turn start(ContenderSpec spec) throws IOException {
    Running contender = Running.start(spec, programs, workload.task(), cores);
    transports.put(spec, contender.transport());
    try {
      Turn turn = new Turn(contender, workload.load().on(contender));
      if (!turn.load.shortcoming().isEmpty()) {
        notes.add(turn.load.shortcoming());
      }
      turn.warmUp(millis(settings.warmUpMillis()));
      if (workload.isOneAtATime()) {
        contender.suspend();
      }
      return turn;
    } catch (IOException | RuntimeException e) {
      contender.close();
      throw e;
    }
  }

  private static long millis(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private interface Step {
    void run() throws IOException;
  }

  private void attempt(ContenderSpec spec, Step step) {
    try {
      step.run();
    } catch (IOException | RuntimeException e) {
      if (spec.role() == Role.CEILING) {
        throw new IllegalStateException(spec.label() + ": " + e.getMessage(), e);
      }
      samples.remove(spec);
      notes.add("left out: " + spec.label() + ": " + e.getMessage());
    }
  }

  /** A contender that runs, and its load. */
  private static final class Turn {

    private final Running contender;
    private final Load.Driven load;
    private final List<Sample> samples = new ArrayList<>();

    Turn(Running contender, Load.Driven load) {
      this.contender = contender;
      this.load = load;
    }

    ContenderSpec spec() {
      return contender.spec();
    }

    /** In pieces, as later, so that what the compiler sees is what it will see. */
    void warmUp(long nanos) throws IOException {
      for (int piece = 0; piece < WARM_UP_PIECES; piece++) {
        load.run(nanos / WARM_UP_PIECES);
      }
    }

    void take(long nanos) throws IOException {
      samples.add(load.run(nanos));
    }

    void close() {
      load.close();
      contender.close();
    }
  }
}
