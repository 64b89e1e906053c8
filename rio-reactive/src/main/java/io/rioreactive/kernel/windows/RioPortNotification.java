package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.rioreactive.ffm.Struct;
import io.rioreactive.kernel.KernelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The pump sleeps on a completion port. The queue puts a packet there under its own key with its
 * own OVERLAPPED, whoever wakes the pump puts one under another key.
 *
 * <p>It owns the port. The OVERLAPPED stands in the arena, which must outlive the port: after that
 * no packet can be under way.
 */
final class RioPortNotification implements RioNotification {

  private static final long QUEUE_KEY = 1;
  private static final long WAKE_KEY = 2;

  /** The queue's packet and some wake-ups. */
  private static final int PACKETS = 16;

  private static final Struct NOTIFICATION = Layouts.RIO_NOTIFICATION_COMPLETION;

  private final CompletionPort port;
  private final MemorySegment descriptor;
  private final RioArming arming = new RioArming();

  RioPortNotification(Kernel32 kernel32, Arena arena) throws KernelException {
    port = CompletionPort.open(kernel32, PACKETS, arena);
    MemorySegment overlapped = arena.allocate(Layouts.OVERLAPPED.layout());
    descriptor = arena.allocate(NOTIFICATION.layout());
    descriptor.set(JAVA_INT, NOTIFICATION.offset("Type"), Constants.RIO_IOCP_COMPLETION);
    descriptor.set(JAVA_LONG, NOTIFICATION.offset("u", "Iocp", "IocpHandle"), port.handle());
    descriptor.set(JAVA_LONG, NOTIFICATION.offset("u", "Iocp", "CompletionKey"), QUEUE_KEY);
    descriptor.set(JAVA_LONG, NOTIFICATION.offset("u", "Iocp", "Overlapped"), overlapped.address());
  }

  @Override
  public long descriptor() {
    return descriptor.address();
  }

  @Override
  public void await(RioFunctions rio, long cq) throws KernelException {
    int packets = port.await(arming.arm(rio, cq));
    if (packets == 0) {
      arming.onTimeUp();
    }
    for (int i = 0; i < packets; i++) {
      if (port.key(i) == QUEUE_KEY) {
        arming.onTold();
      }
    }
  }

  @Override
  public void wake() {
    port.wake(WAKE_KEY);
  }

  @Override
  public void close() {
    port.close();
  }
}
