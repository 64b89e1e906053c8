package io.rioreactive.test.fuzz;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Removes steps from a program that fails, as long as it still fails. */
final class Shrinker {

  private Shrinker() {}

  static FuzzRun shrink(Program failing) {
    Program smallest = failing;
    for (int size = failing.steps().size() / 2; size >= 1; ) {
      Program smaller = withoutSome(smallest, size);
      if (smaller == null) {
        size /= 2;
      } else {
        smallest = smaller;
      }
    }
    return run(smallest);
  }

  private static @Nullable Program withoutSome(Program program, int size) {
    for (int from = 0; from < program.steps().size(); from += size) {
      List<Step> steps = new ArrayList<>(program.steps());
      steps.subList(from, Math.min(from + size, steps.size())).clear();
      Program smaller = program.with(steps);
      if (run(smaller).failure() != null) {
        return smaller;
      }
    }
    return null;
  }

  private static FuzzRun run(Program program) {
    return FuzzRun.of(program, new EnumMap<>(Step.Kind.class));
  }
}
