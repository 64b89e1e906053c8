package io.rioreactive.benchmarks.load;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Tells the contender to hold, fills its sockets meanwhile, and measures what it takes to empty
 * them: the sender is no part of it, and how much waits on each socket is exact.
 */
public final class Held implements AutoCloseable {

  private static final long HOLD = TimeUnit.MILLISECONDS.toNanos(10);
  private static final long HOLD_FOR_EACH =
      10_000; // a send takes 2 µs, and the machine may be busy

  private final Arena arena = Arena.ofConfined();
  private final LoadSocket[] peers;
  private final int size;
  private final MemorySegment bytes;
  private final int waiting;
  private final int perCycle;
  private final long hold;
  private int next;

  /**
   * Fills ports of 127.0.0.1.
   *
   * @param peerCount how many there are, spread over the ports in turn
   * @param waiting datagrams that each sends at a time
   * @param perCycle peers that send in a cycle; all of them in turn
   */
  public Held(List<Integer> ports, int size, int peerCount, int waiting, int perCycle)
      throws IOException {
    this.size = size;
    this.waiting = waiting;
    this.perCycle = perCycle;
    hold = HOLD + HOLD_FOR_EACH * perCycle * waiting;
    bytes = LoadSocket.payload(arena, size);
    peers = new LoadSocket[peerCount];
    for (int i = 0; i < peerCount; i++) {
      peers[i] = LoadSocket.connectedTo(ports.get(i % ports.size()));
    }
  }

  /**
   * What the cycles of a run came to.
   *
   * @param sent datagrams, the orders to hold among them
   * @param measured of those, sent in cycles that were filled in time
   * @param cpuNanos what the contender used for these, from before the end of the hold until it was
   *     idle
   */
  public record Cycles(long sent, long measured, long cpuNanos) {}

  /** Holds, fills and measures until half as much CPU has been used, or twice the time is up. */
  public Cycles run(CpuClock cpu, long nanos) throws IOException {
    long end = System.nanoTime() + 2 * nanos;
    long sent = 0;
    long measured = 0;
    long used = 0;
    while (used < nanos / 2 && System.nanoTime() - end < 0) {
      long began = System.nanoTime();
      peers[next].sendHold(size, hold);
      cpu.awaitIdle();
      long before = cpu.nanos();
      long filled = fill();
      sent += 1 + filled;
      boolean inTime = System.nanoTime() - began < hold;
      for (long left = hold; left > 0; left = hold - (System.nanoTime() - began)) {
        LockSupport.parkNanos(left);
      }
      cpu.awaitIdle();
      if (inTime) {
        measured += filled;
        used += cpu.nanos() - before;
      }
    }
    if (measured == 0) {
      throw new IOException("the sockets could not be filled within " + hold + " ns");
    }
    return new Cycles(sent, measured, used);
  }

  /** Single sends and no UDP_SEGMENT: what waits shall be what a network card would bring. */
  private long fill() throws IOException {
    for (int i = 0; i < perCycle; i++) {
      LoadSocket peer = peers[next];
      next = (next + 1) % peers.length;
      for (int n = 0; n < waiting; n++) {
        peer.send(bytes, size);
      }
    }
    return (long) perCycle * waiting;
  }

  @Override
  public void close() {
    for (LoadSocket peer : peers) {
      peer.close();
    }
    arena.close();
  }
}
