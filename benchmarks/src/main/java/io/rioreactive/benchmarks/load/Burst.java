package io.rioreactive.benchmarks.load;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Sends a number of single datagrams as fast as it can. */
public final class Burst implements AutoCloseable {

  private final Arena arena = Arena.ofConfined();
  private final LoadSocket socket;
  private final MemorySegment bytes;
  private final int count;

  /** So many of one size to a port of 127.0.0.1. */
  public Burst(int port, int size, int count) throws IOException {
    this.count = count;
    socket = LoadSocket.connectedTo(port);
    bytes = LoadSocket.payload(arena, size);
  }

  /** Sends them. */
  public void run() throws IOException {
    for (int i = 0; i < count; i++) {
      socket.send(bytes, bytes.byteSize());
    }
  }

  @Override
  public void close() {
    socket.close();
    arena.close();
  }
}
