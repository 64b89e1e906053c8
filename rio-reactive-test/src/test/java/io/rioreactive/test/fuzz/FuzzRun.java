package io.rioreactive.test.fuzz;

import io.rioreactive.test.CapturedLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One run of a program, from a fresh world to its end. */
final class FuzzRun {

  private final Program program;
  private final List<String> done = new ArrayList<>();
  private @Nullable String failure;
  private List<String> state = List.of();

  private FuzzRun(Program program) {
    this.program = program;
  }

  /** Runs it, and counts how often each kind of step did something. */
  static FuzzRun of(Program program, Map<Step.Kind, Long> counts) {
    FuzzRun run = new FuzzRun(program);
    try (CapturedLog log = new CapturedLog();
        World world = new World(program)) {
      run.go(world, counts);
      run.requireNoDefect(log);
    }
    return run;
  }

  private void go(World world, Map<Step.Kind, Long> counts) {
    try {
      for (Step step : program.steps()) {
        done.add(step.kind() + " …");
        String what = world.apply(step);
        done.removeLast();
        if (what != null) {
          done.add(what);
          counts.merge(step.kind(), 1L, Long::sum);
        }
      }
      done.add("the end: dispose of the group, and time");
      world.finish(program.seed() % 2 == 0);
    } catch (Throwable thrown) {
      String first = world.model().failure();
      failure = first == null ? text(thrown) : first;
      state = world.describe();
    }
  }

  private static String text(Throwable thrown) {
    StringBuilder text = new StringBuilder(thrown.toString());
    for (StackTraceElement frame : thrown.getStackTrace()) {
      text.append("%n      at ".formatted()).append(frame);
      if (text.length() > 1_500) {
        break;
      }
    }
    return text.toString();
  }

  /** What the library caught and only logged. */
  private void requireNoDefect(CapturedLog log) {
    for (String line : log.errors()) {
      boolean isDuplicate = log.text().contains("not POSTED");
      boolean isDefect =
          line.contains("a task threw")
              || line.contains("doOnDrop threw")
              || (line.contains("unexpected") && !isDuplicate);
      if (failure == null && isDefect) {
        failure = "logged: " + line;
      }
    }
  }

  @Nullable String failure() {
    return failure;
  }

  /** What happened, what it did until then, how to run it again. */
  String report() {
    StringBuilder text = new StringBuilder();
    text.append(
        "seed %d (%s posts%s): %s%n"
            .formatted(
                program.seed(),
                program.keepsPosts() ? "keeps" : "withdraws",
                program.shuffles() ? ", shuffles completions" : "",
                failure));
    for (int i = 0; i < done.size(); i++) {
      text.append("  %2d. %s%n".formatted(i + 1, done.get(i)));
    }
    state.forEach(line -> text.append("  ").append(line).append(System.lineSeparator()));
    text.append("Run it alone with -Dfuzz.seed=").append(program.seed());
    return text.toString();
  }
}
