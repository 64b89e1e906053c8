package io.rioreactive.kernel.linux;

import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelException.Kind;

/** Why a system, or a sandbox around this process, gives no io_uring, and what to do about it. */
final class UringRefusal {

  private UringRefusal() {}

  /** Throws if the result is a negative error code. */
  static void require(String operation, int result) throws KernelException {
    if (result < 0) {
      throw exception(operation, -result);
    }
  }

  private static KernelException exception(String operation, int code) {
    return switch (Errno.of(code)) {
      case EPERM ->
          refused(
              Kind.NOT_PERMITTED,
              operation,
              Errno.EPERM,
              "a seccomp profile forbids io_uring (Docker's default one does), or"
                  + " kernel.io_uring_disabled is not 0: allow it there, or use linux-mmsg");
      case EACCES ->
          refused(
              Kind.NOT_PERMITTED,
              operation,
              Errno.EACCES,
              "a security policy (SELinux, AppArmor) forbids io_uring: allow it there, or use"
                  + " linux-mmsg");
      case ENOSYS ->
          refused(
              Kind.OTHER,
              operation,
              Errno.ENOSYS,
              "a sandbox (gVisor, seccomp) hides io_uring, or the kernel is built without it:"
                  + " use linux-mmsg");
      case EINVAL ->
          refused(
              Kind.OTHER,
              operation,
              Errno.EINVAL,
              "the kernel is older than 6.1, which io_uring is used from: use linux-mmsg");
      case ENOMEM ->
          refused(
              Kind.TRANSIENT,
              operation,
              Errno.ENOMEM,
              "the user may lock too little memory for one more ring: raise ulimit -l (memlock,"
                  + " LimitMEMLOCK, 32 KiB a pump and 4 KiB a socket), or use linux-mmsg");
      case null, default -> Errno.exception(operation, code);
    };
  }

  private static KernelException refused(Kind kind, String operation, Errno errno, String advice) {
    return new KernelException(kind, operation, errno.name(), errno.code(), advice);
  }
}
