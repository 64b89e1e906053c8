package io.rioreactive;

import io.rioreactive.kernel.RequestQueue;
import io.rioreactive.kernel.SlotRegion;
import io.rioreactive.kernel.SocketAddressFormat;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Who may send to a server: refused ports first, then the application's filter, then the rate. It
 * reads the address where the kernel has written it, so what is refused costs no object, and no
 * place in the cache of addresses.
 *
 * <p>On the pump. A client has none, since its socket hears its peer alone.
 */
final class SourceGate {

  private static final Logger LOG = LoggerFactory.getLogger(SourceGate.class);

  /** In place of a port. */
  private static final int NONE = -1;

  private final UdpConnection connection;
  private final SlotRegion region;
  private final MemorySegment memory;
  private final SocketAddressFormat format;

  /** In ascending order. */
  private final int[] refusedPorts;

  private final int highestRefused;
  private final int ownPort;
  private final @Nullable Predicate<? super SourceView> filter;
  private final @Nullable SourceLimit limit;
  private final SourceView view = new SourceView();
  private final FailureLog failures;

  /** That of timers, so that virtual time moves it: {@link System#nanoTime} in production. */
  private final Scheduler clock = Schedulers.parallel();

  private final long origin = clock.now(TimeUnit.NANOSECONDS);

  /** Since {@link #origin}, in the turn {@link #turnOfNow}: one look a turn is exact enough. */
  private long now;

  private long turnOfNow = -1;

  private SourceGate(UdpConnection connection, RequestQueue queue, UdpOptions options) {
    this.connection = connection;
    this.region = queue.receiveSlots();
    this.memory = region.memory();
    this.format = queue.addressFormat();
    this.refusedPorts = options.refusedSourcePorts().stream().mapToInt(Integer::intValue).toArray();
    this.highestRefused = refusedPorts.length == 0 ? NONE : refusedPorts[refusedPorts.length - 1];
    this.ownPort = options.refusesOwnPort() ? queue.localAddress().getPort() : NONE;
    this.filter = options.sourceFilter();
    RateLimit rate = options.rateLimit();
    this.limit = rate == null ? null : new SourceLimit(rate);
    this.failures =
        new FailureLog(
            LOG, connection, "the source filter threw", "; its datagram is dropped as FILTERED");
  }

  /** Null where everybody may send. */
  static @Nullable SourceGate of(UdpConnection connection, RequestQueue queue) {
    UdpOptions options = connection.options();
    return options.isClient || options.admitsAllSources()
        ? null
        : new SourceGate(connection, queue, options);
  }

  /** Why the datagram that stands in this place is refused; null if it is admitted. */
  @Nullable DropReason refusal(int place) {
    long address = region.addressAt(place);
    if (isRefused(format.readPort(memory, address))) {
      return DropReason.REFUSED_PORT;
    }
    return filter == null && limit == null ? null : refusalOf(address);
  }

  private boolean isRefused(int port) {
    if (port > highestRefused) { // as most are
      return port == ownPort;
    }
    return port == ownPort || Arrays.binarySearch(refusedPorts, port) >= 0;
  }

  private @Nullable DropReason refusalOf(long address) {
    long high = format.readHigh(memory, address);
    long low = format.readLow(memory, address);
    if (filter != null && !passes(filter, high, low, format.readPortAndScope(memory, address))) {
      return DropReason.FILTERED;
    }
    return limit == null || limit.admits(high, low, now()) ? null : DropReason.RATE_LIMITED;
  }

  /** A filter that throws lets nobody in. */
  private boolean passes(
      Predicate<? super SourceView> open, long high, long low, long portAndScope) {
    view.open(high, low, portAndScope);
    try {
      return open.test(view);
    } catch (Throwable thrown) {
      failures.onFailure(thrown);
      return false;
    } finally {
      view.close();
    }
  }

  private long now() {
    long turn = connection.pump().turns();
    if (turn != turnOfNow) {
      turnOfNow = turn;
      now = clock.now(TimeUnit.NANOSECONDS) - origin;
    }
    return now;
  }
}
