package io.rioreactive.soak;

/** What a subscriber does with the datagrams it gets. */
enum Mood {
  /** Takes whatever comes. */
  TAKES,
  /** Asks for some, and for more only later. */
  PAUSES,
  /** Cancels after some, and another one subscribes. */
  CANCELS,
  /** Throws out of {@code onNext}, and another one subscribes. */
  THROWS,
  /** Sleeps on the pump. */
  BLOCKS
}
