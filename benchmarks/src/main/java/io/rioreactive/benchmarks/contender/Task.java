package io.rioreactive.benchmarks.contender;

import java.util.List;

/**
 * What a contender is to do. Its processes are told by their arguments, in this order.
 *
 * @param kind what to do with datagrams
 * @param size payload bytes of each datagram
 * @param sockets how many sockets to bind, on one thread if there are several
 * @param receiveBuffer SO_RCVBUF, the same for all contenders; 0 for the contender's own default
 * @param flipIndex which byte of a reply differs from the question
 * @param flipMask the bits of it that do; 0 for a plain echo
 */
public record Task(
    Kind kind, int size, int sockets, int receiveBuffer, int flipIndex, int flipMask) {

  /** What to do with datagrams. */
  public enum Kind {
    /** Read 8 bytes of each datagram, and count it. */
    RECEIVE,
    /** The same, and send it back. */
    ECHO,
    /**
     * The same as RECEIVE, but each takes a while: one at a time on another thread where the
     * library has demand, else in the handler.
     */
    SLOW,
    /** Send, each time the driver says so. */
    SEND
  }

  /** For the longest datagram, in bytes: what all contenders that have such a setting get. */
  public static final int SLOT = 2_048;

  static Task parse(List<String> arguments) {
    return new Task(
        Kind.valueOf(arguments.get(0)),
        Integer.parseInt(arguments.get(1)),
        Integer.parseInt(arguments.get(2)),
        Integer.parseInt(arguments.get(3)),
        Integer.parseInt(arguments.get(4)),
        Integer.parseInt(arguments.get(5)));
  }

  /** The arguments of a contender in Java; one in C has a program for each kind. */
  public List<String> arguments() {
    return List.of(
        kind.name(),
        Integer.toString(size),
        Integer.toString(sockets),
        Integer.toString(receiveBuffer),
        Integer.toString(flipIndex),
        Integer.toString(flipMask));
  }

  boolean isSlow() {
    return kind == Kind.SLOW;
  }

  boolean isEcho() {
    return kind == Kind.ECHO;
  }
}
