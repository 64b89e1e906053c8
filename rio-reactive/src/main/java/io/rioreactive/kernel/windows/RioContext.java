package io.rioreactive.kernel.windows;

/**
 * The 64 bits that travel with a request as its {@code RequestContext} and come back in its result:
 * which direction and which slot. Both directions of a socket complete in one queue, in no promised
 * order, so this is a completion's only identity beside its socket.
 *
 * <pre>
 * direction (32 bits): 1 receive, 2 send | slot (32)
 * </pre>
 *
 * <p>No direction is 0, so that a result that nobody has written is told from one of slot 0.
 */
final class RioContext {

  private static final long RECEIVE = 1L << 32;
  private static final long SEND = 2L << 32;
  private static final int DIRECTION_SHIFT = 32;

  private RioContext() {}

  /** The context of a receive into a slot. */
  static long ofReceive(int slot) {
    return RECEIVE | slot;
  }

  /** The context of a send from a slot. */
  static long ofSend(int slot) {
    return SEND | slot;
  }

  static boolean isReceive(long context) {
    return context >>> DIRECTION_SHIFT == RECEIVE >>> DIRECTION_SHIFT;
  }

  static boolean isSend(long context) {
    return context >>> DIRECTION_SHIFT == SEND >>> DIRECTION_SHIFT;
  }

  static int slot(long context) {
    return (int) context;
  }
}
