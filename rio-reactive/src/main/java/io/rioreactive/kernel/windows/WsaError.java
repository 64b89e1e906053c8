package io.rioreactive.kernel.windows;

import io.rioreactive.ffm.CapturedError;
import io.rioreactive.kernel.CompletionStatus;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelException.Kind;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The error codes that UDP sockets meet on Windows: symbol, meaning, and what to do about it.
 * Winsock's codes and those of the Windows API share one row of numbers. {@link NtStatus} brings a
 * completion's status to them.
 */
public enum WsaError {
  WSA_INVALID_HANDLE(
      6, Kind.SOCKET_LOST, "the handle is closed: something else in this process closed it"),
  WSA_NOT_ENOUGH_MEMORY(
      8, Kind.TRANSIENT, "the system is out of memory: choose fewer or smaller slots"),
  ERROR_OUTOFMEMORY(
      14, Kind.TRANSIENT, "the system is out of memory: choose fewer or smaller slots"),
  WSA_INVALID_PARAMETER(
      87, Kind.OTHER, "the system was given a bad argument: this is a defect of the library"),
  ERROR_ABANDONED_WAIT_0(
      735, Kind.OTHER, "the completion port was closed by something else in this process"),
  WSA_OPERATION_ABORTED(995, Kind.OTHER, "the socket was closed before the request was done"),
  WSA_IO_PENDING(997, Kind.OTHER, "the request was started and is not done"),
  ERROR_NO_SYSTEM_RESOURCES(
      1450,
      Kind.TRANSIENT,
      "the system is short of kernel memory: post fewer receives, or choose smaller slots"),
  ERROR_WORKING_SET_QUOTA(
      1453,
      Kind.TRANSIENT,
      "the process may not lock more memory: choose fewer or smaller slots, or raise its working"
          + " set"),
  ERROR_COMMITMENT_LIMIT(
      1455,
      Kind.TRANSIENT,
      "memory and page file are used up: choose fewer or smaller slots, or raise the page file"),
  ERROR_NOT_ENOUGH_QUOTA(
      1816, Kind.TRANSIENT, "the process has used up a quota: choose fewer or smaller slots"),
  WSAEINTR(10004, Kind.TRANSIENT, "the call was interrupted: it is tried again"),
  WSAEBADF(
      10009, Kind.SOCKET_LOST, "the socket is closed: something else in this process closed it"),
  WSAEACCES(
      10013,
      Kind.NOT_PERMITTED,
      "to bind: the port is reserved (netsh int ipv4 show excludedportrange protocol=udp shows"
          + " which are) or held by a socket with SO_EXCLUSIVEADDRUSE; to send: a firewall forbids"
          + " it, or a broadcast address needs the option SO_BROADCAST"),
  WSAEFAULT(10014, Kind.SOCKET_LOST, "the system was given a bad address: a defect of the library"),
  WSAEINVAL(
      10022,
      Kind.BAD_ADDRESS,
      "to send: the target cannot be sent to (a port of 0, or an address that this socket's source"
          + " address cannot reach); else the call was given an argument that this system does not"
          + " take"),
  WSAEMFILE(10024, Kind.TRANSIENT, "the process has too many open sockets: close some"),
  WSAEWOULDBLOCK(
      10035, Kind.TRANSIENT, "the socket has too many requests outstanding: later it takes more"),
  WSAEINPROGRESS(10036, Kind.TRANSIENT, "another call is in progress: it is tried again"),
  WSAEALREADY(10037, Kind.OTHER, "the notification is armed already: a defect of the library"),
  WSAENOTSOCK(
      10038, Kind.SOCKET_LOST, "the handle is no socket: something else in this process closed it"),
  WSAEDESTADDRREQ(10039, Kind.BAD_ADDRESS, "the datagram has no target"),
  WSAEMSGSIZE(
      10040,
      Kind.TOO_LARGE,
      "the datagram is larger than UDP allows (65507 bytes over IPv4), than the path's MTU takes or"
          + " than the slot: send less in one datagram, or choose a larger datagramSize"),
  WSAENOPROTOOPT(10042, Kind.OTHER, "this socket has no such option: leave it out"),
  WSAEPROTONOSUPPORT(10043, Kind.OTHER, "the system has no UDP for this kind of address"),
  WSAESOCKTNOSUPPORT(10044, Kind.OTHER, "the system has no datagrams for this kind of address"),
  WSAEOPNOTSUPP(10045, Kind.OTHER, "this socket, or its Winsock provider, cannot do that"),
  WSAEAFNOSUPPORT(
      10047,
      Kind.BAD_ADDRESS,
      "the address is of a kind that the system or the socket does not have: is IPv6 switched off,"
          + " or an IPv6 target given to an IPv4 socket?"),
  WSAEADDRINUSE(
      10048,
      Kind.OTHER,
      "another socket is bound to this address and port (netstat -ano -p UDP shows whose): take"
          + " another port, or 0 to let the system pick one"),
  WSAEADDRNOTAVAIL(
      10049,
      Kind.BAD_ADDRESS,
      "no interface of this machine has the address (ipconfig shows those it has), be it to bind or"
          + " the source that a datagram asks for; as a target, a port or an address of 0"),
  WSAENETDOWN(10050, Kind.UNREACHABLE, "the network interface is down"),
  WSAENETUNREACH(
      10051, Kind.UNREACHABLE, "there is no route to the target's network (see route print)"),
  WSAENETRESET(10052, Kind.UNREACHABLE, "an earlier datagram's time to live ran out on its way"),
  WSAECONNABORTED(10053, Kind.UNREACHABLE, "the network gave an earlier datagram up"),
  WSAECONNRESET(
      10054, Kind.UNREACHABLE, "nothing listens on the port an earlier datagram was sent to"),
  WSAENOBUFS(
      10055,
      Kind.TRANSIENT,
      "the system is short of kernel memory, or the queue is full: it is tried again later; if it"
          + " lasts, choose fewer or smaller slots"),
  WSAEISCONN(10056, Kind.OTHER, "the socket is connected, and was given a target"),
  WSAENOTCONN(10057, Kind.OTHER, "the socket is not connected, and was given no target"),
  WSAESHUTDOWN(10058, Kind.SOCKET_LOST, "something else in this process shut the socket down"),
  WSAETOOMANYREFS(10059, Kind.OTHER, "the queue cannot be made smaller than what is in use of it"),
  WSAETIMEDOUT(10060, Kind.UNREACHABLE, "the target did not answer on the network"),
  WSAECONNREFUSED(
      10061, Kind.UNREACHABLE, "nothing listens on the port an earlier datagram was sent to"),
  WSAEHOSTDOWN(10064, Kind.UNREACHABLE, "the target host is down"),
  WSAEHOSTUNREACH(
      10065, Kind.UNREACHABLE, "there is no route to the target host, or it does not answer"),
  WSAEPROCLIM(10067, Kind.TRANSIENT, "too many programs use Winsock: end some"),
  WSASYSNOTREADY(10091, Kind.TRANSIENT, "the network is not ready: try again later"),
  WSAVERNOTSUPPORTED(10092, Kind.OTHER, "this system has no Winsock 2.2"),
  WSANOTINITIALISED(
      10093, Kind.SOCKET_LOST, "something else in this process ended Winsock (WSACleanup)"),
  WSAEPROVIDERFAILEDINIT(
      10106,
      Kind.OTHER,
      "a Winsock provider could not be loaded: netsh winsock show catalog lists them, netsh winsock"
          + " reset puts back those of the system"),
  WSASYSCALLFAILURE(10107, Kind.OTHER, "the system did not say why"),
  WSAEREFUSED(10112, Kind.NOT_PERMITTED, "the system refused it");

