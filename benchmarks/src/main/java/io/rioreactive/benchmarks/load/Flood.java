package io.rioreactive.benchmarks.load;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Sends faster than anybody receives: each call hands the kernel one buffer that it cuts into
 * datagrams (UDP_SEGMENT), from 16 ports in turn. A sender of single datagrams would be the slower
 * one, and measured instead of the receiver.
 */
public final class Flood implements AutoCloseable {

  private static final int FLOWS = 16;
  private static final int MOST_SEGMENTS = 64;
  private static final int MOST_BYTES = 65_000;

  private final Arena arena = Arena.ofConfined();
  private final LoadSocket[] flows = new LoadSocket[FLOWS];
  private final MemorySegment bytes;
  private final int size;
  private final int segments;
  private final boolean segmenting;

  /** A flood of datagrams of one size to a port of 127.0.0.1. */
  public Flood(int port, int size) throws IOException {
    this.size = size;
    boolean can = true;
    for (int i = 0; i < FLOWS; i++) {
      flows[i] = LoadSocket.connectedTo(port);
      can &= flows[i].segment(size);
    }
    segmenting = can;
    segments = can ? Math.min(MOST_SEGMENTS, MOST_BYTES / size) : 1;
    bytes = LoadSocket.payload(arena, (long) segments * size);
  }

  /** Whether the kernel cuts; if not, the sender is the slower one. */
  public boolean isSegmenting() {
    return segmenting;
  }

  /** How many datagrams one drop stands for that the kernel counts at a socket with UDP_GRO. */
  public long datagramsForEachDrop() throws IOException {
    return segmenting ? CoalescedDrops.datagramsForEach(size, segments) : 1;
  }

  /** Sends for so long; answers how many datagrams. */
  public long run(long nanos) throws IOException {
    long end = System.nanoTime() + nanos;
    long calls = 0;
    while (System.nanoTime() - end < 0) {
      for (LoadSocket flow : flows) {
        flow.send(bytes, bytes.byteSize());
        calls++;
      }
    }
    return calls * segments;
  }

  @Override
  public void close() {
    for (LoadSocket flow : flows) {
      flow.close();
    }
    arena.close();
  }
}
