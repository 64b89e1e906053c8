package io.rioreactive.samples;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * What {@link Relay} has been asked for, checked.
 *
 * @param host where it listens, with {@code port}
 * @param to the server
 * @param loss the share of datagrams that is dropped, each way
 * @param idle after how long without a datagram a client's socket is closed
 * @param clients the most at a time
 * @param size the longest datagram
 */
record RelaySettings(
    String host,
    int port,
    InetSocketAddress to,
    String provider,
    double loss,
    long seed,
    Duration idle,
    int clients,
    int size) {

  private static final int MOST_CLIENTS = 60_000; // one local port each

  /**
   * Checks them; the library checks the others.
   *
   * @throws IllegalArgumentException with the option, its value and what is allowed
   */
  RelaySettings {
    if (!(loss >= 0 && loss <= 1)) { // NaN too
      throw new IllegalArgumentException(
          "--loss is " + loss + ": allowed are 0 to 1, and 0.01 is 1 %");
    }
    if (clients < 1 || clients > MOST_CLIENTS) {
      throw new IllegalArgumentException(
          "--clients is " + clients + ": allowed are 1 to " + MOST_CLIENTS);
    }
    if (port != 0 && port == to.getPort() && host.equals(to.getHostString())) {
      throw new IllegalArgumentException(
          "--to is " + PeerAddress.text(to) + ", where the relay listens itself: name the server");
    }
  }
}