  private static final Map<Integer, WsaError> BY_CODE = new HashMap<>();

  static {
    for (WsaError error : values()) {
      BY_CODE.put(error.code, error);
    }
  }

  private final int code;
  private final Kind kind;
  private final String advice;

  WsaError(int code, Kind kind, String advice) {
    this.code = code;
    this.kind = kind;
    this.advice = advice;
  }

  public int code() {
    return code;
  }

  Kind kind() {
    return kind;
  }

  String advice() {
    return advice;
  }

  /** The constant of a code; null where this list has none. */
  public static @Nullable WsaError of(int code) {
    return BY_CODE.get(code);
  }

  /** What a call that has failed left; never 0, so that no failure passes for a success. */
  static int codeOfFailure(CapturedError error) {
    int code = error.code();
    return code == 0 ? WSASYSCALLFAILURE.code : code;
  }

  /** A failure as an exception with its advice. */
  static KernelException exception(String operation, int code) {
    WsaError error = of(code);
    if (error != null) {
      return new KernelException(error.kind, operation, error.name(), code, error.advice);
    }
    return code < 0
        ? new KernelException(
            Kind.OTHER,
            operation,
            "NTSTATUS 0x%08X".formatted(code),
            code,
            "see Microsoft's list of NTSTATUS values")
        : new KernelException(
            Kind.OTHER,
            operation,
            "error",
            code,
            "see net helpmsg " + code + " and the call's page");
  }

  /**
   * Whether a failure tells of a datagram sent earlier: the failing call has consumed it, and the
   * same request may succeed.
   */
  static boolean isAboutEarlierDatagram(int code) {
    return code == WSAECONNRESET.code
        || code == WSAENETRESET.code
        || code == WSAECONNREFUSED.code
        || code == WSAECONNABORTED.code;
  }

  /** Whether a failure of a request with right arguments means that the socket is lost. */
  static boolean isFatal(int code) {
    WsaError error = of(code);
    return error != null && error.kind == Kind.SOCKET_LOST;
  }

  /**
   * What became of a request that ended with a failure. It is of this request alone unless it says
   * that the socket is gone: also where it tells of an earlier datagram, or nobody has heard of it.
   *
   * @param isClosed whether the socket has been closed
   */
  static CompletionStatus statusOf(int code, boolean isClosed) {
    boolean isFatal = isFatal(code);
    if (isClosed && (isFatal || code == WSA_OPERATION_ABORTED.code)) {
      return CompletionStatus.CANCELLED;
    }
    return isFatal ? CompletionStatus.SOCKET_FAILED : CompletionStatus.FAILED;
  }

  /** Whether the system is short of something for a moment. */
  static boolean isShortage(int code) {
    WsaError error = of(code);
    return error != null && error.kind == Kind.TRANSIENT;
  }
}
