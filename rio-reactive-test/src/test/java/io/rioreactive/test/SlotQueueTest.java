package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How slots in the order of their posts read. */
class SlotQueueTest {

  private static String text(int... slots) {
    SlotQueue queue = new SlotQueue(1_024);
    for (int slot : slots) {
      queue.addLast(slot);
    }
    return queue.toText();
  }

  @Test
  void fourOrMoreThatFollowEachOtherAreARange() {
    assertThat(text()).isEqualTo("[]");
    assertThat(text(7)).isEqualTo("[7]");
    assertThat(text(0, 1, 2)).isEqualTo("[0, 1, 2]");
    assertThat(text(0, 1, 2, 3)).isEqualTo("[0-3]");
    assertThat(text(5, 4, 3, 2)).isEqualTo("[5, 4, 3, 2]");
    assertThat(text(9, 4, 5, 6, 7, 0, 1)).isEqualTo("[9, 4-7, 0, 1]");
    assertThat(text(IntStream.range(0, 1_024).toArray())).isEqualTo("[0-1023]");
  }
}
