package io.rioreactive.samples;

import java.util.concurrent.TimeUnit;

/**
 * When each datagram of an open loop is to be sent, whatever became of those before it.
 *
 * @param start of the first one, by {@link System#nanoTime}
 * @param perSecond how many there are in a second
 */
record SendSchedule(long start, long perSecond) {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  /** Of datagram 0, 1, 2, …, by {@link System#nanoTime}. */
  long timeOf(long datagram) {
    return start
        + datagram / perSecond * SECOND // in two parts, neither of which overflows
        + datagram % perSecond * SECOND / perSecond;
  }
}
