package io.rioreactive;

import io.rioreactive.jfr.FlightEvents;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.scheduler.Schedulers;

/**
 * Looks at one pump from outside, once a second, for two things that its users should hear of, once
 * for each connection, and in each second of a flight recording:
 *
 * <ul>
 *   <li>a turn that does not end, because a subscriber blocks: the connection and the stack;
 *   <li>a socket that nobody receives from while the kernel drops its datagrams; in the recording
 *       also one whose subscriber has no demand.
 * </ul>
 *
 * <p>Runs on Reactor's {@code single} scheduler and only reads.
 */
final class PumpWatch implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(PumpWatch.class);

  private static final long PERIOD_MILLIS = 1_000;
  private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Pump pump;
  private final Thread thread;
  private final LongSupplier nanoTime;
  private final Map<UdpConnection, Long> dropsWhenRead = new WeakHashMap<>();
  private final Map<UdpConnection, Long> dropsSeen = new WeakHashMap<>();
  private final Set<Object> namedAsStalled = Collections.newSetFromMap(new WeakHashMap<>());
  private final Set<UdpConnection> emptyBefore = Collections.newSetFromMap(new WeakHashMap<>());
  private final Set<UdpConnection> namedAsUnread = Collections.newSetFromMap(new WeakHashMap<>());

  PumpWatch(Pump pump, Thread thread) {
    this(pump, thread, System::nanoTime);
  }

  /** For tests, which do not wait. */
  PumpWatch(Pump pump, Thread thread, LongSupplier nanoTime) {
    this.pump = pump;
    this.thread = thread;
    this.nanoTime = nanoTime;
  }

  Disposable start() {
    return Schedulers.single()
        .schedulePeriodically(this, PERIOD_MILLIS, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
  }

  @Override
  public void run() {
    lookForStall();
    pump.connections().forEach(this::lookForDrops);
  }

  private void lookForStall() {
    long started = pump.turnStarted();
    long nanos = nanoTime.getAsLong() - started;
    UdpConnection connection = pump.current();
    if (started == 0 || nanos < STALLED_NANOS) {
      return;
    }
    StackTraceElement[] stack = thread.getStackTrace();
    Object culprit =
        connection == null ? pump : connection; // a handler that is being called has none yet
    if (pump.turnStarted() != started) {
      return; // it has ended meanwhile, and the stack is another's
    }
    if (FlightEvents.isRecording()) {
      String name = connection == null ? "" : connection.name();
      FlightEvents.blocked(name, culprit.toString(), nanos, text(stack));
    }
    if (namedAsStalled.add(culprit)) {
      LOG.warn(
          "{}: blocks its pump since {} ms, and with it every connection of that pump: do not block"
              + " in a handler, subscriber, decoder or encoder; publishOn another scheduler. Stack"
              + " of {}:{}",
          culprit,
          TimeUnit.NANOSECONDS.toMillis(nanos),
          thread.getName(),
          text(stack));
    }
  }

  private static String text(@Nullable StackTraceElement[] stack) {
    StringBuilder text = new StringBuilder();
    for (StackTraceElement element : stack) {
      text.append(System.lineSeparator()).append("\tat ").append(element);
    }
    return text.toString();
  }

  private void lookForDrops(UdpConnection connection) {
    long drops = connection.kernelDrops().orElse(0);
    recordDrops(connection, drops);
    lookForUnread(connection, drops);
  }

  private void recordDrops(UdpConnection connection, long drops) {
    long before = dropsSeen.getOrDefault(connection, 0L);
    dropsSeen.put(connection, drops);
    if (FlightEvents.isRecording()
        && drops > before
        && connection.udpInbound().unmetDemand() == 0) {
      FlightEvents.starved(connection.name(), connection.toString(), drops - before);
    }
  }

  private void lookForUnread(UdpConnection connection, long drops) {
    if (connection.udpInbound().hasSubscriber()) {
      dropsWhenRead.put(connection, drops);
      emptyBefore.remove(connection);
      return;
    }
    // twice in a row: between two of next().repeat() nobody is subscribed for a moment
    boolean wasEmpty = !emptyBefore.add(connection);
    boolean hasLost = drops > dropsWhenRead.getOrDefault(connection, 0L);
    if (wasEmpty && hasLost && namedAsUnread.add(connection)) {
      LOG.warn(
          "{}: nobody receives from it, its receive buffer is full and the kernel has dropped {}"
              + " datagrams: subscribe to receive(), or close it",
          connection,
          drops);
    }
  }
}
