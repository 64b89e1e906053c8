package io.rioreactive.test;

import io.rioreactive.kernel.CompletionStatus;

/** A completion that waits to be dequeued; or, without a slot, news of an earlier datagram. */
record Completion(
    SimulatedRequests socket,
    boolean receive,
    int slot,
    CompletionStatus status,
    int length,
    int code) {

  static final int NO_SLOT = -1;

  boolean isNews() {
    return slot == NO_SLOT;
  }
}
