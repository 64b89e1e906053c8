package io.rioreactive.test.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random programs against the model of the contract. {@code -Dfuzz.seeds=N} runs more of them,
 * {@code -Dfuzz.seed=N} one, {@code -Dfuzz.first=N} begins elsewhere.
 */
@DisplayName("Whatever is called and whatever the kernel does, the contract holds")
@Tag("once")
class FuzzTest {

  private static final int SEEDS = 10_000;

  @Test
  void randomPrograms() {
    Long only = Long.getLong("fuzz.seed");
    long first = only == null ? Long.getLong("fuzz.first", 0) : only;
    long seeds = only == null ? Long.getLong("fuzz.seeds", SEEDS) : 1;
    Map<Step.Kind, Long> counts = new EnumMap<>(Step.Kind.class);
    long began = System.nanoTime();
    for (long seed = first; seed < first + seeds; seed++) {
      Program program = Program.of(seed);
      if (FuzzRun.of(program, counts).failure() != null) {
        fail("after %d seeds: %s".formatted(seed - first + 1, Shrinker.shrink(program).report()));
      }
    }
    print(seeds, System.nanoTime() - began, counts);
    if (seeds >= 1_000) {
      assertThat(counts.keySet()).as("steps that did something").contains(Step.Kind.values());
    }
  }

  private static void print(long seeds, long nanos, Map<Step.Kind, Long> counts) {
    System.out.printf("fuzz: %d seeds, %.0f a second%n", seeds, seeds / (nanos / 1e9));
    counts.forEach((kind, count) -> System.out.printf("fuzz: %,9d %s%n", count, kind));
  }
}
