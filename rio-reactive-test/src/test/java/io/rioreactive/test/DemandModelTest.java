package io.rioreactive.test;

import static io.rioreactive.DropReason.CANCELLED;
import static io.rioreactive.DropReason.DECODER;
import static io.rioreactive.DropReason.TRUNCATED;
import static io.rioreactive.test.LawAssert.assertThatLawHolds;
import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.DropReason;
import io.rioreactive.RioStats;
import io.rioreactive.kernel.KernelException;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random steps against a model of two numbers: what the subscriber has asked for and not got, and
 * what is posted.
 */
@DisplayName("After each turn posted = min(unmet demand, slots), whatever happens")
class DemandModelTest {

  private static final int STEPS = 5_000;
  private static final int SLOTS = 8;

  @ParameterizedTest(name = "posts {0}, seed {1}")
  @CsvSource({
    "WITHDRAWN,1",
    "WITHDRAWN,2",
    "WITHDRAWN,3",
    "KEPT,1",
    "KEPT,2",
    "KEPT,3",
  })
  void randomSteps(Posts posts, long seed) {
    SimulatedKernel kernel = posts.kernel();
    kernel.shuffleCompletions(seed);
    try (CapturedLog log = new CapturedLog();
        Rig rig = Rig.over(kernel, server -> server.receiveSlots(SLOTS))) {
      new Walk(rig, posts, new Random(seed)).go();
      assertThat(log.text()).doesNotContain("ERROR");
    }
  }

  private static final class Walk {

    private static final List<String> DATAGRAMS =
        List.of("value", "value", "value", "skip", "throw", "longer than sixteen bytes");

    private final Rig rig;
    private final Posts posts;
    private final Random random;
    private @Nullable Probe<String> probe;
    private long requested;
    private int step;

    Walk(Rig rig, Posts posts, Random random) {
      this.rig = rig;
      this.posts = posts;
      this.random = random;
    }

    void go() {
      rig.socket().receiveBuffer(SLOTS / 2); // else so many wait that nothing stays posted
      for (step = 0; step < STEPS; step++) {
        step();
        if (random.nextInt(3) > 0) {
          turn();
        }
      }
      RioStats stats = rig.stats();
      assertThat(stats.delivered()).as("the walk delivers").isGreaterThan(STEPS / 10);
      assertThat(stats.skipped()).as("the walk skips").isPositive();
      for (DropReason reason : List.of(CANCELLED, DECODER, TRUNCATED)) {
        assertThat(stats.count(reason)).as("the walk drops: %s", reason).isPositive();
      }
      assertThat(stats.receiveErrors()).as("the walk meets errors").isPositive();
    }

    private void step() {
      switch (random.nextInt(10)) {
        case 0, 1, 2, 3 -> request(1 + random.nextInt(5));
        case 4, 5, 6 -> arrive(random.nextInt(5));
        case 7 -> failOne();
        case 8 -> {
          if (random.nextInt(4) == 0) {
            cancel();
          }
        }
        default -> subscribe();
      }
    }

    private void subscribe() {
      if (probe == null) {
        Probe<String> subscriber = new Probe<>();
        probe = subscriber;
        requested = 0;
        subscriber.onNext(this::onNext);
        rig.connection().<String>receive(view -> decode(view.asString())).subscribe(subscriber);
      }
    }

    private static @Nullable String decode(String text) {
      return switch (text) {
        case "skip" -> null;
        case "throw" -> throw new IllegalStateException("told to");
        default -> text;
      };
    }

    private void onNext(String value) {
      switch (random.nextInt(12)) {
        case 0, 1, 2 -> request(1 + random.nextInt(3));
        case 3 -> cancel();
        case 4 -> {
          cancel();
          subscribe();
          request(1 + random.nextInt(3));
        }
        default -> {}
      }
    }

    private void request(int n) {
      if (probe != null) {
        requested += n;
        probe.request(n);
      }
    }

    private void cancel() {
      if (probe != null) {
        probe.cancel();
        probe = null;
      }
    }

    private void arrive(int count) {
      for (int i = 0; i < count; i++) {
        rig.arrive(DATAGRAMS.get(random.nextInt(DATAGRAMS.size())));
      }
    }

    private void failOne() {
      List<Integer> committed = rig.socket().committed();
      if (!committed.isEmpty() && random.nextInt(4) == 0) {
        int slot = committed.get(random.nextInt(committed.size()));
        rig.socket().fail(slot, KernelException.Kind.TRANSIENT, 12);
      }
    }

    private void turn() {
      int finished = rig.stats().posted() - rig.socket().posted().size();
      int before = rig.stats().posted();
      rig.turn();

      RioStats stats = rig.stats();
      long unmet = probe == null ? 0 : requested - probe.values().size();
      int wanted = (int) Math.min(unmet, SLOTS);
      int kept = before - finished;
      assertThat(stats.demand()).as("demand, step %d", step).isEqualTo(unmet);
      assertThat(stats.posted())
          .as("posted, step %d: %d before, %d finished", step, before, finished)
          .isEqualTo(posts == Posts.WITHDRAWN ? wanted : Math.max(wanted, kept));
      assertThatLawHolds(stats);
    }
  }
}
