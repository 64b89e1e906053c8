package io.rioreactive;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/**
 * What one connection counts. Each counter has one writer, the pump ({@link #HANDLER_FAILED} of a
 * {@code handle} publisher: its own signals, which are serial); any thread may read.
 */
final class Counters {

  static final int RECEIVED = 0;
  static final int DELIVERED = 1;
  static final int SKIPPED = 2;
  static final int RECEIVE_ERRORS = 3;
  static final int BYTES_RECEIVED = 4;
  static final int ACCEPTED = 5;
  static final int SENT = 6;
  static final int DISCARDED = 7;
  static final int BYTES_SENT = 8;
  static final int BATCHES = 9;
  static final int HANDLER_FAILED = 10;
  static final int RESPOND_TIMED_OUT = 11;
  static final int UNREACHABLE = 12;
  static final int RECONNECTS = 13;
  private static final int FIRST_REASON = 14;

  private static final DropReason[] REASONS = DropReason.values();
  private static final VarHandle VALUE = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] values = new long[FIRST_REASON + REASONS.length];

  void add(int counter, long amount) {
    VALUE.setRelease(values, counter, values[counter] + amount);
  }

  void increment(int counter) {
    add(counter, 1);
  }

  void increment(DropReason reason) {
    increment(FIRST_REASON + reason.ordinal());
  }

  long get(DropReason reason) {
    return get(FIRST_REASON + reason.ordinal());
  }

  long get(int counter) {
    return (long) VALUE.getAcquire(values, counter);
  }

  /** Those of one direction, zeros included. */
  Map<DropReason, Long> drops(Drop.Direction direction) {
    Map<DropReason, Long> drops = new EnumMap<>(DropReason.class);
    for (DropReason reason : REASONS) {
      if (reason.direction() == direction) {
        drops.put(reason, get(reason));
      }
    }
    return drops;
  }

  RioStats snapshot(UdpInbound inbound, UdpOutbound outbound, UdpConnection connection) {
    return new RioStats(
        inbound.unmetDemand(),
        inbound.posted(),
        inbound.capacity(),
        inbound.surplus(),
        get(RECEIVED),
        get(DELIVERED),
        get(SKIPPED),
        drops(Drop.Direction.INBOUND),
        get(RECEIVE_ERRORS),
        get(BYTES_RECEIVED),
        get(ACCEPTED),
        get(SENT),
        drops(Drop.Direction.OUTBOUND),
        get(DISCARDED),
        outbound.inFlight(),
        outbound.capacity(),
        get(BYTES_SENT),
        get(HANDLER_FAILED),
        get(RESPOND_TIMED_OUT),
        get(UNREACHABLE),
        get(RECONNECTS),
        get(BATCHES),
        Duration.ofNanos(connection.pump().longestTurnNanos()),
        connection.kernelDrops(),
        connection.memberships());
  }
}
