package io.rioreactive.benchmarks.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.rioreactive.benchmarks.contender.Task;
import io.rioreactive.benchmarks.report.Role;
import io.rioreactive.benchmarks.report.Settings;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReckoningTest {

  private static final Task TASK = new Task(Task.Kind.RECEIVE, 64, 1, 0, 0, 0);
  private static final Settings SETTINGS = new Settings(false, 3, 5, 2_000, 500);
  private static final ContenderSpec PEER = ContenderSpec.java("p", "p", Role.PEER, "P");
  private static final ContenderSpec ABSENT = ContenderSpec.java("s:slots", "s", Role.OURS, "S");

  /** Three starts of a warm-up of 2 s and five rounds of 0.5 s are 13.5 s, and a little more. */
  @Test
  void eachStartWarmsUpAndHasItsRounds() {
    Workload workload = new Workload("w", "w", TASK, Loads.flood(64));

    assertThat(seconds(workload, PEER)).isCloseTo(13.5, within(5.0)).isGreaterThan(13.5);
    assertThat(seconds(workload, PEER, PEER)).isEqualTo(2 * seconds(workload, PEER));
    assertThat(seconds(workload, PEER, ABSENT)).isEqualTo(seconds(workload, PEER));
    assertThat(Reckoning.of(List.of(workload, workload), List.of(PEER), SETTINGS))
        .isEqualTo(2 * seconds(workload, PEER));
  }

  /** Four pieces of warm-up and five rounds, of a second each, three times. */
  @Test
  void aLoadMayTakeLongerThanItIsAskedTo() {
    Workload workload =
        new Workload("w", "w", TASK, Loads.flood(64).taking(asked -> Math.max(1_000, asked)));

    assertThat(seconds(workload, PEER)).isCloseTo(27, within(5.0)).isGreaterThan(27);
  }

  @Test
  void itIsSaidInWords() {
    assertThat(Progress.inWords(35.4)).isEqualTo("about 35 seconds");
    assertThat(Progress.inWords(4_300)).isEqualTo("about 72 minutes");
  }

  private static double seconds(Workload workload, ContenderSpec... contenders) {
    return Reckoning.of(List.of(workload), List.of(contenders), SETTINGS);
  }
}
