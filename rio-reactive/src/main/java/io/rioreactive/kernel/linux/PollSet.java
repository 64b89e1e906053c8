package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.rioreactive.kernel.KernelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The {@code pollfd} array: the queue's eventfd first, then a place for each socket.
 *
 * <p>Owned by a completion queue, its thread alone. It never knows what a socket is: it gets
 * descriptors and events, and a descriptor of {@link #NOBODY} is not asked for anything, not even
 * for errors.
 */
final class PollSet {

  /** The descriptor of a place whose socket wants nothing. */
  static final int NOBODY = -1;

  private static final long ENTRY = Layouts.POLLFD.size();
  private static final long FD = Layouts.POLLFD.offset("fd");
  private static final long EVENTS = Layouts.POLLFD.offset("events");
  private static final long ANSWERS = Layouts.POLLFD.offset("revents");
  private static final int WAKE_UP_PLACES = 1;
  private static final int FIRST_CAPACITY = 16;

  private final LibC libc;
  private final int wakeUpFd;
  private Arena arena;
  private MemorySegment entries;
  private int capacity;

  PollSet(LibC libc, int wakeUpFd) {
    this.libc = libc;
    this.wakeUpFd = wakeUpFd;
    this.capacity = FIRST_CAPACITY;
    this.arena = Arena.ofConfined();
    this.entries = allocate();
  }

  /** Makes room for so many sockets. What was set is lost. */
  void reserve(int sockets) {
    if (sockets > capacity) {
      arena.close();
      capacity = Math.max(sockets, 2 * capacity);
      arena = Arena.ofConfined();
      entries = allocate();
    }
  }

  private MemorySegment allocate() {
    MemorySegment memory = arena.allocate((WAKE_UP_PLACES + capacity) * ENTRY, ENTRY);
    memory.set(JAVA_INT, FD, wakeUpFd);
    memory.set(JAVA_SHORT, EVENTS, (short) Constants.POLLIN);
    return memory;
  }

  /** Sets what socket {@code i} waits for. */
  void set(int i, int fd, int events) {
    long entry = (WAKE_UP_PLACES + i) * ENTRY;
    entries.set(JAVA_INT, entry + FD, fd);
    entries.set(JAVA_SHORT, entry + EVENTS, (short) events);
  }

  /** What happened to socket {@code i}; 0 for nothing. */
  int answers(int i) {
    return entries.get(JAVA_SHORT, (WAKE_UP_PLACES + i) * ENTRY + ANSWERS);
  }

  /** Whether the eventfd was signalled. */
  boolean isWakeUp() {
    return entries.get(JAVA_SHORT, ANSWERS) != 0;
  }

  /**
   * Waits for the eventfd or one of the first {@code sockets} sockets.
   *
   * @param timeout milliseconds; -1 for ever
   * @return how many answers there are; 0 also where a signal interrupted the wait
   */
  int poll(int sockets, int timeout) throws KernelException {
    return poll(entries.address(), WAKE_UP_PLACES + sockets, timeout);
  }

  /** Asks what happened to the sockets and does not wait; the eventfd stays as it is. */
  int pollSockets(int sockets) throws KernelException {
    return poll(entries.address() + WAKE_UP_PLACES * ENTRY, sockets, 0);
  }

  private int poll(long fds, int count, int timeout) throws KernelException {
    int answers = libc.poll(fds, count, timeout);
    return answers >= 0 ? answers : pollAgain(fds, count, timeout);
  }

  private int pollAgain(long fds, int count, int timeout) throws KernelException {
    int answers = libc.pollCapturing(fds, count, timeout);
    if (answers >= 0) {
      return answers;
    }
    if (answers == -Errno.EINTR.code() || answers == -Errno.EAGAIN.code()) {
      return 0;
    }
    throw Errno.exception("poll of " + count + " descriptors", -answers);
  }

  void close() {
    arena.close();
  }
}
