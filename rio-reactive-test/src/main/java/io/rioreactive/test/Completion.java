package io.rioreactive.test;

import io.rioreactive.kernel.CompletionStatus;

/** A completion that waits to be dequeued. */
record Completion(
    SimulatedRequests socket,
    boolean receive,
    int slot,
    CompletionStatus status,
    int length,
    int code) {}
