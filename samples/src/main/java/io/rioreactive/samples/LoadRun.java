package io.rioreactive.samples;

import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** The sockets of one load, all on the pump that clients share, and the course of it. */
final class LoadRun implements AutoCloseable {

  private static final Duration TICK = Duration.ofMillis(100);
  private static final int TICKS_A_SECOND = 10;

  /** Send slots of a socket, and in an open loop how many more may wait for one. */
  private static final int SEND_SLOTS = 256;

  /** For replies to a socket in an open loop, which may come in any number: so many bytes. */
  private static final int OPEN_LOOP_ROOM = 1 << 20;

  /** What a datagram costs the kernel besides its payload, roughly. */
  private static final int OVERHEAD = 512;

  /** How long to park when nothing can be sent or nothing has come yet. */
  private static final long PAUSE = TimeUnit.MICROSECONDS.toNanos(100);

  private final LoadSettings settings;
  private final Histogram latency = new Histogram(TimeUnit.HOURS.toNanos(1), 3);
  private final List<LoadSocket> sockets = new ArrayList<>();
  private final List<RioConnection> connections = new ArrayList<>();
  private final CountDownLatch stop = new CountDownLatch(1);
  private volatile @Nullable Throwable failure;
  private long start;
  private double seconds;
  private long notSent;
  private LoadTotals shown = LoadTotals.NONE;

  LoadRun(LoadSettings settings) {
    this.settings = settings;
    RioUdpClient client =
        RioUdpClient.create()
            .host(settings.to().getHostString())
            .port(settings.to().getPort())
            .provider(settings.provider())
            .datagramSize(settings.size());
    try {
      for (int i = 0; i < settings.sockets(); i++) {
        int replies =
            settings.isClosedLoop()
                ? settings.windowOf(i)
                : Math.max(16, OPEN_LOOP_ROOM / (settings.size() + OVERHEAD));
        connections.add(
            client.receiveSlots(replies).sendSlots(Math.min(replies, SEND_SLOTS)).connectNow());
        connections.getLast().onDispose().subscribe(closed -> {}, this::onFailed);
        sockets.add(socket(i));
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private LoadSocket socket(int index) {
    boolean isClosedLoop = settings.isClosedLoop();
    return new LoadSocket(
        isClosedLoop ? sequence -> System.nanoTime() : sequence -> timeOf(index, sequence),
        isClosedLoop,
        settings.size(),
        isClosedLoop ? settings.windowOf(index) : SEND_SLOTS,
        latency);
  }

  /** Of a socket's datagram in an open loop: the sockets take turns. */
  private long timeOf(int socket, long sequence) {
    return schedule().timeOf(sequence * settings.sockets() + socket);
  }

  private SendSchedule schedule() {
    return new SendSchedule(start, settings.rate());
  }

  private void onFailed(Throwable socketFailed) {
    failure = socketFailed;
    stop.countDown();
  }

  /**
   * Sends until the time is up or {@link #stop}, waits a moment for what is under way, and closes.
   */
  void send(Consumer<String> progress) {
    start = System.nanoTime();
    for (int i = 0; i < sockets.size(); i++) {
      sockets.get(i).runOn(connections.get(i));
    }
    Disposable ticks = Flux.interval(TICK).subscribe(tick -> onTick(tick, progress));
    try {
      if (settings.isClosedLoop()) {
        sendClosedLoop();
      } else {
        sendOpenLoop();
      }
      seconds = (System.nanoTime() - start) / 1e9;
      sockets.forEach(LoadSocket::stop);
      awaitReplies();
      close(); // the pump has counted and recorded its last
      sockets.forEach(LoadSocket::giveUp);
    } finally {
      ticks.dispose();
    }
  }

  private void sendClosedLoop() {
    for (int i = 0; i < sockets.size(); i++) {
      for (int n = settings.windowOf(i); n > 0; n--) {
        sockets.get(i).permit();
      }
    }
    while (isTime()) {
      LockSupport.parkNanos(PAUSE);
    }
  }

  private boolean isTime() {
    return System.nanoTime() - start < settings.duration().toNanos() && stop.getCount() > 0;
  }

  /** By the clock alone: what is sent late counts from when it was to be sent. */
  private void sendOpenLoop() {
    SendSchedule schedule = schedule();
    long next = 0;
    while (isTime()) {
      long early = schedule.timeOf(next) - System.nanoTime();
      if (early > 0) {
        LockSupport.parkNanos(Math.min(early, PAUSE * 100)); // the time may be up before
      } else if (sockets.get((int) (next % sockets.size())).permit()) {
        next++;
      } else {
        LockSupport.parkNanos(PAUSE);
      }
    }
    long until = Math.min(System.nanoTime() - start, settings.duration().toNanos());
    while (schedule.timeOf(next + notSent) - start < until) {
      notSent++;
    }
  }

  private void awaitReplies() {
    long deadline = System.nanoTime() + (LoadSocket.TICKS_TO_WAIT + 1) * TICK.toNanos();
    while (System.nanoTime() - deadline < 0 && !sockets.stream().allMatch(LoadSocket::isDone)) {
      LockSupport.parkNanos(PAUSE);
    }
  }

  private void onTick(long tick, Consumer<String> progress) {
    sockets.forEach(LoadSocket::onTick);
    if ((tick + 1) % TICKS_A_SECOND == 0) {
      LoadTotals now = totals();
      progress.accept(
          "echoed %,d/s, lost %,d so far".formatted(now.echoed() - shown.echoed(), now.lost()));
      shown = now;
    }
  }

  /** From any thread: sends nothing more. */
  void stop() {
    stop.countDown();
  }

  /** Closes the sockets; what they have counted stays. */
  @Override
  public void close() {
    connections.forEach(RioConnection::dispose);
    connections.forEach(RioConnection::disposeNow);
  }

  /** While it runs, without what is under way; then that is lost. */
  LoadTotals totals() {
    return sockets.stream().map(LoadSocket::totals).reduce(LoadTotals.NONE, LoadTotals::plus);
  }

  /** Read it after {@link #send}. */
  Histogram latency() {
    return latency;
  }

  /** How long it sent. */
  double seconds() {
    return seconds;
  }

  /** Of an open loop: what should have been sent before the time was up. */
  long notSent() {
    return notSent;
  }

  String provider() {
    return connections.getFirst().provider();
  }

  /** How often the network said so. */
  long unreachable() {
    return connections.stream().mapToLong(connection -> connection.stats().unreachable()).sum();
  }

  /** What the sockets lost, and how often the network said that the peer is not there. */
  String troubles() {
    String losses = Console.losses(connections.stream().map(RioConnection::stats).toList());
    return unreachable() == 0 ? losses : losses + "; unreachable %,d".formatted(unreachable());
  }

  void throwIfFailed() {
    Throwable thrown = failure;
    if (thrown != null) {
      throw new UncheckedIOException(
          thrown.getMessage(), thrown instanceof IOException io ? io : new IOException(thrown));
    }
  }
}
