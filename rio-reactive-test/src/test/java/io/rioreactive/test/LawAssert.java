package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.rioreactive.RioStats;

/** The law of conservation: what came in or was accepted is accounted for, to the last datagram. */
public final class LawAssert {

  private LawAssert() {}

  /** Holds whenever the pump is between two turns. */
  public static void assertThatLawHolds(RioStats stats) {
    assertThat(stats.received())
        .as("received = delivered + skipped + dropped: %s", stats)
        .isEqualTo(stats.delivered() + stats.skipped() + stats.droppedTotal());
    assertThat(stats.accepted())
        .as("accepted = sent + failed + discarded + in flight: %s", stats)
        .isEqualTo(stats.sent() + stats.failedTotal() + stats.discarded() + stats.inFlight());
  }
}
