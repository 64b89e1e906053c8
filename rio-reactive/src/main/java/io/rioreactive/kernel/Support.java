package io.rioreactive.kernel;

/** A kernel's answer to the question for a {@link Feature}. */
public enum Support {
  YES,
  NO,
  UNKNOWN
}
