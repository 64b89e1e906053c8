package io.rioreactive.test;

import io.rioreactive.RioConnection;
import org.assertj.core.api.Assertions;

/**
 * AssertJ's assertions, and those of this library. With one import, both:
 *
 * <pre>{@code
 * import static io.rioreactive.test.RioAssertions.assertThat;
 *
 * StepVerifier.create(server.receive(), 0)
 *     .thenRequest(5)
 *     .then(() -> assertThat(server).hasPosted(5).hasUnmetDemand(5).hasDroppedNothing())
 *     …
 * }</pre>
 *
 * <p>They need AssertJ ({@code org.assertj:assertj-core}), which this artifact does not bring
 * along.
 */
public final class RioAssertions extends Assertions {

  private RioAssertions() {}

  /** What a connection has done so far, and what the kernel has of it. */
  public static RioConnectionAssert assertThat(RioConnection connection) {
    return new RioConnectionAssert(connection);
  }

  /** What became of the datagrams of a network. */
  public static SimulatedNetworkAssert assertThat(SimulatedNetwork network) {
    return new SimulatedNetworkAssert(network);
  }
}
