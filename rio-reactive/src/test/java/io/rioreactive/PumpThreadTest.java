package io.rioreactive;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.hook.PumpTurns;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When the thread of a pump sleeps. */
@Timeout(30)
class PumpThreadTest {

  private static final int IDLE_TURNS = 10_000;

  /** A pump with work in some of its turns; it ends by itself. */
  private static class PlannedTurns implements PumpTurns {

    final List<Integer> parkedAt = new CopyOnWriteArrayList<>();
    final CountDownLatch ended = new CountDownLatch(1);
    private final List<Integer> turnsWithWork;
    private final int lastTurn;
    private int turns;

    PlannedTurns(int lastTurn, Integer... turnsWithWork) {
      this.lastTurn = lastTurn;
      this.turnsWithWork = List.of(turnsWithWork);
    }

    @Override
    public boolean turn() {
      turns++;
      return turnsWithWork.contains(turns);
    }

    @Override
    public boolean isEnded() {
      boolean isEnded = turns >= lastTurn;
      if (isEnded) {
        ended.countDown();
      }
      return isEnded;
    }

    @Override
    public boolean park() {
      parkedAt.add(turns);
      return true;
    }

    @Override
    public void unpark() {}

    @Override
    public boolean await() {
      return true;
    }

    @Override
    public boolean endAwait() {
      return true;
    }
  }

  private static void run(PlannedTurns turns, Duration busyPoll) throws InterruptedException {
    PumpThread thread = new PumpThread("planned", busyPoll);
    thread.start(turns);
    assertThat(turns.ended.await(20, TimeUnit.SECONDS)).isTrue();
    thread.join();
  }

  @Test
  void withoutBusyPollingItSleepsAtOnce() throws InterruptedException {
    PlannedTurns turns = new PlannedTurns(4, 1, 3);

    run(turns, Duration.ZERO);

    assertThat(turns.parkedAt).startsWith(2);
  }

  @Test
  void itAsksAgainAndAgainBeforeItSleeps() throws InterruptedException {
    PlannedTurns turns = new PlannedTurns(IDLE_TURNS, 1, IDLE_TURNS / 2);

    run(turns, Duration.ofDays(1));

    assertThat(turns.parkedAt).isEmpty();
  }

  /** A nanosecond is over after the first look, a millisecond after some; then it waits again. */
  @ParameterizedTest
  @ValueSource(longs = {1, 1_000_000})
  void itSleepsWhenTheTimeIsUp(long nanos) throws InterruptedException {
    PlannedTurns turns =
        new PlannedTurns(Integer.MAX_VALUE, 1) {
          @Override
          public boolean isEnded() {
            if (parkedAt.size() == 2) {
              ended.countDown();
              return true;
            }
            return false;
          }
        };

    run(turns, Duration.ofNanos(nanos));

    assertThat(turns.parkedAt.getFirst()).isGreaterThan(2);
    assertThat(turns.parkedAt.getLast()).isGreaterThan(turns.parkedAt.getFirst() + 1);
  }
}
