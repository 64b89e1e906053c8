package io.rioreactive.benchmarks.report;

/** What a contender is compared as. */
public enum Role {
  /** The least there is to do, in C; all others are compared with it. */
  CEILING,
  /** The ceiling once more: its difference to itself is what cannot be told from noise. */
  CEILING_AGAIN,
  /** This library. */
  OURS,
  /** Somebody else's library: the best of them is what ours is held to. */
  PEER,
  /** No library: what the JDK has by itself. */
  PLAIN
}
