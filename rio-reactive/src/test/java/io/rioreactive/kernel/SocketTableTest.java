package io.rioreactive.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SocketTableTest {

  private final SocketTable<String> table = new SocketTable<>();

  private void fill(int count) {
    for (int i = 0; i < count; i++) {
      assertThat(table.freeIndex()).isEqualTo(i);
      table.put(i, "socket " + i);
    }
  }

  @Test
  void theLowestFreeIndexIsUsedAgain() {
    fill(10);
    table.remove(7);
    table.remove(3);

    assertThat(table.freeIndex()).isEqualTo(3);
    assertThat(table.bound()).isEqualTo(10);
    assertThat(table.count()).isEqualTo(8);
    table.put(3, "another");
    assertThat(table.get(3)).isEqualTo("another");
    assertThat(table.freeIndex()).isEqualTo(7);
  }

  @Test
  void theBoundFollowsTheHighestSocket() {
    fill(5);
    table.remove(3);
    assertThat(table.bound()).isEqualTo(5);
    table.remove(4);
    assertThat(table.bound()).isEqualTo(3);
    for (int i = 0; i < 3; i++) {
      table.remove(i);
    }
    assertThat(table.bound()).isZero();
    assertThat(table.isEmpty()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 2, 3, 1L << 32, Long.MIN_VALUE, Long.MAX_VALUE, 0xFFFF_FFFFL})
  void anyOtherNumberIsNobodys(long index) {
    fill(2);
    assertThat(table.get(index)).isNull();
  }

  @Test
  void aSocketIsNeitherOverwrittenNorRemovedTwice() {
    fill(2);
    assertThatThrownBy(() -> table.put(1, "another")).hasMessageContaining("index 1");
    table.remove(1);
    assertThatThrownBy(() -> table.remove(1)).hasMessageContaining("index 1");
    assertThat(table.count()).isEqualTo(1);
  }
}
