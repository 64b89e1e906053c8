package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.rioreactive.kernel.KernelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/**
 * One io_uring: its descriptor, its two rings and the memory they share with the system, and how
 * many requests the system has.
 *
 * <p>The thread that opened it alone ({@code SINGLE_ISSUER}). The system works on requests only
 * while that thread is in {@link #run} or {@link #await} ({@code DEFER_TASKRUN}), and says in
 * shared memory when there is something to do, so that nothing is asked in vain.
 */
final class Uring {

  /** {@link #await} without an end. */
  static final long FOR_EVER = -1;

  private static final int FLAGS =
      UringConstants.IORING_SETUP_CQSIZE
          | UringConstants.IORING_SETUP_SUBMIT_ALL
          | UringConstants.IORING_SETUP_TASKRUN_FLAG
          | UringConstants.IORING_SETUP_SINGLE_ISSUER
          | UringConstants.IORING_SETUP_DEFER_TASKRUN;

  /** Requests between two entries; with more the system is entered in between. */
  private static final int SUBMISSIONS = 128;

  /**
   * What one entry tells of mostly. What has no room the system keeps, and it ends the requests
   * that would go on. Both rings together stay below the 64 KiB that some users may lock.
   */
  private static final int COMPLETIONS = 1_024;

  private static final int DUE =
      UringConstants.IORING_SQ_TASKRUN | UringConstants.IORING_SQ_CQ_OVERFLOW;

  private static final long LONGEST_CLOSE_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long CLOSE_STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final LibC libc;
  private final int fd;
  private final Arena arena;
  private final MemorySegment ring;
  private final MemorySegment entries;
  private final MemorySegment waitArgument;
  private final MemorySegment timeout;
  private final MemorySegment registration;
  private final SubmissionRing submissions;
  private final CompletionRing completions;
  private int outstanding;

  /**
   * Opens one.
   *
   * @throws KernelException if the system refuses, with the reason and the remedy
   */
  static Uring open(LibC libc) throws KernelException {
    Arena arena = Arena.ofConfined();
    MemorySegment params = arena.allocate(UringLayouts.IO_URING_PARAMS.layout());
    params.set(JAVA_INT, UringLayouts.IO_URING_PARAMS.offset("flags"), FLAGS);
    params.set(JAVA_INT, UringLayouts.IO_URING_PARAMS.offset("cq_entries"), COMPLETIONS);
    int fd = libc.io_uring_setup(SUBMISSIONS, params.address());
    Uring opened = null;
    try {
      UringRefusal.require("io_uring_setup", fd);
      opened = new Uring(libc, fd, arena, params);
      return opened;
    } finally {
      if (opened == null) {
        arena.close();
        if (fd >= 0) {
          libc.close(fd);
        }
      }
    }
  }

  private Uring(LibC libc, int fd, Arena arena, MemorySegment params) throws KernelException {
    this.libc = libc;
    this.fd = fd;
    this.arena = arena;
    long array = params.get(JAVA_INT, UringLayouts.IO_URING_PARAMS.offset("sq_off", "array"));
    long cqes = params.get(JAVA_INT, UringLayouts.IO_URING_PARAMS.offset("cq_off", "cqes"));
    long asked = params.get(JAVA_INT, UringLayouts.IO_URING_PARAMS.offset("sq_entries"));
    long told = params.get(JAVA_INT, UringLayouts.IO_URING_PARAMS.offset("cq_entries"));
    long size =
        Math.max(
            array + asked * JAVA_INT.byteSize(), cqes + told * UringLayouts.IO_URING_CQE.size());
    ring = map(size, UringConstants.IORING_OFF_SQ_RING);
    entries = mapEntries(asked * UringLayouts.IO_URING_SQE.size());
    submissions = new SubmissionRing(ring, entries, params);
    completions = new CompletionRing(ring, params);
    timeout = arena.allocate(UringLayouts.KERNEL_TIMESPEC.layout());
    waitArgument = arena.allocate(UringLayouts.IO_URING_GETEVENTS_ARG.layout());
    waitArgument.set(
        JAVA_LONG, UringLayouts.IO_URING_GETEVENTS_ARG.offset("ts"), timeout.address());
    registration = arena.allocate(UringLayouts.IO_URING_BUF_REG.layout());
  }

  private MemorySegment mapEntries(long size) throws KernelException {
    MemorySegment mapped = null;
    try {
      mapped = map(size, UringConstants.IORING_OFF_SQES);
      return mapped;
    } finally {
      if (mapped == null) {
        libc.munmap(ring.address(), ring.byteSize());
      }
    }
  }

  @SuppressWarnings("restricted")
  private MemorySegment map(long size, long offset) throws KernelException {
    long address =
        libc.mmap(
            LibC.NULL,
            size,
            Constants.PROT_READ | Constants.PROT_WRITE,
            UringConstants.MAP_SHARED | UringConstants.MAP_POPULATE,
            fd,
            offset);
    if (address < 0) {
      throw Errno.exception("mmap of an io_uring", (int) -address);
    }
    return MemorySegment.ofAddress(address).reinterpret(size, arena, null);
  }

