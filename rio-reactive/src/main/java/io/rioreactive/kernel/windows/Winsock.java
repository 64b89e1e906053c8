package io.rioreactive.kernel.windows;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import io.rioreactive.ffm.CapturedError;
import io.rioreactive.ffm.CapturedError.Source;
import io.rioreactive.ffm.FunctionType;
import io.rioreactive.ffm.NativeFunction;
import io.rioreactive.ffm.NativeLibrary;
import io.rioreactive.kernel.KernelException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The Winsock functions this package calls, with their C names and the C order of arguments.
 * Sockets and addresses are numbers: whoever passes an address keeps the memory alive.
 *
 * <p>They come from the library that the system property {@value #LIBRARY_PROPERTY} names, by
 * default {@value #DEFAULT_LIBRARY}.
 *
 * <p>Owned by one completion queue, or made for a single call, and called on one thread. Its C
 * functions never retry and never throw.
 *
 * <p>A method returns the result, or where the function failed the negative {@code WSAGetLastError}
 * code, captured in the same call; where the function has no result but success, 0.
 *
 * <p>WSARecvMsg and WSASendMsg are no functions of the library: {@link #findMessageFunctions} asks
 * for them.
 *
 * <p>Not final, so that a test can plan failures that a real system does not give on demand.
 */
@SuppressWarnings("MemberName") // the C names
public class Winsock {

  /** Which library the functions come from: a name the system's loader finds, or a path. */
  public static final String LIBRARY_PROPERTY = "io.rioreactive.winsock";

  public static final String DEFAULT_LIBRARY = "ws2_32";

  private static final NativeLibrary LIBRARY =
      NativeLibrary.load(System.getProperty(LIBRARY_PROPERTY, DEFAULT_LIBRARY));

  private static final MethodHandle WSA_STARTUP =
      LIBRARY.function("WSAStartup", JAVA_INT, JAVA_SHORT, JAVA_LONG).plain();
  private static final MethodHandle WSA_SOCKET =
      capturing(
          "WSASocketW", JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
  private static final MethodHandle BIND =
      capturing("bind", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
  private static final MethodHandle CONNECT =
      capturing("connect", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);
  private static final MethodHandle GETSOCKNAME =
      capturing("getsockname", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle SETSOCKOPT =
      capturing("setsockopt", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle GETSOCKOPT =
      capturing("getsockopt", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle IOCTLSOCKET =
      capturing("ioctlsocket", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG);
  private static final MethodHandle WSA_IOCTL =
      capturing(
          "WSAIoctl",
          JAVA_INT,
          JAVA_LONG,
          JAVA_INT,
          JAVA_LONG,
          JAVA_INT,
          JAVA_LONG,
          JAVA_INT,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG);
  private static final MethodHandle CLOSESOCKET = capturing("closesocket", JAVA_INT, JAVA_LONG);
  private static final NativeFunction WSA_RECV_FROM =
      LIBRARY.function(
          "WSARecvFrom",
          JAVA_INT,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_INT,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_LONG);
  private static final NativeFunction WSA_SEND_TO =
      LIBRARY.function(
          "WSASendTo",
          JAVA_INT,
          JAVA_LONG,
          JAVA_LONG,
          JAVA_INT,
          JAVA_LONG,
          JAVA_INT,
          JAVA_LONG,
          JAVA_INT,
          JAVA_LONG,
          JAVA_LONG);

  private static final FunctionType WSA_RECV_MSG =
      FunctionType.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final FunctionType WSA_SEND_MSG =
      FunctionType.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG);

  private static boolean isStarted;

  private final CapturedError error;
  private final MethodHandle recvFrom;
  private final MethodHandle sendTo;
  private @Nullable MethodHandle recvMsg;
  private @Nullable MethodHandle sendMsg;

  /** For {@link #start}, and for tests that plan failures. */
  Winsock(Arena arena) {
    error = new CapturedError(Source.WSA_LAST_ERROR, arena);
    recvFrom = WSA_RECV_FROM.capturing(error);
    sendTo = WSA_SEND_TO.capturing(error);
  }

  /**
   * Starts Winsock 2.2 if this process has not yet, which is never undone.
   *
   * @param arena where errors are captured
   */
  public static Winsock start(Arena arena) throws KernelException {
    Winsock winsock = new Winsock(arena);
    startOnce(winsock, arena);
    return winsock;
  }

  private static synchronized void startOnce(Winsock winsock, Arena arena) throws KernelException {
    if (!isStarted) {
      long data = arena.allocate(Layouts.WSADATA.layout()).address();
      int code = winsock.WSAStartup(Constants.WINSOCK_2_2, data);
      if (code != 0) {
        throw WsaError.exception("WSAStartup 2.2", code);
      }
      isStarted = true;
    }
  }

  /**
   * Has Winsock hand out WSARecvMsg and WSASendMsg, which may be called from then on.
   *
   * @param socket any that carries datagrams
   */
  void findMessageFunctions(long socket) throws KernelException {
    if (recvMsg == null || sendMsg == null) {
      MemorySegment receive =
          extension(
              "WSARecvMsg",
              socket,
              Constants.WSAID_WSARECVMSG_LOW,
              Constants.WSAID_WSARECVMSG_HIGH);
      MemorySegment send =
          extension(
              "WSASendMsg",
              socket,
              Constants.WSAID_WSASENDMSG_LOW,
              Constants.WSAID_WSASENDMSG_HIGH);
      recvMsg = WSA_RECV_MSG.capturing(receive, error);
      sendMsg = WSA_SEND_MSG.capturing(send, error);
    }
  }

  private MemorySegment extension(String name, long socket, long guidLow, long guidHigh)
      throws KernelException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment guid = arena.allocateFrom(JAVA_LONG, guidLow, guidHigh);
      MemorySegment function = arena.allocate(JAVA_LONG);
      int result =
          WSAIoctl(
              socket,
              Constants.SIO_GET_EXTENSION_FUNCTION_POINTER,
              guid.address(),
              (int) guid.byteSize(),
              function.address(),
              (int) function.byteSize(),
              arena.allocate(JAVA_INT).address(),
              Constants.NULL,
              Constants.NULL);
      long address = function.get(JAVA_LONG, 0);
      if (result < 0 || address == Constants.NULL) {
        int code = result < 0 ? -result : WsaError.WSAEOPNOTSUPP.code();
        throw WsaError.exception("WSAIoctl for " + name + ", which packetInfo needs,", code);
      }
      return MemorySegment.ofAddress(address);
    }
  }

  private static MethodHandle capturing(
      String name, MemoryLayout result, MemoryLayout... arguments) {
    return LIBRARY.function(name, result, arguments).capturing(Source.WSA_LAST_ERROR);
  }

  private int result(int result) {
    return result == Constants.SOCKET_ERROR ? -WsaError.codeOfFailure(error) : result;
  }

  /** 0, or the code itself, positive: before it WSAGetLastError does not work. */
  int WSAStartup(int version, long data) {
    try {
      return (int) WSA_STARTUP.invokeExact((short) version, data);
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** A socket, or the negative code. */
  public long WSASocketW(int af, int type, int protocol, long protocolInfo, int group, int flags) {
    try {
      long socket =
          (long)
              WSA_SOCKET.invokeExact(
                  error.segment(), af, type, protocol, protocolInfo, group, flags);
      return socket == Constants.INVALID_SOCKET ? -WsaError.codeOfFailure(error) : socket;
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  public int bind(long socket, long name, int namelen) {
    try {
      return result((int) BIND.invokeExact(error.segment(), socket, name, namelen));
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  public int connect(long socket, long name, int namelen) {
    try {
      return result((int) CONNECT.invokeExact(error.segment(), socket, name, namelen));
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  public int getsockname(long socket, long name, long namelen) {
    try {
      return result((int) GETSOCKNAME.invokeExact(error.segment(), socket, name, namelen));
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  public int setsockopt(long socket, int level, int optname, long optval, int optlen) {
    try {
      return result(
          (int) SETSOCKOPT.invokeExact(error.segment(), socket, level, optname, optval, optlen));
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  int getsockopt(long socket, int level, int optname, long optval, long optlen) {
    try {
      return result(
          (int) GETSOCKOPT.invokeExact(error.segment(), socket, level, optname, optval, optlen));
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  public int ioctlsocket(long socket, int cmd, long argp) {
    try {
      return result((int) IOCTLSOCKET.invokeExact(error.segment(), socket, cmd, argp));
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  public int WSAIoctl(
      long socket,
      int controlCode,
      long inBuffer,
      int inSize,
      long outBuffer,
      int outSize,
      long bytesReturned,
      long overlapped,
      long completionRoutine) {
    try {
      return result(
          (int)
              WSA_IOCTL.invokeExact(
                  error.segment(),
                  socket,
                  controlCode,
                  inBuffer,
                  inSize,
                  outBuffer,
                  outSize,
                  bytesReturned,
                  overlapped,
                  completionRoutine));
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  public int closesocket(long socket) {
    try {
      return result((int) CLOSESOCKET.invokeExact(error.segment(), socket));
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** 0 for done at once, {@code -WSA_IO_PENDING} for started, or another negative code. */
  public int WSARecvFrom(
      long socket,
      long buffers,
      int bufferCount,
      long bytesReceived,
      long flags,
      long from,
      long fromlen,
      long overlapped,
      long completionRoutine) {
    try {
      return result(
          (int)
              recvFrom.invokeExact(
                  socket,
                  buffers,
                  bufferCount,
                  bytesReceived,
                  flags,
                  from,
                  fromlen,
                  overlapped,
                  completionRoutine));
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** 0 for done at once, {@code -WSA_IO_PENDING} for started, or another negative code. */
  public int WSASendTo(
      long socket,
      long buffers,
      int bufferCount,
      long bytesSent,
      int flags,
      long to,
      int tolen,
      long overlapped,
      long completionRoutine) {
    try {
      return result(
          (int)
              sendTo.invokeExact(
                  socket,
                  buffers,
                  bufferCount,
                  bytesSent,
                  flags,
                  to,
                  tolen,
                  overlapped,
                  completionRoutine));
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** 0 for done at once, {@code -WSA_IO_PENDING} for started, or another negative code. */
  public int WSARecvMsg(
      long socket, long message, long bytesReceived, long overlapped, long completionRoutine) {
    try {
      MethodHandle function = Objects.requireNonNull(recvMsg);
      return result(
          (int)
              function.invokeExact(socket, message, bytesReceived, overlapped, completionRoutine));
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }

  /** 0 for done at once, {@code -WSA_IO_PENDING} for started, or another negative code. */
  public int WSASendMsg(
      long socket,
      long message,
      int flags,
      long bytesSent,
      long overlapped,
      long completionRoutine) {
    try {
      MethodHandle function = Objects.requireNonNull(sendMsg);
      return result(
          (int)
              function.invokeExact(
                  socket, message, flags, bytesSent, overlapped, completionRoutine));
    } catch (Throwable e) {
      throw NativeFunction.unexpected(e);
    }
  }
}
