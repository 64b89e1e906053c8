package io.rioreactive.test;

import static org.assertj.core.api.Assertions.assertThat;

/** The law of conservation of a network: every datagram is somewhere. */
public final class NetworkLaw {

  private NetworkLaw() {}

  /** Holds at any time. */
  public static void assertThatItHolds(SimulatedNetwork network) {
    NetworkStats stats = network.stats();
    assertThat(stats.sent() + stats.duplicated())
        .as("sent + duplicated = delivered + lost + in flight: %s", network)
        .isEqualTo(stats.delivered() + stats.lostTotal() + stats.inFlight());
  }
}
