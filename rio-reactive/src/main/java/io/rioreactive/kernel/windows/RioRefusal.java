package io.rioreactive.kernel.windows;

import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.KernelException.Kind;

/**
 * What it means when a function of Registered I/O fails, call by call: the same code has other
 * causes here than at a socket. Each text says what was tried, and the likely cause with its
 * remedy; users read it in the log when {@code auto} falls back.
 *
 * <p>Stateless; any thread, any system.
 */
final class RioRefusal {

  private static final String LAYERED =
      "a layered Winsock provider or an antivirus product (netsh winsock show catalog lists them)";
  private static final String DEFECT = "a defect of the library";

  private RioRefusal() {}

  /** {@code WSASocketW} with the flag. */
  static KernelException ofSocket(int code) {
    return refusal(
        "WSASocketW with WSA_FLAG_REGISTERED_IO",
        code,
        "sockets for Registered I/O need Windows 8 or Server 2012 or newer; else "
            + LAYERED
            + " does not know them");
  }

  /** {@code WSAIoctl} for the function table. */
  static KernelException ofQuery(int code) {
    return refusal(
        "WSAIoctl for the functions of Registered I/O",
        code,
        "this system has no Registered I/O (Windows before 8 and Server 2012, Wine), or "
            + LAYERED
            + " hides it");
  }

  /** The table came with another size, or with holes. */
  static KernelException ofTable(String what) {
    return new KernelException(
        Kind.OTHER,
        "WSAIoctl for the functions of Registered I/O",
        "WSAEOPNOTSUPP",
        WsaError.WSAEOPNOTSUPP.code(),
        what + ": this system's Registered I/O is not the one this library knows");
  }

  /** {@code RIOCreateCompletionQueue}. */
  static KernelException ofCompletionQueue(int code, int size) {
    return refusal(
        "RIOCreateCompletionQueue of " + size + " entries",
        code,
        code == WsaError.WSAENOBUFS.code()
            ? "the system is short of memory it can lock: use fewer pumps, or end other programs"
            : DEFECT);
  }

  /** {@code RIOResizeCompletionQueue}. */
  static KernelException ofResize(int code, int from, int to) {
    return refusal(
        "RIOResizeCompletionQueue from " + from + " to " + to + " entries",
        code,
        code == WsaError.WSAENOBUFS.code()
            ? "the system is short of memory it can lock: use fewer slots"
            : DEFECT);
  }

  /** The sockets of one pump need more entries than a completion queue can have. */
  static KernelException ofClaim(long claimed, int receiveSlots, int sendSlots) {
    return new KernelException(
        Kind.OTHER,
        "RIOResizeCompletionQueue for a socket with "
            + receiveSlots
            + " receive and "
            + sendSlots
            + " send slots",
        "RIO_MAX_CQ_SIZE",
        Constants.RIO_MAX_CQ_SIZE,
        "the other sockets on this pump have "
            + claimed
            + " slots, and Windows allows "
            + Constants.RIO_MAX_CQ_SIZE
            + " on one completion queue: use fewer slots, or another pump");
  }

  /** {@code RIOCreateRequestQueue}. */
  static KernelException ofRequestQueue(int code, int receiveSlots, int sendSlots) {
    return refusal(
        "RIOCreateRequestQueue for " + receiveSlots + " receives and " + sendSlots + " sends",
        code,
        code == WsaError.WSAENOBUFS.code()
            ? "the system is short of memory it can lock, or the completion queue is too short:"
                + " use fewer slots"
            : "the socket lacks WSA_FLAG_REGISTERED_IO, or " + LAYERED + " refuses RIO on it");
  }

  /**
   * {@code RIORegisterBuffer}; all registrations before it are undone.
   *
   * @param which counted from 1
   */
  static KernelException ofRegistration(
      int code, String purpose, int which, int of, long bytes, long allBytes) {
    return refusal(
        "RIORegisterBuffer of %d bytes, registration %d of %d for %s (%d bytes in all)"
            .formatted(bytes, which, of, purpose, allBytes),
        code,
        "its pages have to be locked in memory: choose fewer slots or a smaller datagramSize, or"
            + " let the process lock more (SetProcessWorkingSetSize, physical memory)");
  }

  /** {@code RIONotify}. */
  static KernelException ofNotification(int code) {
    return refusal("RIONotify", code, DEFECT + ": the pump and its sockets end");
  }

  /** {@code RIODequeueCompletion}. */
  static KernelException ofCorruption() {
    return new KernelException(
        Kind.OTHER,
        "RIODequeueCompletion",
        "RIO_CORRUPT_CQ",
        Constants.RIO_CORRUPT_CQ,
        "the completion queue has been damaged, most likely by something that writes where it"
            + " should not in this process: the pump and its sockets end, and what the system may"
            + " still write to stays allocated");
  }

  /** A result that belongs to no socket or request there is. */
  static KernelException ofContext(long context) {
    return new KernelException(
        Kind.OTHER,
        "RIODequeueCompletion",
        "a result for nobody",
        Constants.RIO_CORRUPT_CQ,
        "its context is 0x%X: ".formatted(context) + DEFECT + " or of the system");
  }

  private static KernelException refusal(String operation, int code, String advice) {
    WsaError error = WsaError.of(code);
    return new KernelException(
        WsaError.isShortage(code) ? Kind.TRANSIENT : Kind.OTHER,
        operation,
        error == null ? "error" : error.name(),
        code,
        advice);
  }
}
