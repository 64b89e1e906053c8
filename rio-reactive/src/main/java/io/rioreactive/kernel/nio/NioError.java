package io.rioreactive.kernel.nio;

import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelException.Kind;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.nio.channels.ClosedChannelException;
import java.util.regex.Pattern;

/**
 * What the JDK's exceptions mean, with numbers of our own: the JDK hides the system's. Where the
 * type does not tell, words of the message do, as Linux, macOS and Windows write them in English;
 * in another language such an error is {@link #OTHER}, and its text is there all the same. The
 * pattern {@code (?!)} matches nothing.
 */
enum NioError {
  TOO_LARGE(
      1,
      Kind.TOO_LARGE,
      "too long|larger than",
      "the datagram is larger than the system or the path takes: send smaller ones"),
  UNREACHABLE(
      2,
      Kind.UNREACHABLE,
      "unreachable|no route|host is down|connection refused",
      "there is no route to the target, or nobody has its port: check address and network"),
  NOT_PERMITTED(
      3,
      Kind.NOT_PERMITTED,
      "permission|not permitted",
      "a firewall or a missing permission forbids it: for broadcast addresses set SO_BROADCAST"),
  BAD_ADDRESS(
      4,
      Kind.BAD_ADDRESS,
      "port 0|invalid argument|assign requested address|not valid in its context|address family",
      "this socket cannot send there: check the target's address and port, and the bind address"),
  TRANSIENT(
      5,
      Kind.TRANSIENT,
      "buffer space|memory|temporarily",
      "the system is short of memory or buffers: send less at a time"),
  DESCRIPTORS(
      6,
      Kind.TRANSIENT,
      "too many open files",
      "the process has no descriptor left: raise ulimit -n, or close what is not used"),
  CLOSED(7, Kind.OTHER, "(?!)", "the channel was closed: nothing is sent or received any more"),
  OTHER(8, Kind.OTHER, "(?!)", "the JDK tells no more");

  private static final NioError[] ALL = values();
  private static final Pattern REFUSED =
      Pattern.compile("connection refused", Pattern.CASE_INSENSITIVE);

  private final int code;
  private final Kind kind;
  private final Pattern words;
  private final String advice;

  NioError(int code, Kind kind, String words, String advice) {
    this.code = code;
    this.kind = kind;
    this.words = Pattern.compile(words, Pattern.CASE_INSENSITIVE);
    this.advice = advice;
  }

  /** Its number: never 0, which means that a post was accepted. */
  int code() {
    return code;
  }

  static NioError of(int code) {
    for (NioError error : ALL) {
      if (error.code == code) {
        return error;
      }
    }
    return OTHER;
  }

  static NioError of(Exception thrown) {
    return switch (thrown) {
      case ClosedChannelException _ -> CLOSED;
      case PortUnreachableException _, NoRouteToHostException _, ConnectException _ -> UNREACHABLE;
      // unresolved, or of a family the socket has not: thrown before the system is asked
      case IllegalArgumentException _ -> BAD_ADDRESS;
      case BindException _ -> orElse(byWords(thrown), BAD_ADDRESS);
      default -> byWords(thrown);
    };
  }

  /**
   * Whether a failure on a connected channel tells of a datagram sent earlier, and never of the
   * call's own. Words again, since some systems (Wine) have the JDK throw a plain IOException.
   */
  static boolean isAboutEarlierDatagram(Exception thrown) {
    return thrown instanceof PortUnreachableException
        || thrown instanceof ConnectException
        || (thrown instanceof IOException && REFUSED.matcher("" + thrown.getMessage()).find());
  }

  private static NioError orElse(NioError found, NioError fallback) {
    return found == OTHER ? fallback : found;
  }

  private static NioError byWords(Exception thrown) {
    String message = String.valueOf(thrown.getMessage());
    for (NioError error : ALL) {
      if (error.words.matcher(message).find()) {
        return error;
      }
    }
    return OTHER;
  }

  /**
   * The exception for the user.
   *
   * @param seen what the JDK said last in such a case; may be empty
   */
  KernelException exception(String operation, String seen) {
    String text = seen.isEmpty() ? advice : seen + ": " + advice;
    return new KernelException(kind, operation, "NIO_" + name(), code, text);
  }
}
