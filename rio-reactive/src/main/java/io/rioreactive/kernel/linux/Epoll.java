package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import io.rioreactive.kernel.KernelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * An epoll descriptor, level-triggered, and the events of its last wait. A wait costs by the
 * descriptors that have something, however many are watched.
 *
 * <p>Owned by a completion queue, its thread alone. It never knows what a socket is: it gets
 * descriptors, and tags that it gives back with their events. Of every descriptor in it the system
 * tells {@code EPOLLERR} and {@code EPOLLHUP}, asked for or not.
 */
final class Epoll {

  /** A timeout. */
  static final int FOR_EVER = -1;

  /** Events of one wait; of more than that those left over come first the next time. */
  private static final int CAPACITY = 256;

  private static final long EVENT = Layouts.EPOLL_EVENT.size();
  private static final long EVENTS = Layouts.EPOLL_EVENT.offset("events");
  private static final long DATA = Layouts.EPOLL_EVENT.offset("data");

  private final LibC libc;
  private final MemorySegment answers;
  private final MemorySegment change;
  private final int fd;

  Epoll(LibC libc, Arena arena) throws KernelException {
    this.libc = libc;
    this.answers = arena.allocate(CAPACITY * EVENT, Long.BYTES);
    this.change = arena.allocate(EVENT, Long.BYTES);
    this.fd = libc.epoll_create1(Constants.EPOLL_CLOEXEC);
    if (fd < 0) {
      throw Errno.exception("epoll_create1", -fd);
    }
  }

  /** Watches a descriptor. */
  void add(int watched, int events, long tag) throws KernelException {
    int result = control(Constants.EPOLL_CTL_ADD, watched, events, tag);
    if (result < 0) {
      throw Errno.exception("epoll_ctl ADD", -result);
    }
  }

  /** Watches a descriptor for other events. Returns the negative error code, if there is one. */
  int modify(int watched, int events, long tag) {
    return control(Constants.EPOLL_CTL_MOD, watched, events, tag);
  }

  /**
   * Watches a descriptor no more. Closing it does the same only where no other process has it, and
   * one that this process is just starting may have it for a moment.
   */
  void remove(int watched) {
    control(Constants.EPOLL_CTL_DEL, watched, 0, 0);
  }

  private int control(int operation, int watched, int events, long tag) {
    change.set(JAVA_INT_UNALIGNED, EVENTS, events);
    change.set(JAVA_LONG_UNALIGNED, DATA, tag);
    return libc.epoll_ctl(fd, operation, watched, change.address());
  }

  /**
   * Waits for events.
   *
   * @param timeout milliseconds; 0 not to wait, or {@link #FOR_EVER}
   * @return how many there are; 0 also where a signal interrupted the wait
   */
  int await(int timeout) throws KernelException {
    int count = libc.epoll_wait(fd, answers.address(), CAPACITY, timeout);
    return count >= 0 ? count : awaitAgain(timeout);
  }

  private int awaitAgain(int timeout) throws KernelException {
    int count = libc.epoll_waitCapturing(fd, answers.address(), CAPACITY, timeout);
    if (count >= 0) {
      return count;
    }
    if (count == -Errno.EINTR.code()) {
      return 0;
    }
    throw Errno.exception("epoll_wait", -count);
  }

  /** The tag of event {@code i} of the last wait. */
  long tag(int i) {
    return answers.get(JAVA_LONG_UNALIGNED, i * EVENT + DATA);
  }

  /** What event {@code i} of the last wait says. */
  int events(int i) {
    return answers.get(JAVA_INT_UNALIGNED, i * EVENT + EVENTS);
  }

  void close() {
    libc.close(fd);
  }
}
