package io.rioreactive.test.fuzz;

/**
 * One step of a program: what to do, and three numbers that say to whom and how much. The numbers
 * are taken modulo of what is there, so a step still makes sense when others are removed.
 */
record Step(Kind kind, int a, int b, int c) {

  /** What a step does, and how often it is drawn. */
  enum Kind {
    // Calls of the API
    BIND_SERVER(1.5),
    BIND_CLIENT(1),
    BIND_HANDLER(1),
    BIND_RESPONDER(1),
    SUBSCRIBE(6),
    SUBSCRIBE_NEXT(2),
    SUBSCRIBE_DECODER(5),
    SUBSCRIBE_PUBLISH_ON(2),
    SUBSCRIBE_SECOND(1),
    REQUEST(14),
    REQUEST_UNBOUNDED(1),
    REQUEST_BAD(1),
    CANCEL(2),
    SEND_ONE(3),
    SEND_MANY(4),
    SEND_BY_HAND(3),
    SEND_BAD(2),
    ECHO(1),
    SOURCE_EMIT(4),
    SOURCE_COMPLETE(2),
    SOURCE_FAIL(1),
    CANCEL_SEND(1),
    IN_ON_NEXT(6),
    IN_DECODER(1),
    HANDLER_COMPLETE(1),
    HANDLER_FAIL(2),
    HANDLER_THROW(1),
    CALL_END(5),
    CALL_FAIL(2),
    DISPOSE(1),
    SHUTDOWN(1),
    DISPOSE_GROUP(0.15),
    // What the kernel does
    ARRIVE(20),
    ARRIVE_TOO_LONG(2),
    ARRIVE_ANYWHERE(4),
    FAIL_RECEIVE(2),
    REFUSE_RECEIVE(2),
    REFUSE_RECEIVE_FOR_GOOD(0.3),
    HOLD_SENDS(2),
    RELEASE_SENDS(3),
    COMPLETE_SEND(3),
    FAIL_SEND(2),
    REFUSE_SEND(2),
    UNREACHABLE(1),
    HOLD_CANCELLATIONS(1),
    RELEASE_CANCELLATIONS(1),
    FAIL_SOCKET(0.5),
    FAIL_BIND(0.5),
    BREAK_QUEUE(0.15),
    DEQUEUE_AT_MOST(1),
    DUPLICATE_COMPLETION(0.5),
    // Turns and time
    TURN(30),
    RUN(5),
    PASS_MILLISECONDS(3),
    PASS_SECONDS(1.5),
    RUN_SCHEDULER(4);

    final double weight;

    Kind(double weight) {
      this.weight = weight;
    }
  }
}
