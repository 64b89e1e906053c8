package io.rioreactive.kernel.linux;

import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelException.Kind;
import org.jspecify.annotations.Nullable;

/**
 * The system's error codes that UDP sockets meet: symbol, meaning, and what to do about it. A test
 * compares the codes with what a C compiler prints.
 */
enum Errno {
  EPERM(
      1,
      Kind.NOT_PERMITTED,
      "a firewall rule (iptables or nftables, chain OUTPUT) or a security policy (seccomp) forbids"
          + " it: allow it there"),
  EINTR(4, Kind.TRANSIENT, "a signal interrupted the call: it is repeated"),
  EBADF(
      9,
      Kind.SOCKET_LOST,
      "the socket's descriptor is closed: something else in this process closed it"),
  EAGAIN(11, Kind.TRANSIENT, "the socket's buffer has no room or no datagram now: later it will"),
  ENOMEM(
      12, Kind.TRANSIENT, "the system is out of memory, or the process at its limit (ulimit -v)"),
  EACCES(
      13,
      Kind.NOT_PERMITTED,
      "to bind a port below 1024 the process needs CAP_NET_BIND_SERVICE or a lower"
          + " net.ipv4.ip_unprivileged_port_start; to send to a broadcast address the socket needs"
          + " the option SO_BROADCAST"),
  EFAULT(
      14, Kind.SOCKET_LOST, "the system was given a bad address: this is a defect of the library"),
  EBUSY(16, Kind.TRANSIENT, "the system has no room for more requests now: later it will"),
  ENODEV(
      19, Kind.BAD_ADDRESS, "there is no such network interface (ip link shows those there are)"),
  EINVAL(
      22,
      Kind.BAD_ADDRESS,
      "the target cannot be sent to: a port of 0, or an address that this socket's source address"
          + " cannot reach; or the source that the datagram asks for is no address of this machine"
          + " (any more), or not of the target's kind"),
  ENFILE(23, Kind.TRANSIENT, "the system has too many open files: raise fs.file-max"),
  EMFILE(24, Kind.TRANSIENT, "the process has too many open files: raise ulimit -n"),
  ENOSPC(
      28,
      Kind.TRANSIENT,
      "this user's processes watch too many sockets: raise fs.epoll.max_user_watches"),
  ENOSYS(
      38,
      Kind.OTHER,
      "this system does not have the call: a sandbox (seccomp) hides it, or the kernel is too old"),
  EPROTO(71, Kind.UNREACHABLE, "the network answered an earlier datagram with a protocol error"),
  ENOTSOCK(
      88,
      Kind.SOCKET_LOST,
      "the descriptor is no socket: something else in this process closed it and opened another"),
  EDESTADDRREQ(89, Kind.BAD_ADDRESS, "the datagram has no target"),
  EMSGSIZE(
      90,
      Kind.TOO_LARGE,
      "the datagram is larger than UDP allows (65507 bytes over IPv4) or than the path's MTU takes:"
          + " send less in one datagram"),
  ENOPROTOOPT(92, Kind.OTHER, "this socket has no such option: leave it out"),
  EPROTONOSUPPORT(93, Kind.OTHER, "the system has no UDP for this kind of address"),
  EOPNOTSUPP(95, Kind.OTHER, "this socket cannot do that"),
  EAFNOSUPPORT(
      97,
      Kind.BAD_ADDRESS,
      "the address is of a kind that the system or the socket does not have: is IPv6 switched off,"
          + " or an IPv6 target given to an IPv4 socket?"),
  EADDRINUSE(
      98,
      Kind.OTHER,
      "another socket is bound to this address and port (ss -ulnp shows whose): take another port,"
          + " or 0 to let the system pick one"),
  EADDRNOTAVAIL(
      99,
      Kind.BAD_ADDRESS,
      "no interface of this machine has the address (ip address shows those it has)"),
  ENETDOWN(100, Kind.UNREACHABLE, "the network interface is down"),
  ENETUNREACH(
      101,
      Kind.UNREACHABLE,
      "there is no route to the target's network (see ip route get), or the source that the"
          + " datagram asks for is no address of this machine (any more)"),
  ECONNRESET(104, Kind.UNREACHABLE, "the network refused an earlier datagram"),
  ENOBUFS(
      105,
      Kind.TRANSIENT,
      "the system's or the network interface's send queue is full: it is tried again later"),
  ESHUTDOWN(108, Kind.SOCKET_LOST, "something else in this process shut the socket down"),
  ETIMEDOUT(110, Kind.UNREACHABLE, "the target did not answer on the network"),
  ECONNREFUSED(
      111, Kind.UNREACHABLE, "nothing listens on the port an earlier datagram was sent to"),
  EHOSTDOWN(112, Kind.UNREACHABLE, "the target host is down"),
  EHOSTUNREACH(
      113, Kind.UNREACHABLE, "there is no route to the target host, or it does not answer"),
  ECANCELED(125, Kind.OTHER, "the request was taken back");

  private static final @Nullable Errno[] BY_CODE = new @Nullable Errno[134];

  static {
    for (Errno errno : values()) {
      BY_CODE[errno.code] = errno;
    }
  }

  private final int code;
  private final Kind kind;
  private final String advice;

  Errno(int code, Kind kind, String advice) {
    this.code = code;
    this.kind = kind;
    this.advice = advice;
  }

  int code() {
    return code;
  }

  Kind kind() {
    return kind;
  }

  /** The constant of a code; null where this list has none. */
  static @Nullable Errno of(int code) {
    return code > 0 && code < BY_CODE.length ? BY_CODE[code] : null;
  }

  /** A failure as an exception with its advice. */
  static KernelException exception(String operation, int code) {
    Errno errno = of(code);
    return exception(errno == null ? Kind.OTHER : errno.kind, operation, code);
  }

  /** A failure that means something else here than it usually does. */
  static KernelException exception(Kind kind, String operation, int code) {
    Errno errno = of(code);
    return errno == null
        ? new KernelException(
            kind, operation, "errno", code, "see errno(3) and the manual page of the call")
        : new KernelException(kind, operation, errno.name(), code, errno.advice);
  }

  /**
   * Whether a failure may concern a datagram sent earlier (an ICMP answer that has come meanwhile):
   * the failing call has consumed it, and the same request may succeed.
   */
  static boolean isAboutEarlierDatagram(int code) {
    Errno errno = of(code);
    return isOnlyAboutEarlierDatagram(code)
        || (errno != null && errno.kind == Kind.UNREACHABLE)
        || errno == EMSGSIZE
        || errno == EACCES
        || errno == EOPNOTSUPP;
  }

  /** {@link #isAboutEarlierDatagram}, and no send ever fails with it on its own account. */
  static boolean isOnlyAboutEarlierDatagram(int code) {
    return code == ECONNREFUSED.code
        || code == ECONNRESET.code
        || code == EHOSTDOWN.code
        || code == ENOPROTOOPT.code
        || code == EPROTO.code;
  }

  /** Whether a failure of a call with right arguments means that the socket is lost. */
  static boolean isFatal(int code) {
    return code == EBADF.code
        || code == ENOTSOCK.code
        || code == EFAULT.code
        || code == ENOSYS.code
        || code == ESHUTDOWN.code;
  }

  /** Whether the system is short of memory for a moment. */
  static boolean isShortage(int code) {
    return code == ENOBUFS.code || code == ENOMEM.code;
  }
}
