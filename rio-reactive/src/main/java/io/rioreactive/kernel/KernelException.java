package io.rioreactive.kernel;

import java.io.IOException;
import java.net.BindException;

/**
 * A call to the system failed: which one, with which error, and what to do about it.
 *
 * <p>The text reads {@code operation failed: SYMBOL (number): likely cause and remedy}.
 */
public final class KernelException extends IOException {

  private static final long serialVersionUID = 1L;

  /** What a failure means for whoever asked. */
  public enum Kind {
    /** The datagram is larger than the system or the path takes. */
    TOO_LARGE,
    /** The target address cannot be used from this socket. */
    BAD_ADDRESS,
    /** No route to the target, or the target's port was closed. */
    UNREACHABLE,
    /** A firewall or a missing permission forbids it. */
    NOT_PERMITTED,
    /** The system is short of something; later it may work. */
    TRANSIENT,
    /** The socket is lost: it sends and receives nothing any more. */
    SOCKET_LOST,
    /** Anything else. */
    OTHER
  }

  private final Kind kind;
  private final int code;

  /**
   * Makes the exception and its text.
   *
   * @param kind what it means
   * @param operation what was tried, with its arguments where they matter: {@code "bind [::1]:53"}
   * @param symbol the error's name in the system's headers: {@code EACCES}
   * @param code its number
   * @param advice likely cause and remedy
   */
  public KernelException(Kind kind, String operation, String symbol, int code, String advice) {
    super(operation + " failed: " + symbol + " (" + code + "): " + advice);
    this.kind = kind;
    this.code = code;
  }

  /** What the failure means. */
  public Kind kind() {
    return kind;
  }

  /** The system's number of the error. */
  public int code() {
    return code;
  }

  /** The same, for users who look for the address being taken, not here or not allowed. */
  public BindException asBindException() {
    BindException refused = new BindException(getMessage());
    refused.initCause(this);
    return refused;
  }
}
