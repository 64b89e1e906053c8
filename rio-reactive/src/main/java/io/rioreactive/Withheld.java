package io.rioreactive;

import io.rioreactive.kernel.KernelException;
import org.jspecify.annotations.Nullable;

/**
 * An exception of the application's code as the log has it: its class, its stack and those of its
 * causes, and none of their messages. {@code For input string: "…"} is what a peer has sent, of any
 * length and with line breaks in it.
 *
 * <p>Never thrown.
 */
final class Withheld extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private static final int MOST_CAUSES = 8;

  private Withheld(String message, @Nullable Throwable cause) {
    super(message, cause, false, true);
  }

  /**
   * What may be logged of it.
   *
   * @param options whether they have the payload logged anyway
   */
  static Throwable of(Throwable thrown, UdpOptions options) {
    return options.wiretap() || isOurs(thrown) ? thrown : of(thrown, 0);
  }

  /** {@link #of(Throwable, UdpOptions)} in a line. */
  static String text(Throwable thrown, UdpOptions options) {
    return options.wiretap() || isOurs(thrown) ? thrown.toString() : thrown.getClass().getName();
  }

  /** Our own texts have no payload. */
  private static boolean isOurs(Throwable thrown) {
    return thrown instanceof KernelException
        || thrown.getClass().getPackageName().equals(Withheld.class.getPackageName());
  }

  private static Withheld of(Throwable thrown, int depth) {
    Throwable cause = thrown.getCause();
    Withheld withheld =
        new Withheld(
            thrown.getClass().getName()
                + (depth == 0 ? ", whose message may quote a datagram (wiretap logs it)" : ""),
            cause == null || depth == MOST_CAUSES ? null : of(cause, depth + 1));
    withheld.setStackTrace(thrown.getStackTrace());
    return withheld;
  }
}