  // ---- requests

  /** Whether there is room for so many requests; it is made if the system takes those before. */
  boolean hasRoom(int requests) throws KernelException {
    if (submissions.room() < requests) {
      run();
    }
    return submissions.room() >= requests;
  }

  /** Where the next request goes: each call is followed by exactly one. */
  SubmissionRing next() throws KernelException {
    if (!hasRoom(1)) {
      throw Errno.exception("io_uring_enter", Errno.EBUSY.code());
    }
    outstanding++;
    return submissions;
  }

  /** Requests that something will still come of. */
  int outstanding() {
    return outstanding;
  }

  /** Whether {@link #run} has something to do. */
  boolean isDue() {
    return (submissions.flags() & DUE) != 0 || submissions.pending() > 0;
  }

  /** Has the system take the requests, and work on those that can go on. */
  void run() throws KernelException {
    int flags = UringConstants.IORING_ENTER_GETEVENTS;
    if (libc.io_uring_enter(fd, submissions.pending(), 0, flags, LibC.NULL, 0) < 0) {
      runAgain();
    }
  }

  /** The same, and waits until there is a completion, the time is up, or for no reason. */
  void await(long nanos) throws KernelException {
    long argument = LibC.NULL;
    long size = 0;
    int flags = UringConstants.IORING_ENTER_GETEVENTS;
    if (nanos != FOR_EVER) {
      long second = TimeUnit.SECONDS.toNanos(1);
      timeout.set(
          JAVA_LONG, UringLayouts.KERNEL_TIMESPEC.offset("tv_sec"), Math.floorDiv(nanos, second));
      timeout.set(
          JAVA_LONG, UringLayouts.KERNEL_TIMESPEC.offset("tv_nsec"), Math.floorMod(nanos, second));
      argument = waitArgument.address();
      size = waitArgument.byteSize();
      flags |= UringConstants.IORING_ENTER_EXT_ARG;
    }
    if (libc.io_uring_enter(fd, submissions.pending(), 1, flags, argument, size) < 0) {
      runAgain(); // the time is up, for one
    }
  }

  /** The call before kept no error. What it was about is told again, or was the end of a wait. */
  private void runAgain() throws KernelException {
    int flags = UringConstants.IORING_ENTER_GETEVENTS;
    int result = libc.io_uring_enterCapturing(fd, submissions.pending(), 0, flags, LibC.NULL, 0);
    if (result < 0 && !isPassing(-result)) {
      throw Errno.exception("io_uring_enter", -result);
    }
  }

  private static boolean isPassing(int code) {
    return code == Errno.EINTR.code()
        || code == Errno.EAGAIN.code()
        || code == Errno.EBUSY.code()
        || Errno.isShortage(code);
  }

  /** Goes to the next completion; false if there is none now. */
  boolean nextCompletion() {
    if (!completions.next()) {
      return false;
    }
    if (completions.isLast()) {
      outstanding--;
    }
    return true;
  }

  /** The completion that {@link #nextCompletion} has gone to. */
  CompletionRing completion() {
    return completions;
  }

  // ---- rings of buffers

  /** Lends the system a ring of buffers. Returns the negative error code, if there is one. */
  int registerBuffers(int group, long address, int capacity) {
    registration.fill((byte) 0);
    registration.set(JAVA_LONG, UringLayouts.IO_URING_BUF_REG.offset("ring_addr"), address);
    registration.set(JAVA_INT, UringLayouts.IO_URING_BUF_REG.offset("ring_entries"), capacity);
    return register(UringConstants.IORING_REGISTER_PBUF_RING, group);
  }

  void unregisterBuffers(int group) {
    registration.fill((byte) 0);
    register(UringConstants.IORING_UNREGISTER_PBUF_RING, group);
  }

  private int register(int operation, int group) {
    registration.set(JAVA_SHORT, UringLayouts.IO_URING_BUF_REG.offset("bgid"), (short) group);
    return libc.io_uring_register(fd, operation, registration.address(), 1);
  }

  // ---- end

  /**
   * Takes back all requests, waits until nothing is outstanding, and closes.
   *
   * @return false if something still is: then the system may still write to what it was given
   */
  boolean close() {
    try {
      return cancelAll();
    } catch (KernelException broken) {
      return false;
    } finally {
      libc.close(fd);
      arena.close();
      libc.munmap(ring.address(), ring.byteSize());
      libc.munmap(entries.address(), entries.byteSize());
    }
  }

  private boolean cancelAll() throws KernelException {
    next().cancelAll(0);
    long start = System.nanoTime();
    while (outstanding > 0 && System.nanoTime() - start < LONGEST_CLOSE_NANOS) {
      await(CLOSE_STEP_NANOS);
      while (nextCompletion()) {} // nobody is told
    }
    return outstanding == 0;
  }
}
