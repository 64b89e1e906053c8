package io.rioreactive.benchmarks.load;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.rioreactive.ffm.CapturedError;
import io.rioreactive.ffm.CapturedError.Source;
import io.rioreactive.ffm.NativeFunction;
import io.rioreactive.ffm.NativeLibrary;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/**
 * The C functions that the load needs, with their C names; addresses are numbers. One thread at a
 * time: they share the place where the error's code is left. A call that fails answers the negative
 * code.
 */
@SuppressWarnings("MemberName") // the C names
final class Libc {

  static final int EAGAIN = 11;
  static final int EINTR = 4;
  static final int ECONNREFUSED = 111;

  private static final NativeLibrary LIBRARY = NativeLibrary.standard();
  private static final CapturedError ERROR = new CapturedError(Source.ERRNO, Arena.global());

  private static final MethodHandle SOCKET = intFunction("socket", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle BIND = intFunction("bind", JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle CONNECT = intFunction("connect", JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle GETSOCKNAME =
      intFunction("getsockname", JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SETSOCKOPT =
      intFunction("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle CLOSE = intFunction("close", JAVA_INT);
  private static final MethodHandle SENDMMSG =
      intFunction("sendmmsg", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
  private static final MethodHandle RECVMMSG =
      intFunction("recvmmsg", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle SEND =
      LIBRARY
          .function("send", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT)
          .capturing(ERROR);
  private static final MethodHandle CLOCK_GETTIME =
      intFunction("clock_gettime", JAVA_INT, JAVA_LONG);
  private static final MethodHandle SCHED_SETAFFINITY =
      intFunction("sched_setaffinity", JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SCHED_GETAFFINITY =
      intFunction("sched_getaffinity", JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle KILL = intFunction("kill", JAVA_INT, JAVA_INT);
  private static final MethodHandle STRERROR =
      LIBRARY.function("strerror", ValueLayout.ADDRESS, JAVA_INT).plain();

  private Libc() {}

  private static MethodHandle intFunction(String name, MemoryLayout... arguments) {
    return LIBRARY.function(name, JAVA_INT, arguments).capturing(ERROR);
  }

  /** What a system call has answered, unless it failed. */
  static long check(String call, long result) throws IOException {
    if (result < 0) {
      throw new IOException(call + ": " + message((int) -result));
    }
    return result;
  }

  @SuppressWarnings("restricted")
  private static String message(int error) {
    try {
      MemorySegment text = (MemorySegment) STRERROR.invokeExact(error);
      return text.reinterpret(1_000).getString(0, UTF_8) + " (" + error + ")";
    } catch (Throwable t) {
      throw NativeFunction.unexpected(t);
    }
  }

  private static int orError(int result) {
    return result >= 0 ? result : -ERROR.code();
  }

  static int socket(int domain, int type, int protocol) {
    try {
      return orError((int) SOCKET.invokeExact(domain, type, protocol));
    } catch (Throwable t) {
      throw NativeFunction.unexpected(t);
    }
  }

  static int bind(int fd, long address, int length) {
    try {
      return orError((int) BIND.invokeExact(fd, address, length));
    } catch (Throwable t) {
      throw NativeFunction.unexpected(t);
    }
  }

  static int connect(int fd, long address, int length) {
    try {
      return orError((int) CONNECT.invokeExact(fd, address, length));
    } catch (Throwable t) {
      throw NativeFunction.unexpected(t);
    }
  }

  static int getsockname(int fd, long address, long length) {
    try {
      return orError((int) GETSOCKNAME.invokeExact(fd, address, length));
    } catch (Throwable t) {
      throw NativeFunction.unexpected(t);
    }
  }

  static int setsockopt(int fd, int level, int name, long value, int length) {
    try {
      return orError((int) SETSOCKOPT.invokeExact(fd, level, name, value, length));
    } catch (Throwable t) {
      throw NativeFunction.unexpected(t);
    }
  }

  static void close(int fd) {
    try {
      int ignored = (int) CLOSE.invokeExact(fd);
    } catch (Throwable t) {
      throw NativeFunction.unexpected(t);
    }
  }

  static long send(int fd, long bytes, long length, int flags) {
    try {
      long sent = (long) SEND.invokeExact(fd, bytes, length, flags);
      return sent >= 0 ? sent : -ERROR.code();
    } catch (Throwable t) {
      throw NativeFunction.unexpected(t);
    }
  }

  static int sendmmsg(int fd, long messages, int count, int flags) {
    try {
      return orError((int) SENDMMSG.invokeExact(fd, messages, count, flags));
    } catch (Throwable t) {
      throw NativeFunction.unexpected(t);
    }
  }

  static int recvmmsg(int fd, long messages, int count, int flags) {
    try {
      return orError((int) RECVMMSG.invokeExact(fd, messages, count, flags, 0L));
    } catch (Throwable t) {
      throw NativeFunction.unexpected(t);
    }
  }

  static int clock_gettime(int clock, long timespec) {
    try {
      return orError((int) CLOCK_GETTIME.invokeExact(clock, timespec));
    } catch (Throwable t) {
      throw NativeFunction.unexpected(t);
    }
  }

  static int kill(int pid, int signal) {
    try {
      return orError((int) KILL.invokeExact(pid, signal));
    } catch (Throwable t) {
      throw NativeFunction.unexpected(t);
    }
  }

  static int sched_setaffinity(int tid, long length, long mask) {
    try {
      return orError((int) SCHED_SETAFFINITY.invokeExact(tid, length, mask));
    } catch (Throwable t) {
      throw NativeFunction.unexpected(t);
    }
  }

  static int sched_getaffinity(int tid, long length, long mask) {
    try {
      return orError((int) SCHED_GETAFFINITY.invokeExact(tid, length, mask));
    } catch (Throwable t) {
      throw NativeFunction.unexpected(t);
    }
  }
}
