package io.rioreactive.kernel.linux;

import io.rioreactive.kernel.KernelException;

/**
 * The requests that the system has for one socket, one of each kind at most.
 *
 * <pre>
 *   RECEIVE   fills the places of the receives, until there is none or it fails
 *   WATCH     tells once of an error or a shutdown
 *   WRITABLE  tells once that a blocked send can go on
 * </pre>
 *
 * <p>The queue's thread alone.
 */
final class UringRequests {

  static final int RECEIVE = 1;
  static final int WATCH = 2;
  static final int WRITABLE = 3;

  /** Entries of the ring that one socket needs at a time: one for each kind, or to take it back. */
  static final int MOST = 3;

  /** Asked for by nobody and always told. */
  private static final int ERROR_AND_HANG_UP = 0;

  private final int fd;
  private final int index;

  /** A bit for each kind. */
  private int underWay;

  private boolean isCancelled;

  /** Without any, for the socket with this index. */
  UringRequests(int fd, int index) {
    this.fd = fd;
    this.index = index;
  }

  boolean isUnderWay(int kind) {
    return (underWay & 1 << kind) != 0;
  }

  /** Whether the system has none. */
  boolean isQuiet() {
    return underWay == 0;
  }

  /** Has the system fill the socket's ring of buffers. */
  void receive(Uring uring, long msghdr) throws KernelException {
    uring.next().receive(fd, msghdr, index, begin(RECEIVE));
  }

  /** Has the system watch the socket, if it does not. */
  void watch(Uring uring) throws KernelException {
    if (!isUnderWay(WATCH)) {
      uring.next().poll(fd, ERROR_AND_HANG_UP, 0, begin(WATCH));
    }
  }

  /** Has the system tell when the socket takes sends, if it does not. */
  void awaitWritable(Uring uring) throws KernelException {
    if (!isUnderWay(WRITABLE)) {
      uring.next().poll(fd, Constants.EPOLLOUT, 0, begin(WRITABLE));
    }
  }

  private long begin(int kind) {
    underWay |= 1 << kind;
    return number(kind);
  }

  private long number(int kind) {
    return UringCompletionQueue.number(index, kind);
  }

  /** The system has ended the request. */
  void onEnded(int kind) {
    underWay &= ~(1 << kind);
  }

  /** Takes the receive back. */
  void cancelReceive(Uring uring) throws KernelException {
    uring.next().cancel(number(RECEIVE), UringCompletionQueue.NOBODY);
  }

  /**
   * Takes all of them back, once. By their numbers: the descriptor's may be another socket's by the
   * time that this is done.
   */
  void cancelAll(Uring uring) throws KernelException {
    if (!isQuiet() && !isCancelled) {
      isCancelled = true;
      for (int kind = RECEIVE; kind <= WRITABLE; kind++) {
        uring.next().cancel(number(kind), UringCompletionQueue.NOBODY);
      }
    }
  }
}
