package io.rioreactive.kernel;

/** What became of a posted receive or send. */
public enum CompletionStatus {
  /** A datagram was received or sent whole. */
  OK,
  /** A datagram was received and did not fit its slot. */
  TRUNCATED,
  /** The socket was closed first: nothing was received or sent. */
  CANCELLED,
  /** This request failed; the socket goes on. The code says why. */
  FAILED,
  /** The socket failed, and with it this request. The code says why. */
  SOCKET_FAILED
}
