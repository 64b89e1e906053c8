package io.rioreactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("A slot has one owner")
class SlotsTest {

  private final Slots slots = new Slots(3);

  @Test
  @DisplayName("receive: FREE, POSTED, FILLED, FREE")
  void receive() {
    assertThat(slots.count()).isEqualTo(3);
    int slot = slots.nextFree();
    slots.postNext();
    assertThat(slots.posted()).isEqualTo(1);

    slots.complete(slot);
    assertThat(slots.posted()).isZero();
    assertThat(slots.nextFree()).as("still being decoded").isNotEqualTo(slot);

    slots.release(slot);
    assertThat(slots.nextFree()).isEqualTo(slot);
  }

  @Test
  @DisplayName("receive: a withdrawn slot is FREE")
  void withdraw() {
    int slot = slots.nextFree();
    slots.postNext();

    slots.withdraw(slot);

    assertThat(slots.posted()).isZero();
    assertThat(slots.nextFree()).isEqualTo(slot);
  }

  @Test
  @DisplayName("send: FREE, FILLED, POSTED, FREE")
  void send() {
    int slot = slots.fillNext();
    assertThat(slots.posted()).isZero();

    slots.post(slot);
    assertThat(slots.posted()).isEqualTo(1);

    slots.complete(slot);
    slots.release(slot);
    assertThat(slots.posted()).isZero();
    assertThat(slots.nextFree()).isEqualTo(slot);
  }

  @Test
  @DisplayName("send: what could not be sent is FREE again")
  void releaseFilled() {
    int slot = slots.fillNext();

    slots.release(slot);

    assertThat(slots.nextFree()).isEqualTo(slot);
  }

  @Test
  @DisplayName("all can be taken, each once")
  void allOnce() {
    List<Integer> taken = new ArrayList<>();
    while (slots.hasFree()) {
      taken.add(slots.fillNext());
    }

    assertThat(taken).containsExactlyInAnyOrder(0, 1, 2);
  }

  @Test
  @DisplayName("the one used last is used first")
  void hottestFirst() {
    slots.fillNext();
    int second = slots.fillNext();
    slots.release(second);

    assertThat(slots.fillNext()).isEqualTo(second);
  }

  @Test
  @DisplayName("FREE can be taken only: every other transition throws")
  void freeIsTakenOnly() {
    int free = slots.nextFree();

    assertRefused(() -> slots.complete(free), "FREE, not POSTED");
    assertRefused(() -> slots.withdraw(free), "FREE, not POSTED");
    assertRefused(() -> slots.release(free), "FREE, not FILLED");
    assertRefused(() -> slots.post(free), "FREE, not FILLED");
  }

  @Test
  @DisplayName("POSTED comes back from the kernel only: every other transition throws")
  void postedComesBackOnly() {
    int posted = slots.nextFree();
    slots.postNext();

    assertRefused(() -> slots.release(posted), "POSTED, not FILLED");
    assertRefused(() -> slots.post(posted), "POSTED, not FILLED");
    assertThat(slots.posted()).isEqualTo(1);
  }

  @Test
  @DisplayName("FILLED does not complete: that throws")
  void filledDoesNotComplete() {
    int filled = slots.fillNext();

    assertRefused(() -> slots.complete(filled), "FILLED, not POSTED");
    assertRefused(() -> slots.withdraw(filled), "FILLED, not POSTED");
    assertThat(slots.posted()).isZero();
  }

  @Test
  @DisplayName("a second completion of the same slot throws")
  void completedTwice() {
    int slot = slots.nextFree();
    slots.postNext();
    slots.complete(slot);

    assertRefused(() -> slots.complete(slot), "FILLED, not POSTED");
    slots.release(slot);
    assertRefused(() -> slots.release(slot), "FREE, not FILLED");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 3, Integer.MAX_VALUE, Integer.MIN_VALUE})
  @DisplayName("a slot that does not exist throws, and says so")
  void unknownSlot(int slot) {
    assertRefused(() -> slots.complete(slot), "unknown");
    assertRefused(() -> slots.release(slot), "unknown");
    assertRefused(() -> slots.withdraw(slot), "unknown");
    assertRefused(() -> slots.post(slot), "unknown");
  }

  @Test
  @DisplayName("none left: taking one throws")
  void noneLeft() {
    while (slots.hasFree()) {
      slots.postNext();
    }

    assertThatThrownBy(slots::nextFree).isInstanceOf(RuntimeException.class);
    assertThatThrownBy(slots::postNext).isInstanceOf(RuntimeException.class);
  }

  @Test
  @DisplayName("many random steps: none is lost, none is given out twice")
  void randomSteps() {
    Random random = new Random(7);
    Slots many = new Slots(64);
    List<Integer> posted = new ArrayList<>();
    for (int step = 0; step < 10_000; step++) {
      if (random.nextBoolean() && many.hasFree()) {
        posted.add(many.nextFree());
        many.postNext();
      } else if (!posted.isEmpty()) {
        int slot = posted.remove(/* index */ random.nextInt(posted.size()));
        if (random.nextBoolean()) {
          many.withdraw(slot);
        } else {
          many.complete(slot);
          many.release(slot);
        }
      }
      assertThat(many.posted()).isEqualTo(posted.size());
      assertThat(new HashSet<>(posted)).hasSize(posted.size());
    }
  }

  private static void assertRefused(Runnable transition, String text) {
    assertThatThrownBy(transition::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(text);
  }
}
