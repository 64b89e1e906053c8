package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The test's thread is another thread as long as it does not turn the pump. */
@DisplayName("A request from another thread wakes the pump only if that is worth it")
class WakeTest {

  private static final int SLOTS = 16;
  private static final int QUARTER = 4;

  private final Rig rig = Rig.withSlots(SLOTS);
  private final Probe<String> probe = new Probe<>();

  WakeTest() {
    rig.texts().subscribe(probe);
    rig.run();
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  @DisplayName("it does if nothing is posted")
  void nothingPosted() {
    assertThat(wakesOf(() -> probe.request(1))).isEqualTo(1);
  }

  @Test
  @DisplayName("it does not while something is posted and less than a quarter of the slots is due")
  void lessThanAQuarter() {
    post(8);

    assertThat(wakesOf(() -> times(QUARTER - 1, () -> probe.request(1)))).isZero();
  }

  @Test
  @DisplayName("it does when the unposted demand reaches a quarter of the slots")
  void aQuarterOneByOne() {
    post(8);
    times(QUARTER - 1, () -> probe.request(1));

    assertThat(wakesOf(() -> probe.request(1))).isEqualTo(1);
    rig.run();
    rig.assertPosted(8 + QUARTER);
  }

  @Test
  @DisplayName("it does when one request is a quarter of the slots")
  void aQuarterAtOnce() {
    post(8);

    assertThat(wakesOf(() -> probe.request(QUARTER))).isEqualTo(1);
  }

  @ParameterizedTest(name = "{1} of {0} slots")
  @CsvSource({"2,1", "4,1", "5,2", "8,2", "9,3", "1000,250"})
  @DisplayName("a quarter is rounded up")
  void aQuarterIsRoundedUp(int slots, int quarter) {
    try (Rig rig = Rig.withSlots(slots)) {
      Probe<String> probe = Probe.requesting(1);
      rig.texts().subscribe(probe);
      rig.run();
      int before = rig.pump().wakes();

      times(quarter - 1, () -> probe.request(1));
      assertThat(rig.pump().wakes()).isEqualTo(before);
      probe.request(1);
      assertThat(rig.pump().wakes()).isEqualTo(before + 1);
    }
  }

  @Test
  @DisplayName("it does not if all slots are posted already: there is nothing to post")
  void allSlotsPosted() {
    post(SLOTS);

    assertThat(wakesOf(() -> times(3, () -> probe.request(SLOTS)))).isZero();
    assertThat(wakesOf(() -> probe.request(Long.MAX_VALUE))).isZero();
  }

  @Test
  @DisplayName("it does not if the few slots left are less than a quarter, however large it is")
  void fewSlotsLeft() {
    post(SLOTS - QUARTER + 1);

    assertThat(wakesOf(() -> probe.request(1_000_000))).isZero();
  }

  @Test
  @DisplayName("what was not worth a wake-up is posted in the next turn, whatever that is for")
  void postedWithTheNextTurn() {
    post(8);
    probe.request(2);

    rig.receive("x");

    rig.assertPosted(9);
  }

  @Test
  @DisplayName("it is woken once for many requests")
  void onceForMany() {
    assertThat(wakesOf(() -> times(100, () -> probe.request(1)))).isEqualTo(1);
  }

  @Test
  @DisplayName("it does not while the pump turns, and is not lost either")
  void whileThePumpTurns() {
    post(1);
    probe.onNext(value -> onAnotherThread(() -> probe.request(3)));

    int before = rig.pump().wakes();
    rig.receive("x");

    assertThat(rig.pump().wakes()).isEqualTo(before);
    rig.assertPosted(3);
  }

  @Test
  @DisplayName("a request on the pump itself never wakes it")
  void onThePump() {
    post(1);
    probe.onNext(value -> probe.request(5));

    int before = rig.pump().wakes();
    rig.receive("x");

    assertThat(rig.pump().wakes()).isEqualTo(before);
    rig.assertPosted(5);
  }

  @Test
  @DisplayName("a request that came after the turn's tasks keeps the pump from parking")
  void noParkingOverARequest() {
    post(1);
    probe.onNext(value -> onAnotherThread(() -> probe.request(1)));
    rig.arrive("x");

    assertThat(rig.pump().turn()).as("the turn that brings the datagram").isTrue();
    assertThat(rig.pump().turn()).as("the turn that finds the request").isTrue();
    assertThat(rig.pump().turn()).as("the turn that parks").isFalse();
    rig.assertPosted(1);
  }

  @Test
  @DisplayName("request inside onSubscribe wakes the parked pump, which posts nothing yet")
  void requestInsideOnSubscribe() {
    try (Rig rig = Rig.withSlots(SLOTS)) {
      int before = rig.pump().wakes();
      Probe<String> early =
          Probe.<String>requesting(2)
              .onSubscribe(
                  subscription -> {
                    assertThat(rig.pump().wakes()).isEqualTo(before + 1);
                    rig.run();
                    rig.assertPosted(0);
                  });

      rig.texts().subscribe(early);
      rig.run();

      rig.assertPosted(2);
    }
  }

  @Test
  @DisplayName("cancel wakes it, since posts may have to be withdrawn")
  void cancelWakes() {
    post(8);

    assertThat(wakesOf(probe::cancel)).isEqualTo(1);
  }

  @Test
  @DisplayName("a cancel right after a request that was not worth a wake-up wakes it")
  void cancelAfterSilentRequest() {
    post(8);
    probe.request(1);

    assertThat(wakesOf(probe::cancel)).isEqualTo(1);
    rig.run();
    rig.assertPosted(0);
  }

  @Test
  @DisplayName("a request that breaks rule 3.9 wakes it, since the error is due")
  void badRequestWakes() {
    post(8);

    assertThat(wakesOf(() -> probe.request(0))).isEqualTo(1);
  }

  private void post(int receives) {
    probe.request(receives);
    rig.run();
    rig.assertPosted(receives);
  }

  private int wakesOf(Runnable action) {
    int before = rig.pump().wakes();
    action.run();
    return rig.pump().wakes() - before;
  }

  private static void times(int count, Runnable action) {
    for (int i = 0; i < count; i++) {
      action.run();
    }
  }

  private static void onAnotherThread(Runnable action) {
    Thread thread = Thread.ofPlatform().start(action);
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
