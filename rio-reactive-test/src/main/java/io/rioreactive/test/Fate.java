package io.rioreactive.test;

/** What becomes of a datagram at the socket it has arrived at. */
enum Fate {
  /** In a posted receive, or in the receive buffer. */
  TAKEN,
  /** Dropped and counted: the receive buffer is full. */
  FULL,
  /** The socket is connected to another: the system takes it from the network, for nobody. */
  STRANGERS,
  /** The socket is closed or broken, or cannot have such a sender. */
  REFUSED
}
