package io.rioreactive.test;

import io.rioreactive.kernel.SocketConfig;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.OptionalInt;

/**
 * Where the sockets of a simulated kernel have their addresses from, and where goes what they send.
 *
 * <p>All is called under the kernel's lock.
 */
interface Wire {

  /** Whether slots are compared each time they change hands, and threads are, which costs. */
  boolean checksThoroughly();

  /** What has happened last. */
  EventLog log();

  /** Takes an address, or finds a free port. */
  InetSocketAddress bind(SocketConfig config) throws IOException;

  /** The socket at a bound address is there. */
  void onOpened(SocketState socket);

  /** It is closed: the address is free. */
  void onClosed(SocketState socket);

  /** It has been connected to its last peer. */
  void onConnected(SocketState socket);

  /**
   * A datagram leaves.
   *
   * @return {@link io.rioreactive.kernel.RequestQueue#ACCEPTED}, or the code its send fails with
   */
  int send(SocketState socket, int slot, int length);

  /** Of a connected socket. */
  OptionalInt pathMtu(SocketState socket);
}
