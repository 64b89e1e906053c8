package io.rioreactive.kernel;

/** How a pump learns that its completion queue has something for it. */
public enum WaitMode {
  /** It sleeps on a completion port. */
  COMPLETION_PORT,
  /** It sleeps on an event. */
  EVENT,
  /** It never sleeps: it looks again and again. */
  POLLED
}
