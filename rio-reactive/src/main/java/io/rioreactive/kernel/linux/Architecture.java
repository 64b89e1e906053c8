package io.rioreactive.kernel.linux;

import java.util.Optional;

/** The processors whose system calls are known here, by number ({@code asm/unistd.h}). */
enum Architecture {
  X86_64(299, 307),
  AARCH64(243, 269);

  final long recvmmsg;
  final long sendmmsg;

  Architecture(long recvmmsg, long sendmmsg) {
    this.recvmmsg = recvmmsg;
    this.sendmmsg = sendmmsg;
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
