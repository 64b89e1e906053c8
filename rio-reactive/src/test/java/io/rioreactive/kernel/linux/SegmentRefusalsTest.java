package io.rioreactive.kernel.linux;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is remembered of refused runs, where two peers fall on the same place. */
class SegmentRefusalsTest {

  private static final long PEER = 1;
  private static final long NEIGHBOUR = 2; // the upper bits tell the place

  private final SegmentRefusals refusals = new SegmentRefusals();

  @Test
  void aNeighbourIsNotForbiddenAndTakesThePlace() {
    refusals.add(PEER, 100);
    assertThat(refusals.forbid(NEIGHBOUR, 100)).isFalse();
    assertThat(refusals.forbid(PEER, 100)).isTrue();

    refusals.add(NEIGHBOUR, 50);
    assertThat(refusals.forbid(NEIGHBOUR, 50)).isTrue();
    assertThat(refusals.forbid(PEER, 100)).isFalse();
  }

  @Test
  void nothingIsForbiddenAtFirst() {
    assertThat(refusals.forbid(0, Integer.MAX_VALUE - 1)).isFalse();
  }
}
