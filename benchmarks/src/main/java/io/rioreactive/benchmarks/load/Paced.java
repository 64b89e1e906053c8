package io.rioreactive.benchmarks.load;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Asks for echoes by the clock, whether the earlier ones have come back or not. The time of each
 * counts from when it was to be sent, so that a contender that stalls is charged for all who would
 * have waited. Spins, so it needs a core of its own.
 */
public final class Paced implements AutoCloseable {

  private static final int MSG_DONTWAIT = 0x40;
  private static final int MOST_AT_ONCE = 64;
  private static final long LOST = TimeUnit.MILLISECONDS.toNanos(500);

  private final Arena arena = Arena.ofConfined();
  private final LoadSocket socket;
  private final Messages out;
  private final Messages in;
  private final double interval;

  /** So many echoes of one size a second from a port of 127.0.0.1. */
  public Paced(int port, int size, int perSecond) throws IOException {
    interval = 1e9 / perSecond;
    socket = LoadSocket.connectedTo(port);
    socket.receiveBuffer(1 << 20);
    out = new Messages(arena, MOST_AT_ONCE, size);
    in = new Messages(arena, MOST_AT_ONCE, size);
  }

  /**
   * Asks for so long, then waits for what is under way.
   *
   * @param times takes the nanoseconds of each
   */
  public Echoes run(long nanos, Histogram times) throws IOException {
    long start = System.nanoTime();
    long all = (long) (nanos / interval);
    long sent = 0;
    long received = 0;
    long last = start;
    while (received < all) {
      long now = System.nanoTime();
      int due = 0;
      while (due < MOST_AT_ONCE && sent + due < all) {
        long intended = start + (long) ((sent + due) * interval);
        if (intended - now > 0) {
          break;
        }
        out.setTime(due++, intended);
      }
      if (due > 0) {
        out.send(socket, due);
        sent += due;
        last = now;
      }
      int came = in.receive(socket, MOST_AT_ONCE, MSG_DONTWAIT);
      if (came > 0) {
        last = System.nanoTime();
        for (int i = 0; i < came; i++) {
          long time = in.time(i);
          if (time - start >= 0) { // and no late one of an earlier run
            received++;
            times.recordValue(Math.min(last - time, times.getHighestTrackableValue()));
          }
        }
      } else if (sent == all && now - last > LOST) {
        break;
      }
    }
    return new Echoes(sent, received);
  }

  @Override
  public void close() {
    socket.close();
    arena.close();
  }
}
