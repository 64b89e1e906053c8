package io.rioreactive.kernel.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.rioreactive.ffm.CapturedError;
import io.rioreactive.ffm.CapturedError.Source;
import io.rioreactive.ffm.NativeFunction;
import io.rioreactive.ffm.NativeLibrary;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandle;

/**
 * The C functions this package calls, with their C names and the C order of arguments. Addresses
 * are numbers: whoever passes one keeps the memory alive.
 *
 * <p>Owned by one completion queue and called on its thread, but for {@link #eventfd_write}, {@link
 * #getsockopt} and {@link #close}, which any thread may call. It never retries and never throws.
 *
 * <p>A method returns what the system call itself returns: the result, or the negative error code
 * ({@code -EAGAIN}). The four that are called for every batch return -1 for any error, since a call
 * that captures may allocate; each has a sibling that captures.
 *
 * <p>Not final, so that a test can plan failures that a real system does not give on demand.
 */
@SuppressWarnings("MemberName") // the C names
class LibC {

  private static final NativeLibrary LIBRARY = NativeLibrary.standard();

  private static final MethodHandle SOCKET =
      LIBRARY.function("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT).capturing(Source.ERRNO);
  private static final MethodHandle BIND =
      LIBRARY.function("bind", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT).capturing(Source.ERRNO);
  private static final MethodHandle CONNECT =
      LIBRARY.function("connect", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT).capturing(Source.ERRNO);
  private static final MethodHandle GETSOCKNAME =
      LIBRARY
          .function("getsockname", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG)
          .capturing(Source.ERRNO);
  private static final MethodHandle SETSOCKOPT =
      LIBRARY
          .function("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT)
          .capturing(Source.ERRNO);
  private static final MethodHandle GETSOCKOPT =
      LIBRARY
          .function("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG)
          .plain();
  private static final MethodHandle CLOSE = LIBRARY.function("close", JAVA_INT, JAVA_INT).plain();
  private static final MethodHandle EVENTFD =
      LIBRARY.function("eventfd", JAVA_INT, JAVA_INT, JAVA_INT).capturing(Source.ERRNO);
  private static final MethodHandle EVENTFD_READ =
      LIBRARY.function("eventfd_read", JAVA_INT, JAVA_INT, JAVA_LONG).plain();
  private static final MethodHandle EVENTFD_WRITE =
      LIBRARY.function("eventfd_write", JAVA_INT, JAVA_INT, JAVA_LONG).plain();
  private static final MethodHandle MMAP =
      LIBRARY
          .function(
              "mmap", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG)
          .capturing(Source.ERRNO);
  private static final MethodHandle MPROTECT =
      LIBRARY
          .function("mprotect", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT)
          .capturing(Source.ERRNO);
  private static final MethodHandle MUNMAP =
      LIBRARY.function("munmap", JAVA_INT, JAVA_LONG, JAVA_LONG).plain();

  private static final MethodHandle SCHED_SETAFFINITY =
      LIBRARY
          .function("sched_setaffinity", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG)
          .capturing(Source.ERRNO);
  private static final MethodHandle SCHED_GETAFFINITY =
      LIBRARY
          .function("sched_getaffinity", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG)
          .capturing(Source.ERRNO);

  private static final MethodHandle EPOLL_CREATE1 =
      LIBRARY.function("epoll_create1", JAVA_INT, JAVA_INT).capturing(Source.ERRNO);
  private static final MethodHandle EPOLL_CTL =
      LIBRARY
          .function("epoll_ctl", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG)
          .capturing(Source.ERRNO);
  private static final NativeFunction EPOLL_WAIT_FUNCTION =
      LIBRARY.function("epoll_wait", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
  private static final MethodHandle EPOLL_WAIT = EPOLL_WAIT_FUNCTION.plain();
  private static final MethodHandle EPOLL_WAIT_CAPTURING =
      EPOLL_WAIT_FUNCTION.capturing(Source.ERRNO);

  // The system calls themselves and not the C functions of their names: musl's sendmmsg calls
  // sendmsg in a loop. Nothing is lost with glibc, whose functions do no more than this.
  static final long SYS_RECVMMSG = Architecture.current().orElseThrow().recvmmsg;
  static final long SYS_SENDMMSG = Architecture.current().orElseThrow().sendmmsg;

  // Since 2019 a call has the same number everywhere.
  static final long SYS_IO_URING_SETUP = 425;
  static final long SYS_IO_URING_ENTER = 426;
  static final long SYS_IO_URING_REGISTER = 427;

  private static final NativeFunction SYSCALL_FUNCTION =
      LIBRARY.variadic(
          "syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
          JAVA_LONG);
  private static final MethodHandle SYSCALL = SYSCALL_FUNCTION.plain();
  private static final MethodHandle SYSCALL_CAPTURING = SYSCALL_FUNCTION.capturing(Source.ERRNO);

  static final long NULL = 0;

  private final CapturedError error;

  /** Captures errors in memory of the arena. */
  LibC(Arena arena) {
    error = new CapturedError(Source.ERRNO, arena);
  }

  int socket(int domain, int type, int protocol) {
    try {
      int result = (int) SOCKET.invokeExact(error.segment(), domain, type, protocol);
      return result == -1 ? -error.code() : result;
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  int bind(int sockfd, long addr, int addrlen) {
    try {
      int result = (int) BIND.invokeExact(error.segment(), sockfd, addr, addrlen);
      return result == -1 ? -error.code() : result;
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  int connect(int sockfd, long addr, int addrlen) {
    try {
      int result = (int) CONNECT.invokeExact(error.segment(), sockfd, addr, addrlen);
      return result == -1 ? -error.code() : result;
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  int getsockname(int sockfd, long addr, long addrlen) {
    try {
      int result = (int) GETSOCKNAME.invokeExact(error.segment(), sockfd, addr, addrlen);
      return result == -1 ? -error.code() : result;
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  int setsockopt(int sockfd, int level, int optname, long optval, int optlen) {
    try {
      int result =
          (int) SETSOCKOPT.invokeExact(error.segment(), sockfd, level, optname, optval, optlen);
      return result == -1 ? -error.code() : result;
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** -1 for any error. */
  int getsockopt(int sockfd, int level, int optname, long optval, long optlen) {
    try {
      return (int) GETSOCKOPT.invokeExact(sockfd, level, optname, optval, optlen);
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** -1 for any error: the descriptor is free all the same. */
  int close(int fd) {
    try {
      return (int) CLOSE.invokeExact(fd);
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  int eventfd(int initval, int flags) {
    try {
      int result = (int) EVENTFD.invokeExact(error.segment(), initval, flags);
      return result == -1 ? -error.code() : result;
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** -1 for any error. */
  int eventfd_read(int fd, long value) {
    try {
      return (int) EVENTFD_READ.invokeExact(fd, value);
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** -1 for any error. */
  int eventfd_write(int fd, long value) {
    try {
      return (int) EVENTFD_WRITE.invokeExact(fd, value);
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  long mmap(long addr, long length, int prot, int flags, int fd, long offset) {
    try {
      long result = (long) MMAP.invokeExact(error.segment(), addr, length, prot, flags, fd, offset);
      return result == -1 ? -error.code() : result;
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  int mprotect(long addr, long length, int prot) {
    try {
      int result = (int) MPROTECT.invokeExact(error.segment(), addr, length, prot);
      return result == -1 ? -error.code() : result;
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** -1 for any error. */
  int munmap(long addr, long length) {
    try {
      return (int) MUNMAP.invokeExact(addr, length);
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** Of the calling thread where {@code pid} is 0. */
  int sched_setaffinity(int pid, long cpusetsize, long mask) {
    try {
      int result = (int) SCHED_SETAFFINITY.invokeExact(error.segment(), pid, cpusetsize, mask);
      return result == -1 ? -error.code() : result;
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** Of the calling thread where {@code pid} is 0. */
  int sched_getaffinity(int pid, long cpusetsize, long mask) {
    try {
      int result = (int) SCHED_GETAFFINITY.invokeExact(error.segment(), pid, cpusetsize, mask);
      return result == -1 ? -error.code() : result;
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  int epoll_create1(int flags) {
    try {
      int result = (int) EPOLL_CREATE1.invokeExact(error.segment(), flags);
      return result == -1 ? -error.code() : result;
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  int epoll_ctl(int epfd, int op, int fd, long event) {
    try {
      int result = (int) EPOLL_CTL.invokeExact(error.segment(), epfd, op, fd, event);
      return result == -1 ? -error.code() : result;
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** -1 for any error: {@link #epoll_waitCapturing} tells. */
  int epoll_wait(int epfd, long events, int maxevents, int timeout) {
    try {
      return (int) EPOLL_WAIT.invokeExact(epfd, events, maxevents, timeout);
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  int epoll_waitCapturing(int epfd, long events, int maxevents, int timeout) {
    try {
      int result =
          (int) EPOLL_WAIT_CAPTURING.invokeExact(error.segment(), epfd, events, maxevents, timeout);
      return result == -1 ? -error.code() : result;
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** -1 for any error: {@link #recvmmsgCapturing} tells. */
  int recvmmsg(int sockfd, long msgvec, int vlen, int flags, long timeout) {
    return syscall(SYS_RECVMMSG, sockfd, msgvec, vlen, flags, timeout, 0);
  }

  int recvmmsgCapturing(int sockfd, long msgvec, int vlen, int flags, long timeout) {
    return syscallCapturing(SYS_RECVMMSG, sockfd, msgvec, vlen, flags, timeout, 0);
  }

  /** -1 for any error: {@link #sendmmsgCapturing} tells. */
  int sendmmsg(int sockfd, long msgvec, int vlen, int flags) {
    return syscall(SYS_SENDMMSG, sockfd, msgvec, vlen, flags, 0, 0);
  }

  int sendmmsgCapturing(int sockfd, long msgvec, int vlen, int flags) {
    return syscallCapturing(SYS_SENDMMSG, sockfd, msgvec, vlen, flags, 0, 0);
  }

  int io_uring_setup(int entries, long params) {
    return syscallCapturing(SYS_IO_URING_SETUP, entries, params, 0, 0, 0, 0);
  }

  /** -1 for any error: {@link #io_uring_enterCapturing} tells. */
  int io_uring_enter(int fd, int to_submit, int min_complete, int flags, long argp, long argsz) {
    return syscall(SYS_IO_URING_ENTER, fd, to_submit, min_complete, flags, argp, argsz);
  }

  int io_uring_enterCapturing(
      int fd, int to_submit, int min_complete, int flags, long argp, long argsz) {
    return syscallCapturing(SYS_IO_URING_ENTER, fd, to_submit, min_complete, flags, argp, argsz);
  }

  int io_uring_register(int fd, int opcode, long arg, int nr_args) {
    return syscallCapturing(SYS_IO_URING_REGISTER, fd, opcode, arg, nr_args, 0, 0);
  }

  private static int syscall(long number, long a, long b, long c, long d, long e, long f) {
    try {
      return (int) (long) SYSCALL.invokeExact(number, a, b, c, d, e, f);
    } catch (Throwable thrown) {
      throw NativeFunction.unexpected(thrown);
    }
  }

  private int syscallCapturing(long number, long a, long b, long c, long d, long e, long f) {
    try {
      long result = (long) SYSCALL_CAPTURING.invokeExact(error.segment(), number, a, b, c, d, e, f);
      return result == -1 ? -error.code() : (int) result;
    } catch (Throwable thrown) {
      throw NativeFunction.unexpected(thrown);
    }
  }
}
