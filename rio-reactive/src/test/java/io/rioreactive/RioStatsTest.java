package io.rioreactive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The statistics are a snapshot")
class RioStatsTest {

  private final Map<DropReason, Long> dropped = new EnumMap<>(DropReason.class);
  private final Map<DropReason, Long> failed = new EnumMap<>(DropReason.class);

  @Test
  @DisplayName("unbounded demand is shown as such, any other as its number")
  void unbounded() {
    RioStats unbounded = stats(Long.MAX_VALUE, OptionalLong.empty());
    RioStats bounded = stats(Long.MAX_VALUE - 1, OptionalLong.empty());

    assertThat(unbounded.isDemandUnbounded()).isTrue();
    assertThat(unbounded.toString()).startsWith("demand unbounded, posted 3 of 8;");
    assertThat(bounded.isDemandUnbounded()).isFalse();
    assertThat(bounded.toString()).startsWith("demand 9223372036854775806, posted");
    assertThat(stats(0, OptionalLong.empty()).toString()).startsWith("demand 0, posted");
  }

  @Test
  @DisplayName("unknown kernel drops are shown as unknown, never as 0")
  void kernelDrops() {
    assertThat(stats(1, OptionalLong.empty()).toString()).contains("by the kernel unknown");
    assertThat(stats(1, OptionalLong.of(0)).toString()).contains("by the kernel 0");
    assertThat(stats(1, OptionalLong.of(7)).toString()).contains("by the kernel 7");
  }

  @Test
  @DisplayName("drops are counted by reason, in their direction, and in total")
  void counts() {
    dropped.put(DropReason.TRUNCATED, 2L);
    dropped.put(DropReason.CLOSED, 5L);
    failed.put(DropReason.TOO_LARGE, 4L);
    RioStats stats = stats(1, OptionalLong.empty());

    assertThat(stats.count(DropReason.TRUNCATED)).isEqualTo(2);
    assertThat(stats.count(DropReason.DECODER)).isZero();
    assertThat(stats.count(DropReason.TOO_LARGE)).isEqualTo(4);
    assertThat(stats.count(DropReason.ENCODER)).isZero();
    assertThat(stats.droppedTotal()).isEqualTo(7);
    assertThat(stats.failedTotal()).isEqualTo(4);
  }

  @Test
  @DisplayName("its text names the reasons that occurred, and leaves the others out")
  void text() {
    dropped.put(DropReason.CLOSED, 5L);
    dropped.put(DropReason.TRUNCATED, 2L);
    dropped.put(DropReason.DECODER, 0L);
    failed.put(DropReason.TOO_LARGE, 4L);

    assertThat(stats(1, OptionalLong.empty()).toString())
        .contains("dropped TRUNCATED 2, CLOSED 5, dropped by")
        .contains("failed TOO_LARGE 4")
        .doesNotContain("DECODER");
  }

  @Test
  @DisplayName("what is counted later does not change it, and nobody else can")
  void snapshot() {
    dropped.put(DropReason.CLOSED, 5L);
    RioStats stats = stats(1, OptionalLong.empty());

    dropped.put(DropReason.CLOSED, 6L);

    assertThat(stats.count(DropReason.CLOSED)).isEqualTo(5);
    assertThatThrownBy(() -> stats.dropped().put(DropReason.CLOSED, 7L))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> stats.failed().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  private RioStats stats(long demand, OptionalLong kernelDrops) {
    return new RioStats(
        demand,
        3,
        8,
        0,
        0,
        0,
        0,
        dropped,
        0,
        0,
        0,
        0,
        failed,
        0,
        0,
        4,
        0,
        0,
        0,
        0,
        0,
        0,
        Duration.ZERO,
        kernelDrops,
        List.of());
  }
}
