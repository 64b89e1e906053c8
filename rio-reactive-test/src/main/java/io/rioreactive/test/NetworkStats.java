package io.rioreactive.test;

import java.util.Map;

/**
 * What became of the datagrams of a {@link SimulatedNetwork} so far: {@code sent + duplicated =
 * delivered + lost + in flight}, at any time.
 *
 * @param sent datagrams that left a socket
 * @param duplicated copies that the network made: by {@link Link#duplicate}, and for each member of
 *     a group beyond the first
 * @param delivered datagrams that a socket took, into a posted receive or its receive buffer
 * @param inFlight datagrams that are under way
 * @param lost how many were lost, by cause; causes that did not occur are not in it
 */
public record NetworkStats(
    long sent, long duplicated, long delivered, long inFlight, Map<LossCause, Long> lost) {

  /** Copies the map. */
  public NetworkStats {
    lost = Map.copyOf(lost);
  }

  /** How many were lost for this cause. */
  public long lost(LossCause cause) {
    return lost.getOrDefault(cause, 0L);
  }

  /** How many were lost in all. */
  public long lostTotal() {
    return lost.values().stream().mapToLong(Long::longValue).sum();
  }
}
