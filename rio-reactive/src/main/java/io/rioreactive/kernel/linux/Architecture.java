package io.rioreactive.kernel.linux;

import java.util.Optional;

/**
 * The processors that are known here, with what differs between them: the numbers of system calls
 * ({@code asm/unistd.h}) and one struct.
 */
enum Architecture {
  X86_64(299, 307, true),
  AARCH64(243, 269, false);

  final long recvmmsg;
  final long sendmmsg;

  /** Whether {@code struct epoll_event} has no padding ({@code EPOLL_PACKED}). */
  final boolean isEpollEventPacked;

  Architecture(long recvmmsg, long sendmmsg, boolean isEpollEventPacked) {
    this.recvmmsg = recvmmsg;
    this.sendmmsg = sendmmsg;
    this.isEpollEventPacked = isEpollEventPacked;
  }

  /** This JVM's; empty if it is another. */
  static Optional<Architecture> current() {
    return switch (System.getProperty("os.arch")) {
      case "amd64", "x86_64" -> Optional.of(X86_64);
      case "aarch64" -> Optional.of(AARCH64);
      case null, default -> Optional.empty();
    };
  }
}
