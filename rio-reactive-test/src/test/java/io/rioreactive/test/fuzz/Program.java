package io.rioreactive.test.fuzz;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A program: which kernel, and the steps. The same seed makes the same program.
 *
 * @param keepsPosts whether the kernel keeps posted receives
 * @param shuffles whether it gives completions out in any order
 */
record Program(long seed, boolean keepsPosts, boolean shuffles, List<Step> steps) {

  private static final Step.Kind[] KINDS = Step.Kind.values();
  private static final int FEWEST_STEPS = 20;
  private static final int MOST_STEPS = 120;

  /** The program of this seed. */
  static Program of(long seed) {
    Random random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
    boolean keepsPosts = random.nextBoolean();
    boolean shuffles = random.nextInt(3) == 0;
    double[] weights = weights(random);
    List<Step> steps = new ArrayList<>();
    steps.add(step(Step.Kind.BIND_SERVER, random));
    int count = FEWEST_STEPS + random.nextInt(MOST_STEPS - FEWEST_STEPS);
    for (int i = 0; i < count; i++) {
      steps.add(step(draw(weights, random), random));
    }
    return new Program(seed, keepsPosts, shuffles, List.copyOf(steps));
  }

  /** Each program likes some steps and leaves out others: so rare things meet often. */
  private static double[] weights(Random random) {
    double[] weights = new double[KINDS.length];
    for (int i = 0; i < weights.length; i++) {
      double taste = random.nextInt(4) == 0 ? 0 : random.nextInt(6) == 0 ? 4 : 1;
      weights[i] = KINDS[i] == Step.Kind.TURN ? KINDS[i].weight : KINDS[i].weight * taste;
    }
    return weights;
  }

  private static Step.Kind draw(double[] weights, Random random) {
    double total = 0;
    for (double weight : weights) {
      total += weight;
    }
    double at = random.nextDouble() * total;
    for (int i = 0; i < weights.length; i++) {
      at -= weights[i];
      if (at < 0) {
        return KINDS[i];
      }
    }
    return Step.Kind.TURN;
  }

  private static Step step(Step.Kind kind, Random random) {
    int bound = 1 << 16;
    return new Step(kind, random.nextInt(bound), random.nextInt(bound), random.nextInt(bound));
  }

  /** The same with other steps. */
  Program with(List<Step> others) {
    return new Program(seed, keepsPosts, shuffles, List.copyOf(others));
  }
}
