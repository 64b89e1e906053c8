package io.rioreactive.test;

import java.net.BindException;
import java.net.InetSocketAddress;
import java.util.function.IntPredicate;

/** The ports that a simulated kernel picks, one after the other, from 50,000 on. */
final class PortPicker {

  private static final int FIRST = 50_000;
  private static final int LAST = 65_535;

  private int next = FIRST;

  /** The next that is not in use; after the last begins again with the first. */
  int pick(IntPredicate isInUse) throws BindException {
    for (int left = LAST - FIRST; left >= 0; left--) {
      int port = next;
      next = port == LAST ? FIRST : port + 1;
      if (!isInUse.test(port)) {
        return port;
      }
    }
    throw new BindException(
        "bind failed: all ports from " + FIRST + " to " + LAST + " are in use: close some sockets");
  }

  static BindException inUse(InetSocketAddress wanted) {
    return new BindException(
        "bind %s failed: the port is in use: close the other socket or choose port 0"
            .formatted(wanted));
  }
}
