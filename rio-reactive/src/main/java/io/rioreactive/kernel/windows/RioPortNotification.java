package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.rioreactive.ffm.Struct;
import io.rioreactive.kernel.KernelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pump sleeps on a completion port. The queue puts a packet there under its own key with its
 * own OVERLAPPED, whoever wakes the pump puts one under another key.
 *
 * <p>It owns the port. The OVERLAPPED stands in the arena, which must outlive the port: after that
 * no packet can be under way.
 */
final class RioPortNotification implements RioNotification {

  private static final Logger LOG = LoggerFactory.getLogger(RioPortNotification.class);

  private static final long QUEUE_KEY = 1;
  private static final long WAKE_KEY = 2;

  /** The queue's packet and some wake-ups. */
  private static final int PACKETS = 16;

  private static final int MOST_POSTS = 100;
  private static final long POST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

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

  /** A pump that is not woken may sleep for ever, so a shortage is waited for a little. */
  @Override
  public void wake() {
    for (int i = 0; i < MOST_POSTS; i++) {
      if (port.post(WAKE_KEY)) {
        return;
      }
      LockSupport.parkNanos(POST_PAUSE_NANOS);
    }
    LOG.error("the system has no memory for the packet that wakes the pump");
  }

  @Override
  public void close() {
    port.close();
  }
}
