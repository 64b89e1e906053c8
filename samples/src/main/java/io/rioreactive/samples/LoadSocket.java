package io.rioreactive.samples;

import io.rioreactive.DatagramView;
import io.rioreactive.DatagramWriter;
import io.rioreactive.RioConnection;
import java.util.concurrent.ThreadLocalRandom;
import org.HdrHistogram.Histogram;
import reactor.core.publisher.Sinks;
import reactor.util.concurrent.Queues;

/**
 * One socket of the load: what it sends, and what it makes of the replies. A datagram carries the
 * socket's tag, its sequence number and its time, 8 bytes each. What is sent is this object itself,
 * once for each datagram, so nothing is allocated for one.
 *
 * <p>The pump, a timer and the sample's thread use it, one at a time.
 */
final class LoadSocket {

  static final int HEADER = 3 * Long.BYTES;

  /** A datagram is given up between 10 and 11 ticks after it was sent. */
  static final int TICKS_TO_WAIT = 10;

  /** When the datagram with this sequence number is sent, or should have been: its time. */
  interface Clock {
    long timeOf(long sequence);
  }

  private final Clock clock;
  private final boolean isClosedLoop;
  private final int size;

  /** Of all sockets: the pump alone records, and nobody reads before the sockets are closed. */
  private final Histogram latency;

  private final long tag = ThreadLocalRandom.current().nextLong();
  private final byte[] filler;
  private final ReplyWindow window = new ReplyWindow();
  private final Sinks.Many<LoadSocket> permits;
  private final long[] sentAtTick = new long[TICKS_TO_WAIT];
  private int tick;

  /** Permits that have not become a datagram yet. */
  private int waiting;

  private boolean stopped;
  private long echoed;
  private long late;
  private long duplicates;
  private long foreign;

  /**
   * A socket that sends nothing yet.
   *
   * @param waiting the most permits that wait
   */
  LoadSocket(Clock clock, boolean isClosedLoop, int size, int waiting, Histogram latency) {
    this.clock = clock;
    this.isClosedLoop = isClosedLoop;
    this.size = size;
    this.latency = latency;
    this.filler = new byte[size - HEADER];
    this.permits =
        Sinks.many().unicast().onBackpressureBuffer(Queues.<LoadSocket>get(waiting).get());
  }

  /** Whatever fails ends the connection, which {@link Load} sees. */
  void runOn(RioConnection connection) {
    connection.receive(this::onDatagram).subscribe(reply -> {}, failure -> {});
    connection.send(permits.asFlux(), LoadSocket::encode).subscribe(done -> {}, failure -> {});
  }

  /** Lets one more datagram go; answers false if too many wait already. */
  synchronized boolean permit() {
    boolean given = !stopped && permits.tryEmitNext(this).isSuccess();
    if (given) {
      waiting++;
    }
    return given;
  }

  synchronized void stop() {
    stopped = true;
  }

  private synchronized void encode(DatagramWriter out) {
    waiting--;
    long sequence = window.send();
    out.putLong(tag).putLong(sequence).putLong(clock.timeOf(sequence)).put(filler);
  }

  private synchronized LoadSocket onDatagram(DatagramView reply) {
    if (reply.length() != size || reply.getLong(0) != tag) {
      foreign++;
      return this;
    }
    switch (window.onReply(reply.getLong(8))) {
      case IN_TIME -> {
        onEchoed(reply.getLong(16));
        if (isClosedLoop) {
          permit();
        }
      }
      case LATE -> {
        onEchoed(reply.getLong(16));
        late++;
      }
      case DUPLICATE -> duplicates++;
      case UNKNOWN -> foreign++;
    }
    return this;
  }

  private void onEchoed(long time) {
    echoed++;
    long nanos = System.nanoTime() - time;
    latency.recordValue(Math.clamp(nanos, 0, latency.getHighestTrackableValue()));
  }

  /** Called ten times a second: a lost datagram does not use up the window for ever. */
  synchronized void onTick() {
    long sentThen = sentAtTick[tick];
    sentAtTick[tick] = window.sent();
    tick = (tick + 1) % sentAtTick.length;
    for (long lost = window.giveUpBefore(sentThen); lost > 0 && isClosedLoop; lost--) {
      permit();
    }
  }

  /** Whether all that was let go has been sent and answered. */
  synchronized boolean isDone() {
    return waiting == 0 && echoed == window.sent();
  }

  /** What is under way now is lost, unless its reply comes all the same. */
  synchronized void giveUp() {
    window.giveUpBefore(window.sent());
  }

  synchronized LoadTotals totals() {
    return new LoadTotals(window.sent(), echoed, window.awaited(), late, duplicates, foreign);
  }
}
