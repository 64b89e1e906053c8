package io.rioreactive;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A few lines a second, and the number of the others; time is the test's. */
class LogBudgetTest {

  private long now;
  private final LogBudget budget = new LogBudget(() -> now);

  private int linesOf(int wanted) {
    int lines = 0;
    for (int i = 0; i < wanted; i++) {
      lines += budget.takes() ? 1 : 0;
    }
    return lines;
  }

  @Test
  void tenLinesASecondAndNotOneMore() {
    assertThat(linesOf(1_000)).isEqualTo(10);
    now += Duration.ofSeconds(1).toNanos() - 1;
    assertThat(linesOf(1_000)).isZero();
    now += 1;
    assertThat(linesOf(1_000)).isEqualTo(10);
  }

  @Test
  void theNextLineSaysHowManyWereLeftOut() {
    assertThat(linesOf(10)).isEqualTo(10);
    assertThat(budget.leftOut()).isEmpty();
    assertThat(linesOf(7)).isZero();
    assertThat(budget.hasRoom()).isFalse();
    now += Duration.ofDays(1).toNanos();

    assertThat(budget.takes()).isTrue();
    assertThat(budget.leftOut()).contains("8 such lines");
    assertThat(budget.leftOut()).as("told once").isEmpty();
  }

  @Test
  void toAskWhetherThereIsRoomTakesNone() {
    for (int i = 0; i < 100; i++) {
      assertThat(budget.hasRoom()).isTrue();
    }

    assertThat(linesOf(11)).isEqualTo(10);
  }

  @Test
  void aClockThatBeganLongAgoOrBelowZeroIsAsGood() {
    for (long start : new long[] {Long.MIN_VALUE, -1, Long.MAX_VALUE - 5}) {
      now = start;
      LogBudget another = new LogBudget(() -> now);
      assertThat(another.takes()).isTrue();
      now += Duration.ofSeconds(1).toNanos(); // beyond the largest number it goes on with the least
      assertThat(another.takes()).isTrue();
    }
  }
}
