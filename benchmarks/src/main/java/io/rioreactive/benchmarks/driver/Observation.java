package io.rioreactive.benchmarks.driver;

import io.rioreactive.benchmarks.driver.Running.Counters;
import io.rioreactive.benchmarks.load.Held;
import io.rioreactive.benchmarks.load.Sockets;
import io.rioreactive.benchmarks.report.Sample;
import io.rioreactive.benchmarks.report.Sample.Latency;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/** A contender's counters, clock and sockets before a load; what changed is a sample. */
final class Observation {

  private static final long LONGEST_DRAIN = TimeUnit.SECONDS.toNanos(30);

  private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(100);

  private final Running contender;
  private final Set<Integer> ports;
  private final long datagramsForEachDrop;
  private final Counters counters;
  private final Sockets sockets;
  private final long started;
  private final long cpu;

  private Observation(Running contender, long datagramsForEachDrop) throws IOException {
    this.contender = contender;
    this.datagramsForEachDrop = datagramsForEachDrop;
    ports = Set.copyOf(contender.ports());
    counters = contender.stats();
    sockets = Sockets.of(ports);
    contender.cpu().awaitIdle();
    started = System.nanoTime();
    cpu = contender.cpu().nanos();
  }

  static Observation begin(Running contender) throws IOException {
    return new Observation(contender, 1);
  }

  /** The same, where what the kernel counts as one drop may be several datagrams. */
  static Observation begin(Running contender, long datagramsForEachDrop) throws IOException {
    return new Observation(contender, datagramsForEachDrop);
  }

  /** The end, once everything that was sent has been dealt with. */
  Sample end(long sent, Histogram times) throws IOException {
    Sockets after = awaitEmpty();
    contender.cpu().awaitIdle();
    long used = contender.cpu().nanos() - cpu;
    return sample(sent, used, after, times);
  }

  /** The same, where the load itself has measured the CPU, and perhaps not for all. */
  Sample end(Held.Cycles cycles) throws IOException {
    Sockets after = awaitEmpty();
    // With io_uring a socket may be empty before its datagrams have been looked at.
    contender.cpu().awaitIdle();
    double seconds = (System.nanoTime() - started) / 1e9;
    long received = contender.stats().received() - counters.received();
    long drops = drops(after);
    return sample(
        cycles.measured() - drops,
        seconds,
        cycles.cpuNanos(),
        cycles.sent(),
        drops,
        cycles.sent() - received - drops,
        new Histogram(3));
  }

  /**
   * The same where the contender takes its time: what is in its own queues counts, until nothing
   * has come for a while. Its CPU is mostly that of waiting.
   */
  Sample endOfSlow(long sent) throws IOException {
    long before = -1;
    for (long now = contender.stats().received(); now != before; ) {
      LockSupport.parkNanos(LONGEST_PAUSE);
      before = now;
      now = contender.stats().received();
    }
    return end(sent, new Histogram(3));
  }

  /** The same of what the contender has sent itself. */
  Sample endOfSends(long sent, long arrived, long drops) throws IOException {
    double seconds = (System.nanoTime() - started) / 1e9;
    contender.cpu().awaitIdle();
    long used = contender.cpu().nanos() - cpu;
    return sample(sent, seconds, used, sent, drops, sent - arrived - drops, new Histogram(3));
  }

  private Sample sample(long sent, long used, Sockets after, Histogram times) throws IOException {
    double seconds = (System.nanoTime() - started) / 1e9;
    long received = contender.stats().received() - counters.received();
    long drops = drops(after);
    return sample(received, seconds, used, sent, drops, sent - received - drops, times);
  }

  private Sample sample(
      long datagrams,
      double seconds,
      long used,
      long sent,
      long drops,
      long missing,
      Histogram times)
      throws IOException {
    double divisor = Math.max(datagrams, 1);
    Counters now = contender.stats();
    long allocated = now.allocated() - counters.allocated();
    return new Sample(
        used / divisor,
        datagrams,
        datagrams / seconds,
        allocated / divisor,
        sent,
        drops,
        missing,
        now.told() < 0 ? -1 : (now.told() - counters.told()) * datagramsForEachDrop,
        latency(times));
  }

  private long drops(Sockets after) {
    return (after.drops() - sockets.drops()) * datagramsForEachDrop;
  }

  private Sockets awaitEmpty() throws IOException {
    long end = System.nanoTime() + LONGEST_DRAIN;
    while (true) {
      Sockets now = Sockets.of(ports);
      if (now.queuedBytes() == 0) {
        return now;
      }
      if (System.nanoTime() - end > 0) {
        throw new IOException("leaves datagrams in its socket");
      }
    }
  }

  private static Latency latency(Histogram times) {
    return new Latency(
        times.getValueAtPercentile(50),
        times.getValueAtPercentile(90),
        times.getValueAtPercentile(99),
        times.getValueAtPercentile(99.9),
        times.getMaxValue());
  }
}
