package io.rioreactive.kernel.windows;

import io.rioreactive.kernel.CompletionStatus;

/**
 * What the {@code Status} of a {@code RIORESULT} means. It is a Winsock error code, not an
 * NTSTATUS, and 0 where all went well.
 *
 * <p>Stateless; any thread, any system.
 */
final class RioStatus {

  private static final int MESSAGE_TOO_LONG = WsaError.WSAEMSGSIZE.code();

  private RioStatus() {}

  /**
   * What became of a receive.
   *
   * @param bytes as the system says, unsigned; where the datagram did not fit, not to be relied on
   * @param datagramSize bytes that the slot has room for
   * @param isClosed whether the socket has been closed
   */
  static CompletionStatus ofReceive(int status, int bytes, int datagramSize, boolean isClosed) {
    if (status == 0) {
      // More than there is room for cannot be; if it is said, none of it is believed.
      return Integer.compareUnsigned(bytes, datagramSize) <= 0
          ? CompletionStatus.OK
          : CompletionStatus.TRUNCATED;
    }
    return status == MESSAGE_TOO_LONG
        ? CompletionStatus.TRUNCATED
        : WsaError.statusOf(status, isClosed);
  }

  /** What became of a send. One that is too long has failed: nothing of it went out. */
  static CompletionStatus ofSend(int status, boolean isClosed) {
    return status == 0 ? CompletionStatus.OK : WsaError.statusOf(status, isClosed);
  }
}
