package io.rioreactive.kernel.linux;

import io.rioreactive.kernel.KernelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The eventfd that ends a wait from another thread.
 *
 * <p>{@link #signal} by any thread, the rest by the queue's. After {@link #close} nothing is
 * written: the descriptor may be somebody else's by then.
 */
final class WakeUp {

  private final LibC libc;
  private final int fd;
  private final MemorySegment count;
  private boolean isClosed;

  WakeUp(LibC libc, Arena arena) throws KernelException {
    this.libc = libc;
    this.count = arena.allocate(ValueLayout.JAVA_LONG);
    this.fd = libc.eventfd(0, Constants.EFD_CLOEXEC | Constants.EFD_NONBLOCK);
    if (fd < 0) {
      throw Errno.exception("eventfd", -fd);
    }
  }

  /** What epoll watches for {@code EPOLLIN}. */
  int fd() {
    return fd;
  }

  /** Ends the wait in progress, or the next one. */
  synchronized void signal() {
    if (!isClosed) {
      libc.eventfd_write(fd, 1);
    }
  }

  /** Forgets the signals there were. */
  void clear() {
    libc.eventfd_read(fd, count.address());
  }

  synchronized void close() {
    isClosed = true;
    libc.close(fd);
  }
}
