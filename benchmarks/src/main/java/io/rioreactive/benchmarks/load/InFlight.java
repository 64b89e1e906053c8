package io.rioreactive.benchmarks.load;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * Keeps a number of echoes under way: one more is asked for when one has come back. The time of
 * each is service time, from the send to the receive. A load of this kind waits for who it
 * measures; {@link Paced} does not.
 */
public final class InFlight implements AutoCloseable {

  private static final int MSG_WAITFORONE = 0x10000;
  private static final int MOST_AT_ONCE = 64;
  private static final long LOST = TimeUnit.MILLISECONDS.toNanos(500);

  private final Arena arena = Arena.ofConfined();
  private final LoadSocket socket;
  private final Messages messages;
  private final int inFlight;

  /** So many echoes of one size under way with a port of 127.0.0.1. */
  public InFlight(int port, int size, int inFlight) throws IOException {
    this.inFlight = inFlight;
    socket = LoadSocket.connectedTo(port);
    socket.receiveBuffer(1 << 20);
    socket.receiveTimeout(LOST);
    messages = new Messages(arena, Math.min(inFlight, MOST_AT_ONCE), size);
  }

  /**
   * Asks for so long, then waits for what is under way.
   *
   * @param times takes the nanoseconds of each
   */
  public Echoes run(long nanos, Histogram times) throws IOException {
    long start = System.nanoTime();
    long end = start + nanos;
    long given = start; // up for lost is what was sent before
    long sent = 0;
    long received = 0;
    long lost = 0;
    while (true) {
      long now = System.nanoTime();
      int missing = now - end < 0 ? inFlight - (int) (sent - received - lost) : 0;
      while (missing > 0) {
        int some = Math.min(missing, MOST_AT_ONCE);
        ask(some, now);
        sent += some;
        missing -= some;
      }
      if (sent == received + lost) {
        return new Echoes(sent, received);
      }
      int came = messages.receive(socket, Math.min(inFlight, MOST_AT_ONCE), MSG_WAITFORONE);
      now = System.nanoTime();
      for (int i = 0; i < came; i++) {
        long time = messages.time(i);
        if (time - start >= 0) { // and no late one of an earlier run
          received++;
          lost -= time - given < 0 ? 1 : 0;
          times.recordValue(Math.min(now - time, times.getHighestTrackableValue()));
        }
      }
      if (came == 0) { // nothing for so long
        lost = sent - received;
        given = now;
      }
    }
  }

  private void ask(int count, long now) throws IOException {
    for (int i = 0; i < count; i++) {
      messages.setTime(i, now);
    }
    messages.send(socket, count);
  }

  @Override
  public void close() {
    socket.close();
    arena.close();
  }
}
