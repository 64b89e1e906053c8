package io.rioreactive.kernel.windows;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RioContextTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 255, 256, 1 << 24, Integer.MAX_VALUE})
  void directionAndSlotComeBack(int slot) {
    long receive = RioContext.ofReceive(slot);
    long send = RioContext.ofSend(slot);

    assertThat(RioContext.isReceive(receive)).isTrue();
    assertThat(RioContext.isSend(receive)).isFalse();
    assertThat(RioContext.slot(receive)).isEqualTo(slot);
    assertThat(RioContext.isReceive(send)).isFalse();
    assertThat(RioContext.isSend(send)).isTrue();
    assertThat(RioContext.slot(send)).isEqualTo(slot);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -1, 3L << 32, 0xFFFF_FFFFL, Long.MIN_VALUE})
  void whatNobodyHasPackedIsNeither(long context) {
    assertThat(RioContext.isReceive(context)).isFalse();
    assertThat(RioContext.isSend(context)).isFalse();
  }

  @Test
  void noTwoRequestsOfASocketHaveTheSame() {
    assertThat(RioContext.ofReceive(7)).isNotEqualTo(RioContext.ofSend(7));
    assertThat(RioContext.ofReceive(7)).isNotEqualTo(RioContext.ofReceive(8));
  }
}
