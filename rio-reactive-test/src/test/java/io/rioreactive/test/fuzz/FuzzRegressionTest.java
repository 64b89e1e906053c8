package io.rioreactive.test.fuzz;

import static io.rioreactive.test.fuzz.Step.Kind.ARRIVE;
import static io.rioreactive.test.fuzz.Step.Kind.BIND_CLIENT;
import static io.rioreactive.test.fuzz.Step.Kind.BIND_HANDLER;
import static io.rioreactive.test.fuzz.Step.Kind.BIND_SERVER;
import static io.rioreactive.test.fuzz.Step.Kind.DEQUEUE_AT_MOST;
import static io.rioreactive.test.fuzz.Step.Kind.DISPOSE;
import static io.rioreactive.test.fuzz.Step.Kind.DISPOSE_GROUP;
import static io.rioreactive.test.fuzz.Step.Kind.DUPLICATE_COMPLETION;
import static io.rioreactive.test.fuzz.Step.Kind.HANDLER_FAIL;
import static io.rioreactive.test.fuzz.Step.Kind.HANDLER_THROW;
import static io.rioreactive.test.fuzz.Step.Kind.REFUSE_SEND;
import static io.rioreactive.test.fuzz.Step.Kind.SEND_MANY;
import static io.rioreactive.test.fuzz.Step.Kind.SHUTDOWN;
import static io.rioreactive.test.fuzz.Step.Kind.SUBSCRIBE;
import static io.rioreactive.test.fuzz.Step.Kind.TURN;
import static io.rioreactive.test.fuzz.Step.Kind.UNREACHABLE;

import java.util.EnumMap;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/**
 * Programs that once failed, as short as they became. They are written out, since a seed means
 * another program as soon as a kind of step is added.
 */
class FuzzRegressionTest {

  private static Step step(Step.Kind kind, int a, int b, int c) {
    return new Step(kind, a, b, c);
  }

  private static Step step(Step.Kind kind) {
    return step(kind, 0, 0, 0);
  }

  private static void run(Step... steps) {
    for (boolean keepsPosts : new boolean[] {false, true}) {
      Program program = new Program(0, keepsPosts, false, List.of(steps));
      FuzzRun run = FuzzRun.of(program, new EnumMap<>(Step.Kind.class));
      Assertions.assertNull(run.failure(), run::report);
    }
  }

  /** It was counted as sent before it was noticed. */
  @Test
  void aSendThatCompletesTwiceIsCountedOnce() {
    run(
        step(BIND_SERVER),
        step(TURN),
        step(SEND_MANY, 0, 3, 1),
        step(DUPLICATE_COMPLETION),
        step(TURN),
        step(TURN));
  }

  /** The simulated kernel told it for a socket that was gone, which breaks a pump. */
  @Test
  void noNewsOfASocketThatIsClosed() {
    run(
        step(BIND_CLIENT),
        step(BIND_SERVER, 5, 1, 0),
        step(TURN),
        step(SUBSCRIBE, 1, 6, 0),
        step(TURN),
        step(DEQUEUE_AT_MOST, 1, 0, 0),
        step(ARRIVE, 1, 3, 1),
        step(UNREACHABLE),
        step(DISPOSE),
        step(TURN),
        step(TURN));
  }

  /** The model's fault: the bind came first, so the handler was tried again before the end. */
  @Test
  void aHandlerThatFailsInTheTurnThatEndsItMayBeTriedAgain() {
    run(step(BIND_HANDLER), step(HANDLER_THROW, 0, 1, 0), step(DISPOSE_GROUP), step(TURN));
  }

  /** The model's fault: its second failure came before the shutdown, so it is tried once more. */
  @Test
  void aShutdownWaitsForAHandlerThatIsToBeTriedAgain() {
    run(
        step(BIND_HANDLER),
        step(TURN),
        step(HANDLER_THROW, 0, 1, 0),
        step(HANDLER_FAIL),
        step(SHUTDOWN, 0, 30_000, 0),
        step(TURN));
  }

  /** The model's fault: the socket was lost before the group was disposed. */
  @Test
  void aLostSocketIsTheReasonAlsoWhenTheGroupIsDisposedNext() {
    run(
        step(BIND_SERVER),
        step(TURN),
        step(SEND_MANY, 0, 1, 1),
        step(REFUSE_SEND, 0, 5, 0),
        step(TURN),
        step(DISPOSE_GROUP));
  }
}
