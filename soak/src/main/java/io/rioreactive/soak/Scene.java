package io.rioreactive.soak;

import java.util.Random;

/**
 * What a fault has to work with.
 *
 * @param provider of the server
 * @param server what is struck; {@code echo} is open
 * @param load asks {@code echo}, and goes on while a fault strikes
 * @param random the run's own: the seed gives everything
 */
record Scene(Options options, String provider, Server server, Load load, Random random) {

  /** A number of milliseconds from {@code least} on, less than {@code bound}. */
  int millis(int least, int bound) {
    return random.nextInt(least, bound);
  }
}
