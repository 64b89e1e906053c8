package io.rioreactive.benchmarks.load;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.function.BooleanSupplier;

/**
 * Takes what contenders send, to any address of 127.0.0.0/8 at its port. It never sleeps while it
 * takes, so that no sender pays for waking it.
 */
public final class Sink implements AutoCloseable {

  private static final int MSG_DONTWAIT = 0x40;
  private static final int AT_ONCE = 64;

  private final Arena arena = Arena.ofConfined();
  private final Messages messages = new Messages(arena, AT_ONCE, 2_048);
  private final LoadSocket socket;
  private final int port;
  private long received;

  /** At a port that the system picks. */
  public Sink() throws IOException {
    socket = LoadSocket.boundToAny();
    socket.receiveBuffer(4 << 20);
    port = socket.port();
  }

  /** Where it is bound. */
  public int port() {
    return port;
  }

  /** Datagrams taken so far. */
  public long received() {
    return received;
  }

  /** Takes until something has happened, and then what is left. */
  public void receiveUntil(BooleanSupplier done) throws IOException {
    while (true) {
      boolean last = done.getAsBoolean();
      int came = messages.receive(socket, AT_ONCE, MSG_DONTWAIT);
      received += came;
      if (last && came == 0) {
        return;
      }
    }
  }

  @Override
  public void close() {
    socket.close();
    arena.close();
  }
}
