package io.rioreactive.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The walk through a control buffer, whatever stands there. */
class ControlMessagesTest {

  private static final int SIZE = 128;
  private static final int HEADER = 16;
  private static final int LEVEL = 7;
  private static final int TYPE = 9;

  private final Arena arena = Arena.ofConfined();
  private final MemorySegment memory = arena.allocate(3 * SIZE, Long.BYTES);

  @AfterEach
  void free() {
    arena.close();
  }

  @Test
  void itFindsEachMessageWithItsData() {
    ControlMessages controls = new ControlMessages(memory, 0, SIZE);
    assertThat(controls.put(1, LEVEL, TYPE, 1)).isEqualTo(SIZE + HEADER);
    ControlMessages second = new ControlMessages(memory, SIZE + ControlMessages.space(1), SIZE);
    second.put(0, LEVEL, TYPE + 1, 20);

    controls.walk(1, ControlMessages.space(1) + ControlMessages.space(20));

    assertThat(controls.next()).isTrue();
    assertThat(controls.data()).isEqualTo(SIZE + HEADER);
    assertThat(controls.is(LEVEL, TYPE, 1)).isTrue();
    assertThat(controls.is(LEVEL, TYPE, 2)).as("more data than there is").isFalse();
    assertThat(controls.is(LEVEL + 1, TYPE, 1)).isFalse();
    assertThat(controls.is(LEVEL, TYPE + 1, 1)).isFalse();
    assertThat(controls.next()).isTrue();
    assertThat(controls.data()).isEqualTo(SIZE + 24 + HEADER);
    assertThat(controls.is(LEVEL, TYPE + 1, 20)).isTrue();
    assertThat(controls.next()).isFalse();
    assertThat(controls.next()).isFalse();
  }

  @Test
  void theLastOneNeedNoPadding() {
    ControlMessages controls = new ControlMessages(memory, 0, SIZE);
    controls.put(0, LEVEL, TYPE, 1);

    controls.walk(0, HEADER + 1);

    assertThat(controls.next()).isTrue();
    assertThat(controls.is(LEVEL, TYPE, 1)).isTrue();
    assertThat(controls.next()).isFalse();
  }

  @Test
  void oneThatIsCutOffIsNone() {
    ControlMessages controls = new ControlMessages(memory, 0, SIZE);
    controls.put(0, LEVEL, TYPE, 8);
    for (long length : new long[] {-1, 0, 15, 16, 23, Long.MIN_VALUE}) {
      controls.walk(0, length);
      assertThat(controls.next()).as("control of %d bytes", length).isFalse();
    }
  }

  @Test
  void aLengthThatCannotBeEndsTheWalk() {
    ControlMessages controls = new ControlMessages(memory, 0, SIZE);
    long[] lengths = {0, 1, 15, SIZE + 1, -1, -8, Long.MAX_VALUE, Long.MAX_VALUE - 7};
    for (long length : lengths) {
      controls.put(1, LEVEL, TYPE, length - HEADER);
      controls.walk(1, Long.MAX_VALUE);
      assertThat(controls.next()).as("cmsg_len %d", length).isFalse();
    }
  }

  /** Each buffer stands between two others: what is outside of it is never a message's. */
  @Test
  void arbitraryBytesNeverLeadOutside() {
    ControlMessages controls = new ControlMessages(memory, 0, SIZE);
    Random random = new Random(20_260_101);
    int found = 0;
    for (int round = 0; round < 200_000; round++) {
      fill(random);
      long length = random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(SIZE + 16);
      long end = (long) SIZE + Math.clamp(length, 0, SIZE);

      controls.walk(1, length);

      List<Long> data = new ArrayList<>();
      while (controls.next()) {
        data.add(controls.data());
        assertThat(data).hasSizeLessThanOrEqualTo(SIZE / HEADER);
        int most = (int) (end - controls.data());
        assertThat(most).isBetween(0, SIZE);
        int level = memory.get(JAVA_INT, controls.data() - 8);
        int type = memory.get(JAVA_INT, controls.data() - 4);
        assertThat(controls.is(level, type, most + 1)).as("data beyond the end").isFalse();
      }
      assertThat(data).isSorted().doesNotHaveDuplicates();
      assertThat(data).allMatch(at -> at >= SIZE + HEADER && at <= end);
      found += data.size();
    }
    assertThat(found).as("messages in all").isGreaterThan(50_000);
  }

  /** Noise, with lengths that are likely to be believed, at places where they are looked for. */
  private void fill(Random random) {
    byte[] bytes = new byte[(int) memory.byteSize()];
    random.nextBytes(bytes);
    MemorySegment.copy(bytes, 0, memory, JAVA_BYTE, 0, bytes.length);
    for (int at = SIZE; at < 2 * SIZE; at += 8) {
      if (random.nextInt(3) > 0) {
        memory.set(JAVA_LONG, at, random.nextInt(SIZE));
      }
    }
  }
}
