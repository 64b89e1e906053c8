package io.rioreactive.samples;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * What {@link Load} has been asked for, checked.
 *
 * @param window datagrams under way in a closed loop
 * @param rate datagrams a second in an open loop; 0 for a closed one
 * @param size bytes of payload
 */
record LoadSettings(
    InetSocketAddress to,
    String provider,
    int sockets,
    int window,
    int rate,
    int size,
    Duration duration) {

  private static final Duration LONGEST = Duration.ofHours(24);

  /**
   * Checks them.
   *
   * @throws IllegalArgumentException with the option, its value and what is allowed
   */
  LoadSettings {
    check("--sockets", sockets, 1, 10_000);
    check("--window", window, 1, 1_000_000);
    check("--rate", rate, 0, 100_000_000);
    check("--size", size, LoadSocket.HEADER, 65_507);
    if (isClosedLoop() && window < sockets) {
      throw new IllegalArgumentException(
          "--window "
              + window
              + " leaves some of the "
              + sockets
              + " sockets without a datagram: take fewer --sockets or a larger --window");
    }
    if (duration.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("--duration is " + duration + ": allowed is up to 24h");
    }
  }

  private static void check(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          option + " is " + value + ": allowed are " + least + " to " + most);
    }
  }

  boolean isClosedLoop() {
    return rate == 0;
  }

  /** One socket's share of the window: the first ones have what cannot be divided. */
  int windowOf(int socket) {
    return window / sockets + (socket < window % sockets ? 1 : 0);
  }
}
