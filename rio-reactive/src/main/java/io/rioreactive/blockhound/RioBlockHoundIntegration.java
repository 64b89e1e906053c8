package io.rioreactive.blockhound;

import reactor.blockhound.BlockHound;
import reactor.blockhound.integration.BlockHoundIntegration;

/**
 * Lets a pump wait where that is its business: between two turns. Within a turn it must not block,
 * and BlockHound knows its thread for one that must not by Reactor's {@code NonBlocking}.
 *
 * <p>Public for {@link java.util.ServiceLoader} alone.
 */
public final class RioBlockHoundIntegration implements BlockHoundIntegration {

  private static final String PUMP_THREAD = "io.rioreactive.PumpThread";

  /** For {@link java.util.ServiceLoader}. */
  public RioBlockHoundIntegration() {}

  @Override
  public void applyTo(BlockHound.Builder builder) {
    builder.allowBlockingCallsInside(PUMP_THREAD, "awaitFirstBind");
    builder.allowBlockingCallsInside(PUMP_THREAD, "spin");
  }
}
