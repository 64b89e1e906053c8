package io.rioreactive.kernel.windows;

import io.rioreactive.kernel.KernelException;

/**
 * Whether the completion queue is going to tell that it has results. It tells once for each {@code
 * RIONotify}: at once if it has some already, so that nothing is lost between the last dequeue and
 * the call.
 *
 * <pre>
 *   SILENT ──RIONotify──────────────────▶ ARMED ──told────────────────▶ SILENT
 *          ──RIONotify: WSAEALREADY─────▶ DOUBTFUL ──told, or soon────▶ SILENT
 * </pre>
 *
 * <p>A wait that ends for another reason leaves it armed. The queue's thread.
 */
final class RioArming {

  /** How long to rely on a queue that says it is armed already when nobody knows of it. */
  static final int DOUBT_MILLIS = 10;

  private enum State {
    SILENT,
    ARMED,
    DOUBTFUL
  }

  private State state = State.SILENT;

  /**
   * Arms the queue if it is not armed: the last thing to be done before a wait.
   *
   * @return the milliseconds that the wait may last
   */
  int arm(RioFunctions rio, long cq) throws KernelException {
    if (state == State.SILENT) {
      int code = rio.RIONotify(cq);
      if (code != 0 && code != WsaError.WSAEALREADY.code()) {
        throw RioRefusal.ofNotification(code);
      }
      state = code == 0 ? State.ARMED : State.DOUBTFUL;
    }
    return state == State.ARMED ? Constants.INFINITE : DOUBT_MILLIS;
  }

  /** The queue has told: what it said is due for {@code RIODequeueCompletion}. */
  void onTold() {
    state = State.SILENT;
  }

  /** The wait has ended without anything. */
  void onTimeUp() {
    state = State.SILENT;
  }
}
