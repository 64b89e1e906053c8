package io.rioreactive.soak;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** One kind of fault. It has no state: what it needs is in the {@link Scene}. */
interface Fault {

  /** As options, lines and failures name it. */
  String name();

  /** Whether it makes sense for a provider. */
  default boolean isFor(String provider) {
    return true;
  }

  /** What this machine lacks for it; null if nothing. */
  default @Nullable String missing(Scene scene) throws IOException, InterruptedException {
    return null;
  }

  /**
   * Does it, and undoes it. The load goes on meanwhile, if it can.
   *
   * @return what was seen, in some words
   */
  String strike(Scene scene) throws IOException, InterruptedException;
}
