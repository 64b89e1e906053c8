package io.rioreactive.kernel.linux;

import io.rioreactive.kernel.CompletionBatch;

/**
 * What the network answered to a connected socket's earlier datagrams, and whether there may be
 * some of it.
 *
 * <p>Each answer is an entry of the system's error queue, and is also the result of the next call
 * on the socket, which does nothing else then. Only entries count, so that none counts twice: the
 * call is made again. The queue shares the receive buffer's memory, so a socket that sends on and
 * on without reading it loses some: after a first sign of an error nothing is sent before it is
 * read.
 *
 * <pre>
 *   NO ──a call that did less──▶ PERHAPS ──not full──▶ NO
 *      ──────── epoll ─────────▶ YES ─────not full───▶ NO
 * </pre>
 *
 * <p>One socket's; the queue's thread alone.
 */
final class ErrorQueue {

  private enum Signs {
    NO,
    PERHAPS,
    YES
  }

  private final LibC libc;
  private final UdpSocket socket;
  private final ErrorMessages messages;
  private Signs signs = Signs.NO;

  ErrorQueue(LibC libc, UdpSocket socket, ErrorMessages messages) {
    this.libc = libc;
    this.socket = socket;
    this.messages = messages;
  }

  /** Whether it is to be read. */
  boolean isDue() {
    return signs != Signs.NO;
  }

  /** A call failed or did less than asked, which an error may have caused. */
  void onSuspected() {
    if (signs == Signs.NO) {
      signs = Signs.PERHAPS;
    }
  }

  /** epoll says that there is an error. */
  void onPolled() {
    signs = Signs.YES;
  }

  /**
   * Adds news to a batch, at most a quarter of what it takes, so that a flood of them leaves room.
   *
   * @return whether there was any
   */
  boolean read(CompletionBatch batch, int index) {
    int most = Math.min((batch.remaining() + 3) / 4, ErrorMessages.CAPACITY);
    int entries = messages.read(libc, socket.fd(), most);
    int before = batch.size();
    for (int i = 0; i < entries; i++) {
      int code = messages.code(i);
      if (code != ErrorMessages.NONE) {
        batch.addUnreachable(index, code);
      }
    }
    if (entries == 0 && signs == Signs.YES) {
      // An error without an entry: the entry was read before the error was set, or the buffer had
      // no room for it. epoll would tell of it for ever.
      socket.clearError(libc);
    }
    signs = entries == most ? Signs.PERHAPS : Signs.NO;
    return batch.size() > before;
  }
}
