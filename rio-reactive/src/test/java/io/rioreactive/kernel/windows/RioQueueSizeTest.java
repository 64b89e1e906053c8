package io.rioreactive.kernel.windows;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RioQueueSizeTest {

  private final RioQueueSize size = new RioQueueSize();

  /** What a completion queue does for each socket. */
  private void join(int claim) {
    assertThat(size.isPossible(claim)).isTrue();
    size.onResized(size.sizeWith(claim));
    size.take(claim);
    assertThat(size.claimed()).isLessThanOrEqualTo(size.size());
  }

  @Test
  void aClaimIsAPlaceForEachPost() {
    assertThat(RioQueueSize.claim(1_024, 256)).isEqualTo(1_280);
  }

  @Test
  void theFirstSocketWithTheDefaultSlotsDoesNotResize() {
    assertThat(size.sizeWith(RioQueueSize.claim(1_024, 256))).isEqualTo(RioQueueSize.FIRST);
  }

  @Test
  void aLargeClaimGetsWhatItNeeds() {
    assertThat(size.sizeWith(110_000)).isEqualTo(110_000);
  }

  @Test
  void manySocketsGrowItAFewTimesOnly() {
    int resizes = 0;
    for (int socket = 0; socket < 10_000; socket++) {
      int before = size.size();
      join(1_280);
      resizes += size.size() == before ? 0 : 1;
    }
    assertThat(size.claimed()).isEqualTo(12_800_000);
    assertThat(resizes).isLessThan(20);
  }

  @Test
  void whatIsGivenBackIsUsedAgain() {
    join(2_000);
    size.giveBack(2_000);
    assertThat(size.sizeWith(2_000)).isEqualTo(RioQueueSize.FIRST);
  }

  @Test
  void itIsNeverLongerThanTheSystemAllows() {
    join(RioQueueSize.MOST - 10);
    assertThat(size.size()).isEqualTo(RioQueueSize.MOST - 10);
    assertThat(size.sizeWith(10)).isEqualTo(RioQueueSize.MOST);
    assertThat(size.isPossible(10)).isTrue();
    assertThat(size.isPossible(11)).isFalse();
  }

  @Test
  void doublingStopsAtTheMost() {
    join(RioQueueSize.MOST / 2 + 1);
    assertThat(size.sizeWith(1)).isEqualTo(RioQueueSize.MOST);
  }
}
