package io.rioreactive.benchmarks.report;

/**
 * One contender's part of one round.
 *
 * @param cpuNanos CPU of its whole process for each datagram
 * @param datagrams how many that were
 * @param perSecond of them in a second
 * @param allocatedBytes of heap for each datagram, all threads together
 * @param sent datagrams that were sent to it, or by it
 * @param kernelDrops of those, dropped by the kernel since a receive buffer was full; also where
 *     the kernel counts messages of several
 * @param missing of those, neither received nor dropped by the kernel
 * @param toldDrops kernel drops as the library tells its user, counted in the same way; -1 if it
 *     does not
 * @param latency of an echo; all zero where there is none
 */
public record Sample(
    double cpuNanos,
    long datagrams,
    double perSecond,
    double allocatedBytes,
    long sent,
    long kernelDrops,
    long missing,
    long toldDrops,
    Latency latency) {

  /** The same of an echo, where what counts as missing is what has not come back. */
  public Sample missingReplies(long replies) {
    return new Sample(
        cpuNanos,
        datagrams,
        perSecond,
        allocatedBytes,
        sent,
        kernelDrops,
        sent - replies - kernelDrops,
        toldDrops,
        latency);
  }

  /** Percentiles, in nanoseconds. */
  public record Latency(long p50, long p90, long p99, long p999, long max) {}
}
